import { lstat, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../src/shared/wait.ts';
import { type Context, trouble } from './context.ts';
import type { EnginePlace } from './engine-place.ts';
import { pingEngine } from './ping.ts';

/**
 * Takes away what a dead daemon left behind and what would stop the next one: its socket, its
 * pid file (also one whose number now belongs to somebody else) and its containerd. Nothing
 * of a living daemon is touched: the caller has seen that none is there.
 */
export async function clearRemains(context: Context, place: EnginePlace): Promise<void> {
  await clearSocket(context, place.socket);
  if (await removed(place.pidFile))
    context.progress(`Removed ${place.pidFile}, left by a daemon that is dead`);
  await endContainerd(context, place);
  if (place.systemContainerd !== undefined) await clearSystemContainerd(context, place.systemContainerd);
}

/** The pid of the daemon that this pid file names, if a dockerd really runs under that number. */
export async function livingDaemon(pidFile: string): Promise<number | undefined> {
  return livingProcess(pidFile, 'dockerd');
}

async function livingProcess(pidFile: string, name: string): Promise<number | undefined> {
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10);
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  return (await nameOf(pid)) === name ? pid : undefined;
}

/** The name of a running program; undefined once it is gone or only waits to be collected. */
async function nameOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(stat) ?? [];
  return state === 'Z' || state === 'X' ? undefined : name;
}

async function clearSocket(context: Context, socket: string): Promise<void> {
  const there = await lstat(socket).catch(() => undefined);
  if (there === undefined) return;
  if (there.isDirectory()) {
    // Docker makes a directory of a bind mount's missing source, so this is what a container left that wanted the socket.
    await rmdir(socket).catch((cause: unknown) => {
      throw trouble(
        'socket-is-directory',
        `${socket} is a directory with files in it, so no engine can listen there.`,
        `Look at what is in it and remove it: \`rm -r ${socket}\`.`,
        { cause },
      );
    });
  } else {
    await rm(socket);
  }
  context.progress(`Removed ${socket}, where nothing listens any more`);
}

/** The containerd that a dead dockerd had started for itself; the containers' own processes do not hang on it. */
async function endContainerd(context: Context, place: EnginePlace): Promise<void> {
  const directory = join(place.execRoot, 'containerd');
  const pidFile = join(directory, 'containerd.pid');
  const pid = await livingProcess(pidFile, 'containerd');
  if (pid !== undefined && (await commandLineOf(pid)).includes(directory)) {
    context.progress(`Ending the containerd (process ${pid}) of a daemon that is dead`);
    process.kill(pid, 'SIGTERM');
    await gone(context, pid);
  }
  await removed(pidFile);
}

async function gone(context: Context, pid: number): Promise<void> {
  const wait = { name: 'containerd ends', deadline: 15_000, every: 100, signal: context.signal };
  await until(wait, async () =>
    (await nameOf(pid)) === undefined
      ? { done: true, value: undefined }
      : { done: false, missing: `the end of process ${pid}` },
  );
}

async function commandLineOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
}

/** dockerd waits for the machine's containerd whenever its socket file exists, even if nothing listens there. */
async function clearSystemContainerd(context: Context, socket: string): Promise<void> {
  if ((await pingEngine(socket, 2000, context.signal)) !== 'refused') return;
  if (await removed(socket)) context.progress(`Removed ${socket}, where no containerd listens any more`);
}

async function removed(file: string): Promise<boolean> {
  return rm(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
      throw error;
    },
  );
}
