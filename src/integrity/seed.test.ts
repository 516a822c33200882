import { describe, expect, test } from 'vitest';
import type { ArchiveFile, Engine } from '../ports/engine.ts';
import { compareBody, fileSeed, plant, readBack } from './seed.ts';

const KEY = Buffer.alloc(32, 1);
const PLACE = { volume: 'content', service: 'app', target: '/srv/content' };
const signal = new AbortController().signal;

describe('a seed', () => {
  test('follows from the key of the run alone', () => {
    expect(fileSeed(KEY, PLACE, 'upgrade', 1000)).toEqual(
      fileSeed(Buffer.alloc(32, 1), PLACE, 'upgrade', 1000),
    );
  });

  test.each([
    ['another run', fileSeed(Buffer.alloc(32, 2), PLACE, 'upgrade', 1000)],
    ['another stage', fileSeed(KEY, PLACE, 'backup', 1000)],
    ['another volume', fileSeed(KEY, { ...PLACE, volume: 'other' }, 'upgrade', 1000)],
  ])('of %s has another name and other content', (_, other) => {
    const seed = fileSeed(KEY, PLACE, 'upgrade', 1000);
    expect(other.path).not.toBe(seed.path);
    expect(other.digest).not.toBe(seed.digest);
  });

  test('gives away nothing from which an app could make up another one', () => {
    const seed = fileSeed(KEY, PLACE, 'upgrade', 1000);
    const content = Buffer.from(seed.file.content).toString('latin1');
    const other = fileSeed(KEY, PLACE, 'backup', 1000);
    for (const known of [
      KEY.toString('hex'),
      KEY.toString('base64'),
      seed.path,
      seed.digest,
      seed.volume,
      'upgrade',
    ])
      expect(content).not.toContain(known);
    expect(content).not.toContain(Buffer.from(other.file.content).toString('latin1').slice(0, 20));
    expect(seed.path).toMatch(/^seatrial-[0-9a-f]{16}\.txt$/);
  });

  test('is text that repeats nowhere, so that nothing cut or compressed passes for it', () => {
    const content = Buffer.from(fileSeed(KEY, PLACE, 'upgrade', 1000).file.content).toString('latin1');
    expect(content).toMatch(/^[A-Za-z0-9+/=]{4096}\n$/);
    const pieces = content.match(/.{16}/g) ?? [];
    expect(new Set(pieces).size).toBe(pieces.length);
  });
});

describe('the verifier', () => {
  const seed = fileSeed(KEY, PLACE, 'upgrade', 1000);

  test('finds what was planted, at its place below the mount', async () => {
    const volume = memory();
    await plant(volume, 'container', seed, signal);
    expect([...volume.files.keys()]).toEqual([`/srv/content/${seed.path}`]);
    expect(await readBack(volume, 'container', seed, signal)).toEqual({ state: 'intact' });
  });

  test('says that it is missing where it is', async () => {
    expect(await readBack(memory(), 'container', seed, signal)).toEqual({ state: 'missing' });
    const volume = memory();
    await plant(volume, 'container', fileSeed(KEY, PLACE, 'backup', 1000), signal);
    expect(await readBack(volume, 'container', seed, signal)).toEqual({ state: 'missing' });
  });

  test.each<[string, Partial<ArchiveFile>, string]>([
    ['content', { content: Buffer.concat([Buffer.from(seed.file.content), Buffer.from('x')]) }, 'content'],
    ['content cut short', { content: seed.file.content.slice(0, -1) }, 'content'],
    ['an empty file', { content: Buffer.alloc(0) }, 'content'],
    ['mode', { mode: 0o600 }, 'mode 600 instead of 644'],
    ['user', { uid: 33 }, 'owner 33:0 instead of 0:0'],
    ['group', { gid: 33 }, 'owner 0:33 instead of 0:0'],
    ['time of change', { mtime: 1001 }, 'time of change'],
    ['mode and time', { mode: 0o755, mtime: 0 }, 'mode 755 instead of 644, time of change'],
  ])('names what changed: %s', async (_, changed, what) => {
    const volume = memory();
    volume.files.set(`/srv/content/${seed.path}`, { ...seed.file, ...changed });
    expect(await readBack(volume, 'container', seed, signal)).toEqual({ state: 'changed', what });
  });

  test('tells the seed from anything else that an app may serve', () => {
    expect(compareBody(seed, seed.file.content)).toEqual({ state: 'intact' });
    for (const body of [Buffer.from('<h1>It works!</h1>'), Buffer.alloc(0), Buffer.from(seed.path)])
      expect(compareBody(seed, body)).toEqual({ state: 'changed', what: 'content' });
  });
});

/** The two calls of an engine that seeds go through, over files in memory. */
function memory(): Engine & { readonly files: Map<string, ArchiveFile> } {
  const files = new Map<string, ArchiveFile>();
  const calls: Pick<Engine, 'putFiles' | 'getFile'> = {
    async putFiles(_container, directory, given) {
      for (const file of given) files.set(`${directory}/${file.path}`, file);
    },
    getFile: async (_container, path) => files.get(path),
  };
  return { ...calls, files } as Engine & { files: Map<string, ArchiveFile> };
}
