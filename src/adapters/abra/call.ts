import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProcessResult, runProcess } from '../../shared/process.ts';

/** How to reach the program, and the engine behind it. */
export interface AbraProgram {
  /** Path, or a name to look for on `path`. */
  readonly program: string;
  /** Search path, also for what abra itself starts. */
  readonly path: string;
  /** As in DOCKER_HOST. */
  readonly host: string;
}

/** A private `ABRA_DIR` with one app in it. */
export interface AbraHome {
  readonly directory: string;
  /** The app's name, which is the name of its environment file. */
  readonly app: string;
}

export interface AbraCall {
  /** Names the deadline. */
  readonly name: string;
  /** Milliseconds. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

const MAX_BYTES = 1024 * 1024;
const VERSION_MS = 10_000;

/** Calls abra for its app: it may ask nothing, fetch nothing, and sees nothing of our environment. */
export async function callAbra(
  program: AbraProgram,
  home: AbraHome,
  args: readonly string[],
  call: AbraCall,
): Promise<ProcessResult> {
  const own = join(home.directory, 'home');
  await mkdir(own, { recursive: true });
  return await runProcess(program.program, [...args, '--no-input', '--offline'], {
    env: {
      PATH: program.path,
      HOME: own,
      ABRA_DIR: home.directory,
      DOCKER_HOST: program.host,
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
      TERM: 'dumb',
    },
    cwd: home.directory,
    maxBytes: MAX_BYTES,
    group: true,
    ...call,
  });
}

/** What the program says of itself, such as `abra version 0.13.0-beta-06a57de`. */
export async function abraVersion(
  { program, path }: Pick<AbraProgram, 'program' | 'path'>,
  signal: AbortSignal,
): Promise<string> {
  const { stdout, stderr } = await runProcess(program, ['--version'], {
    env: { PATH: path, NO_COLOR: '1', TERM: 'dumb' },
    ...{ name: 'abra --version', deadline: VERSION_MS, maxBytes: MAX_BYTES, group: true, signal },
  });
  return stdout.trim() || stderr.trim();
}
