import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../src/config/environment.ts';
import { runOrThrow } from '../../src/shared/process.ts';
import { debianMirror } from './apt.ts';
import { type Context, programEnvironment, step, trouble } from './context.ts';
import { exists, type Machine } from './machine.ts';

/** The suite whose `docker-cli` has `stack config` and still runs on the C library of Debian 12. */
const SUITE = 'trixie';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const MINUTE = 60_000;

/** Where the unpacked client is, or would be. */
export function unpackedCli(environment: Environment): string {
  return join(environment.cacheDir, 'docker-cli', 'usr', 'bin', 'docker');
}

/**
 * Fetches Debian's `docker-cli` through apt, with directories of its own and Debian's
 * signature checked, and unpacks it into the cache; nothing is installed. Returns its path.
 */
export async function debianCli(context: Context, machine: Machine): Promise<string> {
  if (!(await exists(KEYRING))) {
    throw trouble(
      'no-debian-keyring',
      `Debian's signing keys (${KEYRING}) are not on this machine, so its packages cannot be checked.`,
      'Install the package debian-archive-keyring.',
    );
  }
  await step(context, `Fetching docker-cli from Debian ${SUITE}`, async () => {
    const mirror = await debianMirror(context, machine);
    const work = join(context.environment.cacheDir, 'docker-cli.new');
    await rm(work, { recursive: true, force: true });
    await fetchAndUnpack(context, mirror, work);
    const target = join(context.environment.cacheDir, 'docker-cli');
    await rm(target, { recursive: true, force: true });
    await rename(join(work, 'unpacked'), target);
    await rm(work, { recursive: true, force: true });
  });
  return unpackedCli(context.environment);
}

async function fetchAndUnpack(context: Context, mirror: string, work: string): Promise<void> {
  for (const directory of ['lists/partial', 'archives/partial', 'unpacked']) {
    await mkdir(join(work, directory), { recursive: true });
  }
  await writeFile(join(work, 'status'), '');
  await writeFile(join(work, 'sources.list'), `deb [signed-by=${KEYRING}] ${mirror} ${SUITE} main\n`);
  const run = (name: string, file: string, args: readonly string[]) =>
    runOrThrow(file, args, {
      cwd: work,
      env: programEnvironment(context.environment),
      signal: context.signal,
      name,
      deadline: 5 * MINUTE,
    });
  await run(`reading the package list of ${SUITE}`, 'apt-get', [...privateApt(work), '-q', 'update']);
  await run('fetching docker-cli', 'apt-get', [...privateApt(work), '-q', 'download', 'docker-cli']);
  const archive = (await readdir(work)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new Error('apt-get download ended well and left no package');
  await run('unpacking docker-cli', 'dpkg-deb', ['-x', archive, 'unpacked']);
}

/** Options that keep apt away from the machine's own lists, cache, sources and preferences. */
function privateApt(work: string): string[] {
  const settings = [
    `Dir::State=${work}`,
    `Dir::State::lists=${join(work, 'lists')}`,
    `Dir::State::status=${join(work, 'status')}`,
    `Dir::Cache=${work}`,
    `Dir::Etc::sourcelist=${join(work, 'sources.list')}`,
    'Dir::Etc::sourceparts=/dev/null',
    'Dir::Etc::preferences=/dev/null',
    'Dir::Etc::preferencesparts=/dev/null',
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    // The user _apt could not write into a cache below a private home.
    'APT::Sandbox::User=root',
  ];
  return settings.flatMap((setting) => ['-o', setting]);
}
