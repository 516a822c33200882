import { createHash, createHmac } from 'node:crypto';
import { posix } from 'node:path';
import type { SeedReading } from '../journal/seed-row.ts';
import type { ArchiveFile, Engine } from '../ports/engine.ts';
import { keyBytes } from '../shared/key-bytes.ts';

/** Secret of one run from which all its seeds follow. No app ever sees it, so none can make up a seed. */
export type RunKey = Uint8Array;

/** A file planted in a volume, with everything that has to be the same when it is read back. */
export interface FileSeed {
  readonly kind: 'file';
  readonly id: string;
  /** Compose key of the volume. */
  readonly volume: string;
  /** Service whose mount of the volume is used. */
  readonly service: string;
  /** Mount point in that service. */
  readonly target: string;
  /** Relative to the mount point. */
  readonly path: string;
  readonly file: ArchiveFile;
  /** SHA-256 of the content, hex. */
  readonly digest: string;
}

export interface SeedPlace {
  readonly volume: string;
  readonly service: string;
  readonly target: string;
}

const SEED_BYTES = 3072;
const MAX_BYTES = 1024 * 1024;

/** Name and content follow from the key alone; `purpose` tells the seeds of one volume apart. */
export function fileSeed(key: RunKey, place: SeedPlace, purpose: string, mtime: number): FileSeed {
  const id = `${purpose}:${place.volume}`;
  const name = createHmac('sha256', key).update(`name:${id}`).digest('hex').slice(0, 16);
  const bytes = keyBytes(key, `content:${id}`);
  const noise = Uint8Array.from({ length: SEED_BYTES }, () => bytes.next().value);
  const content = Buffer.from(`${Buffer.from(noise).toString('base64')}\n`);
  const path = `seatrial-${name}.txt`;
  return {
    kind: 'file',
    id,
    ...place,
    path,
    file: { path, content, mode: 0o644, uid: 0, gid: 0, mtime },
    digest: sha256(content),
  };
}

export async function plant(
  engine: Engine,
  container: string,
  seed: FileSeed,
  signal: AbortSignal,
): Promise<void> {
  await engine.putFiles(container, seed.target, [seed.file], signal);
}

/** Reads the seed at the place where the app had it, through the app's own mounts. */
export async function readBack(
  engine: Pick<Engine, 'getFile' | 'exec'>,
  container: string,
  seed: FileSeed,
  signal: AbortSignal,
): Promise<SeedReading> {
  const found = await engine.getFile(container, posix.join(seed.target, seed.path), MAX_BYTES, signal);
  if (found === undefined) return { state: 'missing' };
  const taken = ownerOf(found) !== ownerOf(seed.file);
  return compare(seed, found, taken ? await ownerOfMount(engine, container, seed, signal) : undefined);
}

/** Many images give all that is in their volume to the user of their process, at each start: no loss. */
async function ownerOfMount(
  engine: Pick<Engine, 'exec'>,
  container: string,
  seed: FileSeed,
  signal: AbortSignal,
): Promise<string | undefined> {
  const told = await engine.exec(container, ['stat', '-c', '%u:%g', seed.target], signal);
  return told.exitCode === 0 ? told.stdout.trim() : undefined;
}

function ownerOf({ uid, gid }: ArchiveFile): string {
  return `${uid}:${gid}`;
}

/** Whether a body that an app served is the seed's content. */
export function compareBody(seed: FileSeed, body: Uint8Array): SeedReading {
  return sha256(body) === seed.digest ? { state: 'intact' } : { state: 'changed', what: 'content' };
}

function compare(seed: FileSeed, found: ArchiveFile, mount: string | undefined): SeedReading {
  const planted = seed.file;
  const differs = [
    sha256(found.content) === seed.digest ? undefined : 'content',
    found.mode === planted.mode
      ? undefined
      : `mode ${found.mode.toString(8)} instead of ${planted.mode.toString(8)}`,
    [ownerOf(planted), mount].includes(ownerOf(found))
      ? undefined
      : `owner ${ownerOf(found)} instead of ${ownerOf(planted)}`,
    found.mtime === planted.mtime ? undefined : 'time of change',
  ].filter((what) => what !== undefined);
  return differs.length === 0 ? { state: 'intact' } : { state: 'changed', what: differs.join(', ') };
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
