import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../src/shared/wait.ts';
import type { Context } from './context.ts';
import { exists } from './machine.ts';

const DEADLINE = 15 * 60_000;

/**
 * Does the work while no other process of this machine does work under the same name: two
 * set-ups at once would build everything twice. The lock of a process that died is taken over.
 */
export async function alone<T>(context: Context, name: string, work: () => Promise<T>): Promise<T> {
  await mkdir(context.environment.cacheDir, { recursive: true });
  const file = join(context.environment.cacheDir, `${name}.lock`);
  let said = false;
  await until({ name: `lock ${name}`, deadline: DEADLINE, every: 200, signal: context.signal }, async () => {
    if (await taken(file)) return { done: true, value: undefined };
    const holder = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
    if (await isDead(holder)) {
      await rm(file, { force: true });
      return { done: false, missing: 'the lock of a process that died' };
    }
    if (!said) context.progress(`Waiting for process ${holder}, which is setting up the same things`);
    said = true;
    return { done: false, missing: `the end of process ${holder}, which holds ${file}` };
  });
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function taken(file: string): Promise<boolean> {
  return writeFile(file, String(process.pid), { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/** An unreadable holder is one that has just made the file, or just removed it. */
async function isDead(pid: number): Promise<boolean> {
  return Number.isSafeInteger(pid) && !(await exists(`/proc/${pid}`));
}
