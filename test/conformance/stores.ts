import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/journal/event.ts';
import type { JobStore } from '../../src/queue/job.ts';
import {
  acknowledgement,
  ended,
  type OutboxStore,
  type Outgoing,
  outgoingOf,
} from '../../src/report/outbox.ts';
import type { RunStore } from '../../src/run/store.ts';
import type { RunId } from '../../src/shared/brand.ts';
import type { Redactor } from '../../src/shared/redact.ts';
import type { TestRequest } from '../../src/trigger/request.ts';
import type { Decision, TriggerStore } from '../../src/trigger/store.ts';
import { type Verdict, verdictOf } from '../../src/verdict/verdict.ts';
import { errorOf, thrownBy } from '../support/errors.ts';
import { newTestRun } from '../support/lab.ts';
import { forgeRequest, localRequest } from '../support/requests.ts';

export interface Stores {
  readonly triggers: TriggerStore;
  readonly jobs: JobStore;
  readonly outbox: OutboxStore;
  readonly runs: RunStore;
  close(): void;
}

export interface StoreWorld {
  /** Through which everything that is stored goes. */
  readonly redactor: Redactor;
  /** All stores over the same state; may be opened any number of times, also at once. */
  open(): Stores;
  /** The same, but the write with this number, from 1, does not come through. */
  openBroken(failing: number): Stores;
}

const KEY = { forge: 'forge', repositoryId: '7', commentId: '1' };
const PASSED: RunEvent = {
  type: 'check',
  check: { stage: 'install', id: 'deploys', title: 'it deploys', outcome: 'pass', took: 5 },
};
const SUCCESS: Verdict = verdictOf([PASSED]);

