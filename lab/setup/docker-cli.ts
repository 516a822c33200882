import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { runProcess } from '../../src/shared/process.ts';
import { type Context, programEnvironment, trouble } from './context.ts';
import { debianCli, unpackedCli } from './debian-cli.ts';
import type { Machine } from './machine.ts';

export interface Cli {
  readonly path: string;
  readonly version: string;
}

/** `docker stack config` came with version 23. */
const OLDEST_MAJOR = 23;

/**
 * The newest docker client on PATH that has `stack config`; where there is none, Debian's
 * own newer package, unpacked into our cache. Throws `no-docker-cli` where neither can be had.
 */
export async function findCli(context: Context, machine: Machine): Promise<Cli> {
  const found = await clisOnPath(context);
  const best = newest(found);
  if (best !== undefined && majorOf(best.version) >= OLDEST_MAJOR) return best;
  const unpacked = await versionOf(context, unpackedCli(context.environment));
  if (unpacked !== undefined) return unpacked;
  const have =
    best === undefined
      ? 'There is no docker client on PATH'
      : `The docker client ${best.path} is ${best.version}, which has no \`docker stack config\``;
  if (!machine.debian) {
    throw trouble(
      'no-docker-cli',
      `${have}; Seatrial needs one from version ${OLDEST_MAJOR} on.`,
      'Install a newer docker client and put its directory on PATH.',
    );
  }
  context.progress(`${have}: taking Debian's newer one beside it, into the cache`);
  const path = await debianCli(context, machine);
  const cli = await versionOf(context, path);
  if (cli !== undefined) return cli;
  throw trouble(
    'no-docker-cli',
    `Debian's docker client was unpacked to ${path} but does not run.`,
    'Install a docker client from version 23 on and put its directory on PATH.',
  );
}

/** Every different docker client on PATH that runs, in the order of PATH. */
export async function clisOnPath(context: Context): Promise<Cli[]> {
  const directories = context.environment.path.split(delimiter).filter(isAbsolute);
  const found = await Promise.all(
    directories.map((directory) => versionOf(context, join(directory, 'docker'))),
  );
  return found.filter((cli) => cli !== undefined);
}

/** The first of those with the highest version. */
export function newest(clis: readonly Cli[]): Cli | undefined {
  return clis.reduce<Cli | undefined>(
    (best, cli) => (best === undefined || compareVersions(cli.version, best.version) > 0 ? cli : best),
    undefined,
  );
}

/** Undefined where nothing executable is there, or it is something else that calls itself docker. */
async function versionOf(context: Context, path: string): Promise<Cli | undefined> {
  const executable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!executable) return undefined;
  const env = programEnvironment(context.environment);
  const call = { env, signal: context.signal, name: 'asking docker for its version', deadline: 20_000 };
  const answer = await runProcess(path, ['--version'], call).catch(() => undefined);
  context.signal.throwIfAborted();
  const version = /^Docker version (\d+\.\d+[^\s,]*)/.exec(answer?.stdout ?? '')?.[1];
  return version === undefined ? undefined : { path, version };
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

function compareVersions(a: string, b: string): number {
  const numbers = (text: string) => (text.match(/^[\d.]+/)?.[0] ?? '').split('.').map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
