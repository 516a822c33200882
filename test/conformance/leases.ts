import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Lease, LeaseRequest, Leases } from '../../src/ports/leases.ts';
import { until } from '../../src/shared/wait.ts';
import { newTestRun } from '../support/lab.ts';

export interface LeaseWorld {
  /** Milliseconds after which an unmoved heartbeat is a death. */
  readonly dead: number;
  /** One more controller on the same store. */
  leases(): Leases;
  /** A controller that can be cut off from the store in the middle of its work. */
  cutOff(): { readonly leases: Leases; cut(): void };
  /** A controller that is overtaken while it takes the last of its objects away. */
  overtaken(meanwhile: () => Promise<unknown>): Leases;
  /** Names of all objects that these controllers have in the store. */
  left(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The contract of `ports/leases.ts`, on a store that the runs of others use too. */
export function leaseConformance(name: string, makeWorld: () => Promise<LeaseWorld>): void {
  describe(`the leases port on ${name}`, () => {
    let made: LeaseWorld | undefined;
    const world = (): LeaseWorld => made ?? expect.fail('the world is not there yet');
    beforeAll(async () => {
      made = await makeWorld();
    });
    afterEach(async () => {
      const leases = world().leases();
      await leases.resumeAdmission(soon());
      for (const { run } of await leases.holders(soon())) await leases.forget(run, soon());
    });
    afterAll(async () => made?.close());

    describe('slots', () => {
      test('are taken all or none, at most as many as are wanted and free', async () => {
        const leases = world().leases();
        expect((await acquired(leases, { min: 1, want: 2, cap: 3 })).slots).toBe(2);
        expect(await leases.acquire(request({ min: 2, want: 2, cap: 3 }), soon())).toBeUndefined();
        expect((await acquired(leases, { min: 1, want: 2, cap: 3 })).slots).toBe(1);
        expect(await leases.acquire(request({ min: 1, want: 1, cap: 3 }), soon())).toBeUndefined();
      });

      test('are counted over all controllers, each with its own cap', async () => {
        await acquired(world().leases(), { min: 2, want: 2, cap: 2 });
        const other = world().leases();
        expect(await other.acquire(request({ min: 1, want: 1, cap: 2 }), soon())).toBeUndefined();
        expect((await acquired(other, { min: 1, want: 5, cap: 4 })).slots).toBe(2);
      });

      test('that are refused leave nothing behind', async () => {
        const leases = world().leases();
        expect(await leases.acquire(request({ min: 3, want: 3, cap: 2 }), soon())).toBeUndefined();
        expect(await world().left()).toEqual([]);
      });

      test('are never more than the cap, however many ask in the same moment', async () => {
        const asking = Array.from({ length: 6 }, () =>
          world()
            .leases()
            .acquire(request({ min: 1, want: 2, cap: 3 }), soon()),
        );
        const leases = (await Promise.all(asking)).filter((lease) => lease !== undefined);
        const taken = leases.reduce((sum, lease) => sum + lease.slots, 0);
        expect(taken).toBe(3);
        const holders = await world().leases().holders(soon());
        expect(holders.reduce((sum, { slots }) => sum + slots, 0)).toBe(3);
        // Whoever got none has no heart that goes on beating either.
        expect(new Set(holders.map(({ run }) => run))).toEqual(new Set(leases.map(({ run }) => run)));
      });

      test('are given back in part while the run goes on', async () => {
        const leases = world().leases();
        const lease = await acquired(leases, { min: 2, want: 2, cap: 2 });
        await lease.reduce(1, soon());
        const other = await acquired(leases, { min: 1, want: 2, cap: 2 });
        expect(other.slots).toBe(1);
        expect(await leases.holders(soon())).toEqual(
          expect.arrayContaining([{ run: lease.run, controller: 'tests', slots: 1, hasHeartbeat: true }]),
        );
      });

      test('are free again once released, and releasing twice succeeds', async () => {
        const leases = world().leases();
        const lease = await acquired(leases, { min: 2, want: 2, cap: 2 });
        await lease.release(soon());
        await lease.release(soon());
        expect(lease.lost.aborted).toBe(false);
        const next = await acquired(leases, { min: 2, want: 2, cap: 2 });
        await next.release(soon());
      });

      test('that nobody holds leave no object behind', async () => {
        const leases = world().leases();
        const both = [await acquired(leases, { cap: 2 }), await acquired(leases, { cap: 2 })];
        expect((await world().left()).length).toBeGreaterThanOrEqual(3);
        for (const lease of both) await lease.release(soon());
        expect(await world().left()).toEqual([]);
      });

      test('of two that let go and take in the same moment none is lost or doubled', async () => {
        const leases = world().leases();
        for (let round = 0; round < 4; round += 1) {
          const lease = await acquired(leases, { min: 1, want: 1, cap: 1 });
          const [, next] = await Promise.all([
            lease.release(soon()),
            world()
              .leases()
              .acquire(request({ min: 1, want: 1, cap: 1 }), soon()),
          ]);
          const holders = await leases.holders(soon());
          expect(holders.reduce((sum, { slots }) => sum + slots, 0)).toBe(next === undefined ? 0 : 1);
          await next?.release(soon());
        }
        expect(await world().left()).toEqual([]);
      });

      test('that somebody takes while the last holder clears up are not cleared away with the rest', async () => {
        let next: Lease | undefined;
        const leases = world().overtaken(async () => {
          next = await acquired(world().leases(), {});
        });
        const last = await acquired(leases, {});
        await last.release(soon());
        expect(await world().leases().holders(soon())).toEqual([
          { run: next?.run, controller: 'tests', slots: 1, hasHeartbeat: true },
        ]);
      });

      test('that were asked for by somebody who gave up meanwhile are free, and nothing beats', async () => {
        for (let after = 0; after < 40; after += 4) {
          const stop = new AbortController();
          const asking = world()
            .leases()
            .acquire(request({ min: 1, want: 1, cap: 1 }), stop.signal);
          const given = asking.then(
            (lease) => lease,
            () => undefined,
          );
          setTimeout(() => stop.abort(new Error('given up')), after);
          const lease = await given;
          await lease?.release(soon());
          expect(await world().left(), `given up after ${after} ms`).toEqual([]);
        }
      });
    });

    describe('a lease', () => {
      test('goes on for as long as its holder lives', async () => {
        const leases = world().leases();
        const lease = await acquired(leases, {});
        expect(await world().leases().dead([lease.run], soon())).toEqual([]);
        expect(lease.lost.aborted).toBe(false);
      });

      test('is lost, with a reason, once somebody takes its slots away', async () => {
        const lease = await acquired(world().leases(), {});
        await world().leases().forget(lease.run, soon());
        await aborted(lease.lost);
        expect(lease.lost.reason).toMatchObject({ code: 'lease-lost' });
        expect(await world().left()).toEqual([]);
        await lease.release(soon());
      });

      test('whose holder is cut off is lost to it before anybody else may call it dead', async () => {
        const { leases, cut } = world().cutOff();
        const lease = await acquired(leases, {});
        cut();
        const observed = world().leases().dead([lease.run], soon());
        let lostFirst = false;
        lease.lost.addEventListener('abort', () => {
          lostFirst = true;
        });
        expect(await observed).toEqual([lease.run]);
        expect(lostFirst).toBe(true);
        expect(lease.lost.reason).toMatchObject({ code: 'lease-lost' });
        expect(await world().leases().holders(soon())).toMatchObject([
          { run: lease.run, hasHeartbeat: true },
        ]);
      });
    });

    describe('the dead', () => {
      test('are told from the living among many, after listening once', async () => {
        const { leases, cut } = world().cutOff();
        const ill = await acquired(leases, { cap: 9 });
        const well = await acquired(world().leases(), { cap: 9 });
        cut();
        await aborted(ill.lost);
        const unknown = newTestRun();
        const started = performance.now();
        const dead = await world().leases().dead([ill.run, well.run, unknown], soon());
        expect(new Set(dead)).toEqual(new Set([ill.run, unknown]));
        const listened = performance.now() - started;
        expect(listened).toBeGreaterThanOrEqual(world().dead - 50);
        expect(listened).toBeLessThan(world().dead * 2);
      });

      test('without a heartbeat are known at once', async () => {
        const started = performance.now();
        const unknown = newTestRun();
        expect(await world().leases().dead([unknown], soon())).toEqual([unknown]);
        expect(await world().leases().dead([], soon())).toEqual([]);
        expect(performance.now() - started).toBeLessThan(world().dead);
      });

      test('are not waited for by somebody who gives up', async () => {
        const lease = await acquired(world().leases(), {});
        const stop = new AbortController();
        const listening = world().leases().dead([lease.run], stop.signal);
        listening.catch(() => undefined);
        stop.abort(new Error('given up'));
        await expect(listening).rejects.toThrow('given up');
      });

      test('and forgotten twice leave nothing', async () => {
        const run = newTestRun();
        await world().leases().forget(run, soon());
        await world().leases().forget(run, soon());
        expect(await world().left()).toEqual([]);
      });
    });

    test('while admission is stopped nobody gets a slot, whoever stopped it', async () => {
      await world().leases().stopAdmission(soon());
      await world().leases().stopAdmission(soon());
      const leases = world().leases();
      expect(await leases.acquire(request({ cap: 9 }), soon())).toBeUndefined();
      await world().leases().resumeAdmission(soon());
      await world().leases().resumeAdmission(soon());
      const lease = await acquired(leases, { cap: 9 });
      await lease.release(soon());
      expect(await world().left()).toEqual([]);
    });

    test('holders are told with their controller and slots, whoever they are', async () => {
      const one = await acquired(world().leases(), { want: 2, cap: 3 }, 'first controller');
      const two = await acquired(world().leases(), { cap: 3 }, 'second');
      const holders = await world().leases().holders(soon());
      expect(holders).toHaveLength(2);
      expect(holders).toEqual(
        expect.arrayContaining([
          { run: one.run, controller: 'first controller', slots: 2, hasHeartbeat: true },
          { run: two.run, controller: 'second', slots: 1, hasHeartbeat: true },
        ]),
      );
    });
  });
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}

function request(more: Partial<LeaseRequest>, controller = 'tests'): LeaseRequest {
  return { run: newTestRun(), controller, min: 1, want: 1, cap: 1, ...more };
}

async function acquired(leases: Leases, more: Partial<LeaseRequest>, controller?: string): Promise<Lease> {
  const lease = await leases.acquire(request(more, controller), soon());
  return lease ?? expect.fail(`no slots for ${JSON.stringify(more)}`);
}

async function aborted(signal: AbortSignal): Promise<void> {
  await until({ name: 'the loss', deadline: 20_000, every: 20, signal: soon() }, async () =>
    signal.aborted ? { done: true, value: undefined } : { done: false, missing: 'its reason' },
  );
}
