import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backup, OpenBackup, VolumeSelection } from '../../src/ports/backup.ts';
import type { ArchiveFile, Engine } from '../../src/ports/engine.ts';
import { errorOf } from '../support/errors.ts';
import { createCorner } from '../support/lab.ts';

export interface BackupWorld {
  readonly engine: Engine;
  readonly backup: Backup;
  /** Any image: a container of it is the door into volumes. */
  readonly image: string;
  close(): Promise<void>;
}

const FILE: Omit<ArchiveFile, 'path'> = {
  ...{ content: Buffer.from('kept'), mode: 0o640, uid: 33, gid: 1000, mtime: 1_600_000_000 },
};

/** The contract of `ports/backup.ts`, over volumes of these tests. */
export function backupConformance(name: string, makeWorld: () => Promise<BackupWorld>): void {
  describe(`the backup port on ${name}`, { timeout: 90_000 }, () => {
    const corner = createCorner();
    let world: BackupWorld | undefined;
    let open: OpenBackup | undefined;
    const at = <T>(thing: T | undefined): T => thing ?? expect.fail('it is not there yet');
    beforeAll(async () => {
      world = await makeWorld();
      open = await world.backup.open(corner.run, corner.labels, soon());
    });
    afterAll(async () => {
      if (world === undefined) return;
      await open?.close(soon());
      await corner.clear(world.engine);
      await world.close();
    });

    test('a file comes back as it was, with mode, owner and time, after everything was lost', async () => {
      const volume = await newVolume();
      await put(volume, [
        { ...FILE, path: 'a.txt' },
        { ...FILE, path: 'deep/er/b.bin', mode: 0o755, content: Buffer.from([0, 255, 10, 13]) },
      ]);
      const snapshot = await at(open).save([whole(volume)], soon());
      expect(snapshot).toMatchObject({ files: 2, bytes: 8 });
      await empty(volume);
      expect(await read(volume, 'a.txt')).toBeUndefined();
      await at(open).restore(snapshot, [whole(volume)], soon());
      expect(await read(volume, 'a.txt')).toMatchObject({ ...FILE, path: expect.any(String) });
      const other = await read(volume, 'deep/er/b.bin');
      expect(other).toMatchObject({ mode: 0o755, uid: 33, gid: 1000, mtime: 1_600_000_000 });
      expect([...(other?.content ?? [])]).toEqual([0, 255, 10, 13]);
    });

    test('what was changed since is put back, and what is new since stays', async () => {
      const volume = await newVolume();
      await put(volume, [{ ...FILE, path: 'old' }]);
      const snapshot = await at(open).save([whole(volume)], soon());
      await put(volume, [
        { ...FILE, path: 'old', content: Buffer.from('changed'), mode: 0o600, mtime: 1_700_000_000 },
        { ...FILE, path: 'new' },
      ]);
      await at(open).restore(snapshot, [whole(volume)], soon());
      expect(await read(volume, 'old')).toMatchObject({ ...FILE, path: expect.any(String) });
      expect(await read(volume, 'new')).toBeDefined();
    });

    test('of several volumes each gets its own back', async () => {
      const [one, two] = [await newVolume(), await newVolume()];
      await put(one, [{ ...FILE, path: 'same', content: Buffer.from('of one') }]);
      await put(two, [{ ...FILE, path: 'same', content: Buffer.from('of two') }]);
      const snapshot = await at(open).save([whole(one), whole(two)], soon());
      expect(snapshot.files).toBe(2);
      await empty(one);
      await empty(two);
      await at(open).restore(snapshot, [whole(one), whole(two)], soon());
      expect(await textOf(one, 'same')).toBe('of one');
      expect(await textOf(two, 'same')).toBe('of two');
    });

    test('of a volume only the paths that were selected are taken', async () => {
      const volume = await newVolume();
      const paths = ['dump.sql', 'media/a', 'media/b', 'cache/c', 'other'];
      await put(
        volume,
        paths.map((path) => ({ ...FILE, path })),
      );
      const selection = { volume, paths: ['dump.sql', '/media'] };
      const snapshot = await at(open).save([selection], soon());
      expect(snapshot.files).toBe(3);
      await empty(volume);
      await at(open).restore(snapshot, [selection], soon());
      for (const path of ['dump.sql', 'media/a', 'media/b'])
        expect(await textOf(volume, path), path).toBe('kept');
      for (const path of ['cache/c', 'other']) expect(await read(volume, path), path).toBeUndefined();
    });

    test('of what was saved only what is selected now is put back', async () => {
      const [one, two] = [await newVolume(), await newVolume()];
      await put(one, [{ ...FILE, path: 'x' }]);
      await put(two, [{ ...FILE, path: 'x' }]);
      const snapshot = await at(open).save([whole(one), whole(two)], soon());
      await empty(one);
      await empty(two);
      await at(open).restore(snapshot, [whole(two)], soon());
      expect(await read(one, 'x')).toBeUndefined();
      expect(await textOf(two, 'x')).toBe('kept');
    });

    test('of a volume that was saved whole only the selected paths are put back', async () => {
      const volume = await newVolume();
      await put(volume, [
        { ...FILE, path: 'wanted/x' },
        { ...FILE, path: 'other' },
      ]);
      const snapshot = await at(open).save([whole(volume)], soon());
      await empty(volume);
      await at(open).restore(snapshot, [{ volume, paths: ['wanted'] }], soon());
      expect(await textOf(volume, 'wanted/x')).toBe('kept');
      expect(await read(volume, 'other')).toBeUndefined();
    });

    test('nothing to save is no error, and has no files', async () => {
      expect(await at(open).save([], soon())).toMatchObject({ files: 0, bytes: 0 });
      expect(await at(open).save([whole(await newVolume())], soon())).toMatchObject({ files: 0, bytes: 0 });
    });

    test('two snapshots of one volume are told apart', async () => {
      const volume = await newVolume();
      await put(volume, [{ ...FILE, path: 'x', content: Buffer.from('first') }]);
      const first = await at(open).save([whole(volume)], soon());
      await put(volume, [{ ...FILE, path: 'x', content: Buffer.from('second'), mtime: 1_650_000_000 }]);
      const second = await at(open).save([whole(volume)], soon());
      expect(second.id).not.toBe(first.id);
      await at(open).restore(first, [whole(volume)], soon());
      expect(await textOf(volume, 'x')).toBe('first');
      await at(open).restore(second, [whole(volume)], soon());
      expect(await textOf(volume, 'x')).toBe('second');
    });

    test('a snapshot that is not there is trouble, not an empty restore', async () => {
      const volume = await newVolume();
      const unknown = { id: 'deadbeef', files: 1, bytes: 1 };
      const error = await errorOf(at(open).restore(unknown, [whole(volume)], soon()));
      expect(error).toMatchObject({ kind: 'environment' });
    });

    test('a save that is cancelled ends with its reason and leaves no container', async () => {
      const volume = await newVolume();
      await put(volume, [{ ...FILE, path: 'x' }]);
      const stop = new AbortController();
      const saving = at(open).save([whole(volume)], stop.signal);
      saving.catch(() => undefined);
      stop.abort(new Error('cancelled by a test'));
      await expect(saving).rejects.toThrow('cancelled by a test');
      expect(await ownContainers()).toEqual([]);
      // The same name is free for the next one.
      expect(await at(open).save([whole(volume)], soon())).toMatchObject({ files: 1 });
    });

    test('makes nothing but what it named before, all with the labels of the run, and takes it away', async () => {
      const { engine, backup } = at(world);
      const other = createCorner();
      const names = backup.names(other.run);
      const second = await backup.open(other.run, other.labels, soon());
      const volume = await newVolume();
      await put(volume, [{ ...FILE, path: 'x' }]);
      await second.save([whole(volume)], soon());
      const volumes = await engine.volumes(other.labels, soon());
      expect(volumes.map((one) => one.name)).toEqual([names.volume]);
      await second.close(soon());
      expect(await engine.volumes(other.labels, soon())).toEqual([]);
      expect(await engine.containers(other.labels, soon())).toEqual([]);
    });

    async function newVolume(): Promise<string> {
      const volume = corner.name('data');
      await at(world).engine.createVolume(volume, corner.labels, soon());
      return volume;
    }

    async function put(volume: string, files: readonly ArchiveFile[]): Promise<void> {
      await through(volume, (engine, id) => engine.putFiles(id, '/data', files, soon()));
    }

    async function read(volume: string, path: string): Promise<ArchiveFile | undefined> {
      return await through(volume, (engine, id) => engine.getFile(id, `/data/${path}`, 10_000, soon()));
    }

    async function textOf(volume: string, path: string): Promise<string | undefined> {
      const file = await read(volume, path);
      return file === undefined ? undefined : Buffer.from(file.content).toString();
    }

    /** As a wipe does: the volume is deleted and made anew under its name. */
    async function empty(volume: string): Promise<void> {
      const { engine } = at(world);
      await engine.removeVolume(volume, soon());
      await engine.createVolume(volume, corner.labels, soon());
    }

    async function ownContainers(): Promise<string[]> {
      const { engine, backup } = at(world);
      const ours = backup.names(corner.run).containers;
      const containers = await engine.containers(corner.labels, soon());
      return containers.map((container) => container.name).filter((one) => ours.includes(one));
    }

    async function through<T>(volume: string, use: (engine: Engine, id: string) => Promise<T>): Promise<T> {
      const { engine, image } = at(world);
      const volumes = [{ volume, target: '/data', readOnly: false }];
      const spec = { name: corner.name('door'), image, labels: corner.labels, command: ['true'], volumes };
      const id = await engine.createContainer(spec, soon());
      try {
        return await use(engine, id);
      } finally {
        await engine.removeContainer(id, soon());
      }
    }
  });
}

function whole(volume: string): VolumeSelection {
  return { volume, paths: [] };
}

function soon(): AbortSignal {
  return AbortSignal.timeout(80_000);
}
