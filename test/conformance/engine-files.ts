import { describe, expect, test } from 'vitest';
import { fileSeed, plant, readBack } from '../../src/integrity/seed.ts';
import type { ArchiveFile } from '../../src/ports/engine.ts';
import { errorOf } from '../support/errors.ts';
import { type EngineStage, soon } from './engine-stage.ts';

const MAX = 1024 * 1024;

export function fileConformance(stage: EngineStage): void {
  /** Started by nobody but those who say so: files go in and out all the same. */
  async function container(volume?: string): Promise<string> {
    const { engine, corner, image } = stage();
    const volumes = volume === undefined ? [] : [{ volume, target: '/data', readOnly: false }];
    const spec = {
      name: corner.name('files'),
      image,
      labels: corner.labels,
      command: ['sleep', '60'],
      volumes,
    };
    return await engine.createContainer(spec, soon());
  }

  describe('files', () => {
    test('come back with content, mode, owner and time as they were put', async () => {
      const { engine } = stage();
      const id = await container();
      const content = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 256));
      const file = { content, mode: 0o640, uid: 33, gid: 1000, mtime: 1_234_567_890 };
      await engine.putFiles(
        id,
        '/srv',
        [
          { ...file, path: 'one.bin' },
          { ...file, path: 'deep/er/two.bin' },
        ],
        soon(),
      );
      for (const path of ['/srv/one.bin', '/srv/deep/er/two.bin']) {
        const found = await engine.getFile(id, path, MAX, soon());
        expect(found).toMatchObject({ mode: 0o640, uid: 33, gid: 1000, mtime: 1_234_567_890 });
        expect(content.equals(found?.content ?? Buffer.alloc(0))).toBe(true);
      }
    });

    test('go through a volume, where another container finds them', async () => {
      const { engine, corner } = stage();
      const volume = corner.name('shared');
      await engine.createVolume(volume, corner.labels, soon());
      const [one, two] = [await container(volume), await container(volume)];
      const file = { path: 'note', content: Buffer.from('hello'), mode: 0o600, uid: 0, gid: 0, mtime: 1000 };
      await engine.putFiles(one, '/data', [file], soon());
      const found = await engine.getFile(two, '/data/note', MAX, soon());
      expect(Buffer.from(found?.content ?? []).toString()).toBe('hello');
    });

    test('that are not there are undefined, and so are directories', async () => {
      const { engine } = stage();
      const id = await container();
      expect(await engine.getFile(id, '/no/such/file', MAX, soon())).toBeUndefined();
      expect(await engine.getFile(id, '/etc', MAX, soon())).toBeUndefined();
    });

    test('that are larger than allowed are not read', async () => {
      const { engine } = stage();
      const id = await container();
      const file = { path: 'big', content: Buffer.alloc(2000), mode: 0o644, uid: 0, gid: 0, mtime: 0 };
      await engine.putFiles(id, '/tmp', [file], soon());
      const error = await errorOf(engine.getFile(id, '/tmp/big', 1999, soon()));
      expect(error).toMatchObject({ code: 'file-too-large', facts: { size: 2000, maxBytes: 1999 } });
      expect((await engine.getFile(id, '/tmp/big', 2000, soon()))?.content).toHaveLength(2000);
    });

    test('that were not read to their end do not keep their container from being removed', async () => {
      const { engine } = stage();
      const id = await container();
      const content = Buffer.alloc(4 * MAX);
      const file = { path: 'big', content, mode: 0o644, uid: 0, gid: 0, mtime: 0 };
      await engine.putFiles(id, '/tmp', [file], soon());
      await errorOf(engine.getFile(id, '/tmp/big', MAX, soon()));
      expect(await engine.getFile(id, '/usr', MAX, soon())).toBeUndefined();
      await engine.removeContainer(id, AbortSignal.timeout(10_000));
    });

    test('cannot be put where there is no directory', async () => {
      const { engine } = stage();
      const file = { path: 'x', content: Buffer.from('x'), mode: 0o644, uid: 0, gid: 0, mtime: 0 };
      const error = await errorOf(engine.putFiles(await container(), '/no/such', [file], soon()));
      expect(error).toMatchObject({ code: 'engine-404' });
    });
  });

  describe('a planted seed', () => {
    const seed = fileSeed(
      Buffer.alloc(32, 7),
      { volume: 'v', service: 's', target: '/srv' },
      'backup',
      1_700_000_000,
    );

    test('is found intact, and missing where it was never planted', async () => {
      const { engine } = stage();
      const id = await container();
      expect(await readBack(engine, id, seed, soon())).toEqual({ state: 'missing' });
      await plant(engine, id, seed, soon());
      expect(await readBack(engine, id, seed, soon())).toEqual({ state: 'intact' });
    });

    test.each<[string, Partial<ArchiveFile>, string]>([
      [
        'more content',
        { content: Buffer.concat([Buffer.from(seed.file.content), Buffer.from('x')]) },
        'content',
      ],
      ['less content', { content: seed.file.content.slice(0, -1) }, 'content'],
      ['no content', { content: Buffer.alloc(0) }, 'content'],
      ['another mode', { mode: 0o600 }, 'mode 600 instead of 644'],
      ['a bit that changes who runs it', { mode: 0o4644 }, 'mode 4644 instead of 644'],
      ['another user', { uid: 33 }, 'owner 33:0 instead of 0:0'],
      ['another group', { gid: 33 }, 'owner 0:33 instead of 0:0'],
      ['another time', { mtime: 1_700_000_001 }, 'time of change'],
      ['another mode and time', { mode: 0o755, mtime: 0 }, 'mode 755 instead of 644, time of change'],
    ])('that came back with %s is changed, and what changed is named', async (_, changed, what) => {
      const { engine } = stage();
      const id = await container();
      // Whose the mount is can only be asked in a container that runs.
      await engine.startContainer(id, soon());
      await engine.putFiles(id, seed.target, [{ ...seed.file, ...changed }], soon());
      expect(await readBack(engine, id, seed, soon())).toEqual({ state: 'changed', what });
    });

    test('in whose place a directory stands is missing', async () => {
      const { engine } = stage();
      const id = await container();
      const inside = { ...seed.file, path: `${seed.path}/inside` };
      await engine.putFiles(id, seed.target, [inside], soon());
      expect(await readBack(engine, id, seed, soon())).toEqual({ state: 'missing' });
    });
  });
}
