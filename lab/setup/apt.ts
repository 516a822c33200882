import { readFile } from 'node:fs/promises';
import { runOrThrow, runProcess } from '../../src/shared/process.ts';
import { list } from '../../src/shared/text.ts';
import { type Context, programEnvironment, step, trouble } from './context.ts';
import type { Machine } from './machine.ts';

const MINUTE = 60_000;
const ROLLING_NAMES = ['stable', 'testing', 'unstable', 'sid'];

/** Installs Debian packages; the package lists are fetched first where a package is unknown. Needs root. */
export async function installPackages(context: Context, packages: readonly string[]): Promise<void> {
  await step(context, `Installing ${list(packages)} from Debian`, async () => {
    if (!(await canInstall(context, packages))) await updateLists(context);
    try {
      await install(context, packages);
    } catch (error) {
      context.signal.throwIfAborted();
      // Lists from last month name files that the mirror no longer has: fetch them and try once more.
      context.progress('The first try failed; trying once more with fresh package lists');
      await updateLists(context);
      await install(context, packages).catch((again: unknown) => {
        throw aptFailed(packages, again ?? error);
      });
    }
  });
}

/** True when apt can install these packages now; false also where its lists were never fetched. */
export async function canInstall(context: Context, packages: readonly string[]): Promise<boolean> {
  const call = options(context, 'looking up packages', MINUTE);
  const policy = await runProcess('apt-cache', ['policy', ...packages], call);
  // A package that was once installed here is known without lists, but has no candidate.
  const candidates = policy.stdout.match(/^ +Candidate: (?!\(none\))/gm) ?? [];
  return candidates.length === packages.length;
}

export async function updateLists(context: Context): Promise<void> {
  context.progress('Fetching the package lists of Debian');
  await runOrThrow('apt-get', ['-q', 'update'], options(context, 'fetching package lists', 5 * MINUTE));
}

/**
 * The Debian mirror that this machine itself uses, with no slash at its end.
 * Throws `no-debian-mirror` where its apt sources name none.
 */
export async function debianMirror(context: Context, machine: Machine): Promise<string> {
  const uris = await runOrThrow(
    'apt-get',
    ['--print-uris', 'update'],
    options(context, 'reading the apt sources', MINUTE),
  );
  const mirror = mirrorIn(uris.stdout, [machine.codename, ...ROLLING_NAMES]);
  if (mirror === undefined) {
    throw trouble(
      'no-debian-mirror',
      `The apt sources of this machine name no mirror for Debian ${machine.codename || '(code name unknown)'}.`,
      'Add a line for Debian main to /etc/apt/sources.list and run again.',
    );
  }
  return mirror.startsWith('mirror+file:') ? firstOfMirrorList(mirror) : mirror;
}

/** Finds the mirror in what `apt-get --print-uris update` prints, whatever the format of the sources. */
export function mirrorIn(printedUris: string, suites: readonly string[]): string | undefined {
  for (const suite of suites.filter((name) => name !== '')) {
    for (const line of printedUris.split('\n')) {
      const [, mirror, found] = /^'(.+?)\/+dists\/([^/']+)\/InRelease'/.exec(line) ?? [];
      if (found === suite && mirror !== undefined) return mirror;
    }
  }
  return undefined;
}

/** Cloud images keep their mirrors in a file of one address a line. */
async function firstOfMirrorList(mirror: string): Promise<string> {
  const file = mirror.slice('mirror+file:'.length).replace(/^\/+/, '/');
  const text = await readFile(file, 'utf8');
  const first = text.split('\n').find((line) => /^\s*[a-z]+:/.test(line));
  if (first === undefined) {
    throw trouble(
      'no-debian-mirror',
      `The mirror list ${file} of apt is empty.`,
      'Put a Debian mirror into it.',
    );
  }
  return first.trim().split(/\s+/)[0]?.replace(/\/+$/, '') ?? '';
}

async function install(context: Context, packages: readonly string[]): Promise<void> {
  const flags = ['-q', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];
  await runOrThrow(
    'apt-get',
    [...flags, 'install', ...packages],
    options(context, `installing ${list(packages)}`, 10 * MINUTE),
  );
}

function options(context: Context, name: string, deadline: number) {
  return {
    env: { ...programEnvironment(context.environment), DEBIAN_FRONTEND: 'noninteractive' },
    signal: context.signal,
    name,
    deadline,
  };
}

function aptFailed(packages: readonly string[], cause: unknown): Error {
  const words = cause instanceof Error ? cause.message : String(cause);
  return trouble(
    'apt-failed',
    `Debian's ${list(packages)} could not be installed: ${words}`,
    `Run \`apt-get install ${packages.join(' ')}\` by hand to see why, then run again.`,
    { cause },
  );
}
