import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../setup/machine.ts';

/** Notes that this process uses the lab. Each call counts; `leave` takes back one. */
export async function enter(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (let number = 0; ; number += 1) {
    const file = join(directory, `${process.pid}-${number}`);
    if (await made(file)) return file;
  }
}

/** Takes the note back. Returns true when no living process uses the lab any more. */
export async function leave(directory: string, note: string): Promise<boolean> {
  await rm(note, { force: true });
  let others = 0;
  for (const name of await readdir(directory)) {
    const alive = await exists(`/proc/${Number.parseInt(name, 10)}`);
    if (alive) others += 1;
    else await rm(join(directory, name), { force: true });
  }
  return others === 0;
}

async function made(file: string): Promise<boolean> {
  return writeFile(file, '', { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}
