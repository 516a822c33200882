import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { trouble } from './context.ts';

const NEEDED_BYTES = 2 * 1024 ** 3;

/** Throws `no-space` where the file system that holds (or will hold) the directory has less than this many bytes left. */
export async function requireSpace(directory: string, purpose: string, needed = NEEDED_BYTES): Promise<void> {
  const free = await freeBytes(directory);
  if (free === undefined || free >= needed) return;
  throw trouble(
    'no-space',
    `Only ${sized(free)} are free for ${purpose} (${directory}); ${sized(needed)} are needed.`,
    'Make room on that file system; `docker system df` shows what Docker itself holds.',
    { facts: { directory, free, needed } },
  );
}

/** Undefined where even the root cannot be asked: an engine inside a virtual machine has its data elsewhere. */
async function freeBytes(directory: string): Promise<number | undefined> {
  for (let path = directory; ; path = dirname(path)) {
    const stats = await statfs(path).catch(() => undefined);
    if (stats !== undefined) return stats.bavail * stats.bsize;
    if (path === dirname(path)) return undefined;
  }
}

function sized(bytes: number): string {
  return bytes < 1024 ** 3 ? `${Math.floor(bytes / 1024 ** 2)} MB` : `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
