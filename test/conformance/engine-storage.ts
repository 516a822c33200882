import { describe, expect, test } from 'vitest';
import { until } from '../../src/shared/wait.ts';
import { errorOf } from '../support/errors.ts';
import { type EngineStage, soon } from './engine-stage.ts';

export function storageConformance(stage: EngineStage): void {
  describe('volumes', () => {
    test('are made with labels, found by them, and removed; once removed, removing them succeeds', async () => {
      const { engine, corner } = stage();
      const name = corner.name('v');
      await engine.createVolume(name, { ...corner.labels, kind: 'volume' }, soon());
      const [found] = await engine.volumes({ ...corner.labels, kind: 'volume' }, soon());
      expect(found).toMatchObject({ name, labels: { ...corner.labels, kind: 'volume' } });
      await engine.removeVolume(name, soon());
      expect(await engine.volumes({ ...corner.labels, kind: 'volume' }, soon())).toEqual([]);
      await engine.removeVolume(name, soon());
    });

    test('are not removed while a container refers to them, though it never ran', async () => {
      const { engine, corner, image } = stage();
      const name = corner.name('busy');
      await engine.createVolume(name, corner.labels, soon());
      const volumes = [{ volume: name, target: '/data', readOnly: false }];
      const spec = { name: corner.name('user'), image, labels: corner.labels, command: ['true'], volumes };
      const id = await engine.createContainer(spec, soon());
      expect(await errorOf(engine.removeVolume(name, soon()))).toMatchObject({ code: 'engine-409' });
      const found = (await engine.containers(corner.labels, soon())).find((container) => container.id === id);
      expect(found?.mounts).toEqual([{ type: 'volume', volume: name, target: '/data', writable: true }]);
      await engine.removeContainer(id, soon());
      await engine.removeVolume(name, soon());
    });
  });

  describe('networks', () => {
    test('let containers find each other by the names they were connected under', async () => {
      const { engine, corner, image } = stage();
      const name = corner.name('net');
      await engine.createOverlay({ name, labels: corner.labels, internal: false }, soon());
      const ids: string[] = [];
      for (const alias of ['one.example', 'two.example']) {
        const spec = {
          name: corner.name('peer'),
          image,
          labels: corner.labels,
          entrypoint: ['sleep'],
          command: ['600'],
        };
        const id = await engine.createContainer(spec, soon());
        await engine.startContainer(id, soon());
        await engine.connect(name, id, [alias, `also-${alias}`], soon());
        ids.push(id);
      }
      const resolve = async (host: string) =>
        (await engine.exec(ids[0] ?? '', ['getent', 'hosts', host], soon())).exitCode;
      expect(await resolve('two.example')).toBe(0);
      expect(await resolve('also-two.example')).toBe(0);
      expect(await resolve('three.example')).not.toBe(0);
      const error = await errorOf(engine.removeNetwork(name, soon()));
      expect(error.kind).toBe('environment');
      expect(String(error.facts['words'])).toMatch(/active endpoints|in use/i);
      for (const id of ids) await engine.removeContainer(id, soon());
      await engine.removeNetwork(name, soon());
      await until({ name: 'the network', deadline: 20_000, every: 100, signal: soon() }, async () =>
        (await engine.networks(corner.labels, soon())).some((network) => network.name === name)
          ? { done: false, missing: 'its end' }
          : { done: true, value: undefined },
      );
    });

    test('that are not there are gone', async () => {
      const { engine, corner } = stage();
      expect(await engine.removeNetwork(corner.name('never'), soon())).toBeUndefined();
    });
  });

  describe('images', () => {
    test('are pulled from their registry and found afterwards', async () => {
      const { engine, image } = stage();
      await engine.pull(image, soon());
      expect(await engine.hasImage(image, soon())).toBe(true);
    });

    test('go by their names and ids, and leave with their last name', async () => {
      const { engine, image, corner } = stage();
      await engine.pull(image, soon());
      const there = await engine.image(image, soon());
      if (there === undefined) throw new Error('no image');
      expect(there.names).toContain(image);
      expect(there.bytes).toBeGreaterThan(1_000_000);
      expect(await engine.image(there.id, soon())).toEqual(there);
      expect(await engine.images(soon())).toContainEqual(expect.objectContaining({ id: there.id }));
      const name = `${corner.name('image')}:1`;
      await engine.tagImage(image, name, soon());
      expect((await engine.image(name, soon()))?.id).toBe(there.id);
      expect(await engine.removeImage(name, soon())).toBe(true);
      expect(await engine.image(name, soon())).toBeUndefined();
      expect(await engine.hasImage(image, soon())).toBe(true);
      expect(await engine.removeImage(name, soon())).toBe(true);
    });

    test('of several repositories are not removed by their id', async () => {
      const { engine, image, corner } = stage();
      const name = `${corner.name('image')}:1`;
      await engine.tagImage(image, name, soon());
      const id = (await engine.image(name, soon()))?.id ?? '';
      expect(await engine.removeImage(id, soon())).toBe(false);
      expect(await engine.hasImage(name, soon())).toBe(true);
      expect(await engine.removeImage(name, soon())).toBe(true);
    });

    test('of a name that is none are not there', async () => {
      const { engine } = stage();
      expect(await engine.hasImage('Not:A:Name', soon())).toBe(false);
      expect(await engine.image('Not:A:Name', soon())).toBeUndefined();
    });

    test('that came from a registry are known by the digest that it gave them', async () => {
      const { engine, image } = stage();
      await engine.pull(image, soon());
      const digest = await engine.digest(image, soon());
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(await engine.hasImage(`${image}@${digest}`, soon())).toBe(true);
      expect(await engine.digest('no-such-image:1', soon())).toBeUndefined();
    });

    test('that their registry does not have are refused as missing', async () => {
      const { engine, missingImage } = stage();
      expect(await engine.hasImage(missingImage, soon())).toBe(false);
      const error = await errorOf(engine.pull(missingImage, soon()));
      expect(error.kind).toBe('environment');
      expect(`${error.code} ${String(error.facts['words'])}`).toMatch(
        /engine-404|manifest unknown|not found/,
      );
    });
  });
}
