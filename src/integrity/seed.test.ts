import { describe, expect, test } from 'vitest';
import type { ArchiveFile } from '../ports/engine.ts';
import { compareBody, fileSeed, readBack } from './seed.ts';

const KEY = Buffer.alloc(32, 1);
const PLACE = { volume: 'content', service: 'app', target: '/srv/content' };

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

test('the verifier tells the seed from anything else that an app may serve', () => {
  const seed = fileSeed(KEY, PLACE, 'upgrade', 1000);
  expect(compareBody(seed, seed.file.content)).toEqual({ state: 'intact' });
  for (const body of [Buffer.from('<h1>It works!</h1>'), Buffer.alloc(0), Buffer.from(seed.path)])
    expect(compareBody(seed, body)).toEqual({ state: 'changed', what: 'content' });
});

describe('a seed that now belongs to somebody else', () => {
  const seed = fileSeed(KEY, PLACE, 'upgrade', 1000);
  const reading = async (mount: string) =>
    await readBack(
      owning({ ...seed.file, uid: 999, gid: 998 }, mount),
      'db',
      seed,
      AbortSignal.timeout(1000),
    );

  test('is intact where the whole volume does: many images take it over at each start', async () => {
    expect(await reading('999:998')).toEqual({ state: 'intact' });
  });

  test('is changed where the volume belongs to a third one', async () => {
    expect(await reading('0:0')).toEqual({ state: 'changed', what: 'owner 999:998 instead of 0:0' });
  });
});

/** Just so much of an engine as reading a seed needs. */
function owning(file: ArchiveFile, mount: string): Parameters<typeof readBack>[0] {
  return {
    getFile: async () => file,
    exec: async () => ({ exitCode: 0, stdout: `${mount}\n`, stderr: '' }),
  };
}