/** What the rooms ask of their stores: `trigger/store`, `queue/job`, `run/store` and `report/outbox`. */
export function storeConformance(name: string, makeWorld: () => StoreWorld): void {
  describe(`the stores on ${name}`, () => {
    describe('what is stored', () => {
      test('is there when it is opened again', () => {
        const world = makeWorld();
        const run = newTestRun();
        const first = world.open();
        first.triggers.setCursor('forge', '7', 5000);
        first.triggers.decide(KEY, accepted(forgeRequest('1')), 1);
        first.outbox.setSticky('forge', '7', 1, '99');
        begin(first, run, forgeRequest('1'));
        first.runs.append(run, PASSED);
        first.runs.ledger(run).intend('volume', ['data']);
        first.close();
        const second = world.open();
        expect(second.triggers.cursor('forge', '7')).toBe(5000);
        expect(second.triggers.isDecided(KEY)).toBe(true);
        expect(second.outbox.sticky('forge', '7', 1)).toBe('99');
        expect(all(second)).toEqual(acknowledgement('forge:7:1'));
        expect(second.jobs.waiting()).toBe(1);
        expect(second.runs.get(run)).toMatchObject({ id: run, request: forgeRequest('1'), controller: 'c' });
        expect(second.runs.events(run).map(({ event }) => event)).toEqual([PASSED]);
        expect(second.runs.openLedgerRows()).toEqual([{ run, kind: 'volume', name: 'data' }]);
        second.close();
      });

      test('by one process is seen by another that is open already', () => {
        const world = makeWorld();
        const [one, other] = [world.open(), world.open()];
        one.triggers.decide(KEY, accepted(forgeRequest('1')), 1);
        expect(other.triggers.isDecided(KEY)).toBe(true);
        expect(other.jobs.waiting()).toBe(1);
        one.close();
        other.close();
      });

      test('has no secret in it', () => {
        const world = makeWorld();
        world.redactor.register('very-secret-value');
        const stores = world.open();
        const run = begin(stores, newTestRun(), localRequest('1'));
        stores.runs.append(run, { type: 'progress', stage: 'install', text: 'password very-secret-value' });
        stores.runs.conclude(run, {
          ...SUCCESS,
          cause: { code: 'x', sentence: 'it said very-secret-value', evidence: ['very-secret-value'] },
        });
        const stored = JSON.stringify([stores.runs.events(run), stores.runs.get(run)]);
        expect(stored).not.toContain('very-secret-value');
        expect(stored).toContain('[redacted]');
        stores.close();
      });
    });

    describe('a comment', () => {
      test('is decided once, whoever comes first, with its job and acknowledgement', () => {
        const world = makeWorld();
        const [one, other] = [world.open(), world.open()];
        expect(one.triggers.decide(KEY, accepted(forgeRequest('1')), 1)).toBe(true);
        expect(other.triggers.decide(KEY, accepted(forgeRequest('1')), 2)).toBe(false);
        expect(other.triggers.decide(KEY, { kind: 'ignored', why: 'x' }, 3)).toBe(false);
        expect(one.jobs.waiting()).toBe(1);
        expect(all(one)).toEqual(acknowledgement('forge:7:1'));
        one.close();
        other.close();
      });

      test('of one forge or repository is not that of another with the same number', () => {
        const { triggers, jobs, close } = makeWorld().open();
        triggers.decide(KEY, { kind: 'ignored', why: 'no command' }, 1);
        expect(triggers.isDecided({ ...KEY, forge: 'other' })).toBe(false);
        expect(triggers.isDecided({ ...KEY, repositoryId: '8' })).toBe(false);
        expect(triggers.isDecided({ ...KEY, commentId: '2' })).toBe(false);
        expect(triggers.isDecided(KEY)).toBe(true);
        expect(jobs.waiting()).toBe(0);
        close();
      });

      test('that is refused is answered once for each person and pull request', () => {
        const stores = makeWorld().open();
        const refuse = (commentId: string, login: string, pull: number) =>
          stores.triggers.decide({ ...KEY, commentId }, refused(login, pull), 1);
        expect(refuse('1', 'eve', 1)).toBe(true);
        expect(refuse('2', 'Eve', 1)).toBe(true);
        expect(stores.outbox.pending()).toBe(1);
        refuse('3', 'eve', 2);
        refuse('4', 'bob', 1);
        expect(stores.outbox.pending()).toBe(3);
        expect(stores.jobs.waiting()).toBe(0);
        stores.close();
      });

      test('is decided with all that follows or not at all, wherever the writing fails', async () => {
        for (let failing = 1; failing <= 3 + acknowledgement('x').length; failing += 1) {
          const world = makeWorld();
          const broken = world.openBroken(failing);
          await expect(
            (async () => broken.triggers.decide(KEY, accepted(forgeRequest('1')), 1))(),
          ).rejects.toThrow('the disk is full');
          broken.close();
          const stores = world.open();
          expect(stores.triggers.isDecided(KEY), `write ${failing}`).toBe(false);
          expect(stores.jobs.waiting()).toBe(0);
          expect(stores.outbox.pending()).toBe(0);
          expect(stores.triggers.decide(KEY, accepted(forgeRequest('1')), 2)).toBe(true);
          stores.close();
        }
      });
    });

    describe('jobs', () => {
      test('are taken one by one, the oldest first', () => {
        const stores = makeWorld().open();
        for (const comment of ['1', '2'])
          stores.triggers.decide({ ...KEY, commentId: comment }, accepted(forgeRequest(comment)), 1);
        expect(stores.jobs.take(newTestRun())).toEqual({ request: forgeRequest('1'), attempts: 1 });
        expect(stores.jobs.take(newTestRun())).toEqual({ request: forgeRequest('2'), attempts: 1 });
        expect(stores.jobs.take(newTestRun())).toBeUndefined();
        stores.close();
      });

      test('that were begun and lost are taken again, and their attempts are counted', () => {
        const stores = makeWorld().open();
        stores.triggers.decide(KEY, accepted(forgeRequest('1')), 1);
        stores.jobs.take(newTestRun());
        stores.jobs.requeue('forge:7:1');
        expect(stores.jobs.attempts('forge:7:1')).toBe(1);
        expect(stores.jobs.take(newTestRun())).toMatchObject({ attempts: 2 });
        expect(stores.jobs.attempts('nobody')).toBe(0);
        stores.close();
      });

      test('are over with their verdict', () => {
        const stores = makeWorld().open();
        stores.triggers.decide(KEY, accepted(forgeRequest('1')), 1);
        const run = newTestRun();
        stores.jobs.take(run);
        begin(stores, run, forgeRequest('1'));
        stores.runs.conclude(run, SUCCESS);
        expect(stores.jobs.take(newTestRun())).toBeUndefined();
        stores.close();
      });
    });

    describe('a run', () => {
      test('has its events in order, numbered from one, each with its time', () => {
        const stores = makeWorld().open();
        const [run, other] = [newTestRun(), newTestRun()];
        begin(stores, run, localRequest('1'));
        begin(stores, other, localRequest('2'));
        const before = Date.now();
        const texts = ['one', 'two', 'three'];
        for (const text of texts) stores.runs.append(run, { type: 'progress', stage: undefined, text });
        stores.runs.append(other, PASSED);
        const events = stores.runs.events(run);
        expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
        expect(events.map(({ event }) => (event.type === 'progress' ? event.text : ''))).toEqual(texts);
        expect(events.every(({ at }) => at >= before && at <= Date.now())).toBe(true);
        stores.close();
      });

      test('gets one verdict, and a second one is refused', async () => {
        const world = makeWorld();
        const [one, other] = [world.open(), world.open()];
        const run = begin(one, newTestRun(), forgeRequest('1'));
        one.runs.conclude(run, SUCCESS);
        for (const stores of [one, other]) {
          const error = await thrownBy(() => stores.runs.conclude(run, { ...SUCCESS, outcome: 'failure' }));
          expect(error.code).toBe('second-verdict');
        }
        expect(one.runs.get(run)).toMatchObject({ verdict: { outcome: 'success' } });
        expect(one.runs.get(run)?.endedAt).toBeGreaterThan(0);
        expect(all(one)).toEqual(ended(run, 'forge:7:1'));
        one.close();
        other.close();
      });

      test('gets its verdict together with what has to be posted, or neither', async () => {
        const request = forgeRequest('1');
        for (let failing = 1; failing <= 2 + ended(newTestRun(), request.id).length; failing += 1) {
          const world = makeWorld();
          const stores = world.open();
          stores.triggers.decide(KEY, accepted(request), 1);
          all(stores);
          const run = newTestRun();
          stores.jobs.take(run);
          begin(stores, run, request);
          const broken = world.openBroken(failing);
          await expect((async () => broken.runs.conclude(run, SUCCESS))()).rejects.toThrow(
            'the disk is full',
          );
          broken.close();
          expect(stores.runs.get(run)?.verdict, `write ${failing}`).toBeUndefined();
          expect(stores.outbox.pending()).toBe(0);
          expect(stores.runs.unfinished().map(({ id }) => id)).toEqual([run]);
          stores.runs.conclude(run, SUCCESS);
          expect(all(stores)).toEqual(ended(run, request.id));
          stores.close();
        }
      });

      test('that was typed at the command line has nothing to post', () => {
        const stores = makeWorld().open();
        const run = begin(stores, newTestRun(), localRequest('1'));
        stores.runs.append(run, { type: 'admitted', slots: 2 });
        stores.runs.append(run, { type: 'stage-ended', stage: 'install', took: 1 });
        stores.runs.conclude(run, SUCCESS);
        expect(stores.outbox.pending()).toBe(0);
        stores.close();
      });

      test('that is given up has ended without a verdict, and its request is begun in another', () => {
        const stores = makeWorld().open();
        const [run, again] = [newTestRun(), newTestRun()];
        begin(stores, run, forgeRequest('1'));
        stores.runs.abandon(run);
        expect(stores.runs.get(run)).toMatchObject({ verdict: undefined });
        expect(stores.runs.get(run)?.endedAt).toBeGreaterThan(0);
        expect(stores.runs.unfinished()).toEqual([]);
        begin(stores, again, forgeRequest('1'));
        stores.runs.conclude(again, SUCCESS);
        expect(stores.runs.get(again)?.verdict?.outcome).toBe('success');
        stores.close();
      });

      test('that could not even be planned is forgotten, with all that it had said', () => {
        const stores = makeWorld().open();
        const [run, other] = [newTestRun(), newTestRun()];
        begin(stores, run, localRequest('1'));
        begin(stores, other, localRequest('2'));
        stores.runs.append(run, { type: 'admitted', slots: 2 });
        stores.runs.forget(run);
        expect(stores.runs.get(run)).toBeUndefined();
        expect(stores.runs.events(run)).toEqual([]);
        expect(stores.runs.list(10).map(({ id }) => id)).toEqual([other]);
        stores.close();
      });

      test('is listed with the newest first, and not found where it never was', () => {
        const stores = makeWorld().open();
        const ids = [1000, 3000, 2000].map((at) => {
          const id = newTestRun();
          const process = { pid: 1, started: 'x' };
          stores.runs.begin({ id, request: localRequest(String(at)), controller: 'c', process, at });
          return id;
        });
        expect(stores.runs.list(10).map(({ at }) => at)).toEqual([3000, 2000, 1000]);
        expect(stores.runs.list(1).map(({ id }) => id)).toEqual([ids[1]]);
        expect(stores.runs.get(newTestRun())).toBeUndefined();
        expect(stores.runs.events(newTestRun())).toEqual([]);
        stores.close();
      });

      test('cannot be begun twice, nor told of where it was never begun', async () => {
        const stores = makeWorld().open();
        const run = begin(stores, newTestRun(), localRequest('1'));
        await expect((async () => begin(stores, run, localRequest('2')))()).rejects.toThrow();
        await expect((async () => stores.runs.append(newTestRun(), PASSED))()).rejects.toThrow();
        expect((await errorOf((async () => stores.runs.conclude(newTestRun(), SUCCESS))())).kind).toBe(
          'internal',
        );
        stores.close();
      });
    });

    describe('the ledger', () => {
      test('holds what was intended until it is seen gone', () => {
        const world = makeWorld();
        const stores = world.open();
        const [run, other] = [newTestRun(), newTestRun()];
        const ledger = stores.runs.ledger(run);
        ledger.intend('volume', ['a', 'b']);
        ledger.intend('network', ['a']);
        stores.runs.ledger(other).intend('volume', ['a']);
        ledger.gone('volume', ['a', 'never-intended']);
        const rows = [
          { run, kind: 'volume', name: 'b' },
          { run, kind: 'network', name: 'a' },
        ];
        expect(ledger.open()).toEqual(expect.arrayContaining(rows));
        expect(ledger.open()).toHaveLength(2);
        expect(stores.runs.openLedgerRows()).toHaveLength(3);
        stores.close();
        expect(world.open().runs.ledger(run).open()).toHaveLength(2);
      });

      test('may be told the same twice, and again after it was gone', () => {
        const { runs, close } = makeWorld().open();
        const ledger = runs.ledger(newTestRun());
        ledger.intend('volume', ['a']);
        ledger.intend('volume', ['a']);
        expect(ledger.open()).toHaveLength(1);
        ledger.gone('volume', ['a']);
        ledger.gone('volume', ['a']);
        expect(ledger.open()).toEqual([]);
        ledger.intend('volume', ['a']);
        expect(ledger.open()).toHaveLength(1);
        close();
      });

      test('needs no run to be there: it is written before anything else', () => {
        const { runs, close } = makeWorld().open();
        runs.ledger(newTestRun()).intend('directory', ['work']);
        expect(runs.openLedgerRows()).toHaveLength(1);
        close();
      });
    });

    describe('the outbox', () => {
      test('keeps the order of one pull request, and lets no other wait for it', () => {
        const stores = makeWorld().open();
        const run = newTestRun();
        stores.triggers.decide(KEY, accepted(forgeRequest('1', 1)), 1);
        stores.triggers.decide({ ...KEY, commentId: '2' }, accepted(forgeRequest('2', 2)), 1);
        begin(stores, run, forgeRequest('1', 1));
        const admitted: RunEvent = { type: 'admitted', slots: 1 };
        stores.runs.append(run, admitted);
        stores.runs.conclude(run, SUCCESS);
        const [first, second] = stores.outbox.due(1000);
        expect(stores.outbox.due(1000).map(({ outgoing }) => requestOf(outgoing))).toEqual([
          'forge:7:1',
          'forge:7:2',
        ]);
        // The first of pull request 1 has to wait: its later rows wait with it.
        stores.outbox.postponed(first?.id ?? 0, 5000, 'the forge is down');
        expect(stores.outbox.due(1000).map(({ id }) => id)).toEqual([second?.id]);
        const others = all(stores, 4999);
        expect(others).toEqual(acknowledgement('forge:7:2'));
        expect(stores.outbox.due(4999)).toEqual([]);
        expect(stores.outbox.due(5000)).toMatchObject([{ id: first?.id, attempts: 1 }]);
        expect(all(stores)).toEqual([
          ...acknowledgement('forge:7:1'),
          ...outgoingOf(admitted, run, 'forge:7:1'),
          ...ended(run, 'forge:7:1'),
        ]);
        expect(stores.outbox.pending()).toBe(0);
        stores.close();
      });

      test('does not let what is given up stand in the way of what follows', () => {
        const stores = makeWorld().open();
        stores.triggers.decide(KEY, accepted(forgeRequest('1')), 1);
        stores.triggers.decide({ ...KEY, commentId: '2' }, accepted(forgeRequest('2')), 1);
        const [first] = stores.outbox.due(0);
        const before = stores.outbox.pending();
        stores.outbox.abandoned(first?.id ?? 0, 'forbidden');
        expect(stores.outbox.pending()).toBe(before - 1);
        expect(all(stores)).toEqual([
          ...acknowledgement('forge:7:1').slice(1),
          ...acknowledgement('forge:7:2'),
        ]);
        stores.close();
      });

      test('knows one comment of ours a pull request, the last that it was told', () => {
        const { outbox, close } = makeWorld().open();
        expect(outbox.sticky('forge', '7', 1)).toBeUndefined();
        outbox.setSticky('forge', '7', 1, '10');
        outbox.setSticky('forge', '7', 2, '20');
        outbox.setSticky('forge', '7', 1, '11');
        expect(outbox.sticky('forge', '7', 1)).toBe('11');
        expect(outbox.sticky('other', '7', 1)).toBeUndefined();
        close();
      });
    });
  });
}

function accepted(request: TestRequest): Decision {
  return { kind: 'accepted', request };
}

function refused(login: string, pull: number): Decision {
  const where = { forge: 'forge', repositoryId: '7', owner: 'recipes', repository: 'custom-html' };
  return { kind: 'refused', refusal: { ...where, pull, login } };
}

function begin(stores: Stores, id: RunId, request: TestRequest): RunId {
  stores.runs.begin({ id, request, controller: 'c', process: { pid: 1, started: 'x' }, at: 1000 });
  return id;
}

/** Everything that is to be posted, in its order; it counts as posted then. */
function all({ outbox }: Stores, now = Number.MAX_SAFE_INTEGER): Outgoing[] {
  const seen: Outgoing[] = [];
  for (let [row] = outbox.due(now); row !== undefined; [row] = outbox.due(now)) {
    seen.push(row.outgoing);
    outbox.posted(row.id);
  }
  return seen;
}

function requestOf(outgoing: Outgoing): string {
  return outgoing.kind === 'refusal' ? '' : outgoing.requestId;
}
