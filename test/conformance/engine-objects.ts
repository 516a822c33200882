import { describe, expect, test } from 'vitest';
import { type EngineStage, soon } from './engine-stage.ts';

export function objectConformance(stage: EngineStage): void {
  describe('configs', () => {
    test('are an atomic claim on their name', async () => {
      const { engine, corner } = stage();
      const name = corner.name('claim');
      const claims = ['a', 'b', 'c', 'd'].map((who) =>
        engine.createConfig(name, { ...corner.labels, who }, who, soon()),
      );
      expect((await Promise.all(claims)).filter((won) => won)).toHaveLength(1);
      expect(await engine.config(name, soon())).toMatchObject({ name, labels: corner.labels });
    });

    test('are relabelled by whoever saw them last, and by nobody who saw an older version', async () => {
      const { engine, corner } = stage();
      const name = corner.name('cas');
      await engine.createConfig(name, corner.labels, 'content', soon());
      const seen = await engine.config(name, soon());
      if (seen === undefined) throw new Error('no config');
      expect(await engine.relabelConfig(seen, { ...corner.labels, count: '1' }, soon())).toBe(true);
      expect(await engine.relabelConfig(seen, { ...corner.labels, count: '2' }, soon())).toBe(false);
      const present = await engine.config(name, soon());
      expect(present?.labels).toEqual({ ...corner.labels, count: '1' });
      expect(present?.version).toBeGreaterThan(seen.version);
    });

    test('of two writers who saw the same version one wins', async () => {
      const { engine, corner } = stage();
      const name = corner.name('race');
      await engine.createConfig(name, corner.labels, 'content', soon());
      for (let round = 0; round < 5; round += 1) {
        const seen = await engine.config(name, soon());
        if (seen === undefined) throw new Error('no config');
        const writers = ['a', 'b', 'c'].map((who) =>
          engine.relabelConfig(seen, { ...corner.labels, winner: `${who}${round}` }, soon()),
        );
        expect((await Promise.all(writers)).filter((won) => won)).toHaveLength(1);
      }
    });

    test('that are gone can be neither relabelled nor read, and removing them succeeds', async () => {
      const { engine, corner } = stage();
      const name = corner.name('gone');
      await engine.createConfig(name, corner.labels, 'content', soon());
      const seen = await engine.config(name, soon());
      if (seen === undefined) throw new Error('no config');
      await engine.removeConfig(seen.id, soon());
      await engine.removeConfig(seen.id, soon());
      expect(await engine.relabelConfig(seen, corner.labels, soon())).toBe(false);
      expect(await engine.config(name, soon())).toBeUndefined();
    });

    test('are found by label', async () => {
      const { engine, corner } = stage();
      const name = corner.name('found');
      await engine.createConfig(name, { ...corner.labels, kind: 'found' }, 'x', soon());
      const names = async (labels: Record<string, string>) =>
        (await engine.configs(labels, soon())).map((config) => config.name);
      expect(await names({ ...corner.labels, kind: 'found' })).toEqual([name]);
      expect(await names({ ...corner.labels, kind: 'other' })).toEqual([]);
    });
  });

  test('secrets are made once, found by label and removed', async () => {
    const { engine, corner } = stage();
    const name = corner.name('secret');
    expect(await engine.createSecret(name, corner.labels, 'hidden', soon())).toBe(true);
    expect(await engine.createSecret(name, corner.labels, 'other', soon())).toBe(false);
    const found = (await engine.secrets(corner.labels, soon())).find((secret) => secret.name === name);
    expect(found).toMatchObject({ name, labels: corner.labels });
    expect(JSON.stringify(found)).not.toContain('hidden');
    await engine.removeSecret(found?.id ?? '', soon());
    await engine.removeSecret(found?.id ?? '', soon());
    expect((await engine.secrets(corner.labels, soon())).map((secret) => secret.name)).not.toContain(name);
  });

  test('services that are not there have no tasks, and removing them succeeds', async () => {
    const { engine, corner } = stage();
    expect(await engine.services(corner.labels, soon())).toEqual([]);
    expect(await engine.tasks([], soon())).toEqual([]);
    expect(await engine.tasksLeft([], soon())).toBe(0);
    expect(await engine.tasksLeft(['no-such-id'], soon())).toBe(0);
    await engine.removeService('no-such-service', soon());
  });

  describe('an event', () => {
    test('wakes everybody who waits', async () => {
      const { engine, corner } = stage();
      const over = new AbortController();
      const woken = [engine.nextEvent(over.signal), engine.nextEvent(over.signal)];
      // The stream may still be opening: events go on until both are awake.
      let awake = false;
      void Promise.all(woken).then(() => {
        awake = true;
      });
      const deadline = soon();
      while (!awake && !deadline.aborted) {
        const name = corner.name('event');
        await engine.createVolume(name, corner.labels, soon());
        await engine.removeVolume(name, soon());
      }
      over.abort();
      expect(awake).toBe(true);
    });

    test('that never comes ends the wait when the signal does, without an error', async () => {
      const { engine, unreachable } = stage();
      for (const one of [engine, unreachable]) {
        const stop = new AbortController();
        const waiting = one.nextEvent(stop.signal);
        stop.abort(new Error('over'));
        expect(await waiting).toBeUndefined();
        expect(await one.nextEvent(stop.signal)).toBeUndefined();
      }
    });
  });

  test('an engine says who it is and that it manages a swarm', async () => {
    const info = await stage().engine.info(soon());
    expect(info.swarm).toMatchObject({ kind: 'manager' });
    expect(info.version).toMatch(/^\d+\.\d+/);
    expect(info.id).not.toBe('');
  });
}
