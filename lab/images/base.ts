import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrThrow } from '../../src/shared/process.ts';
import { debianMirror, installPackages } from '../setup/apt.ts';
import { type Context, programEnvironment, proxies, step, trouble } from '../setup/context.ts';
import { type Docker, docker } from '../setup/docker.ts';
import { type Machine, onPath } from '../setup/machine.ts';
import { BASE } from './definitions.ts';
import { INPUTS_LABEL, inputsOfText } from './inputs.ts';

const SUITE = 'bookworm';
const MINUTE = 60_000;
const WITHOUT = ['doc', 'man', 'info', 'locale', 'lintian'].map(
  (name) => `path-exclude=/usr/share/${name}/*`,
);
const BOOTSTRAP = [
  '--quiet',
  '--variant=minbase',
  '--include=ca-certificates,curl',
  ...WITHOUT.map((option) => `--dpkgopt=${option}`),
  '--aptopt=APT::Install-Recommends "false"',
  '--aptopt=Acquire::Languages "none"',
];

/** What a base is made of; the same for both ways of making one, so that either satisfies set-up. */
export const BASE_INPUTS = inputsOfText([SUITE, ...BOOTSTRAP].join('\n'));

/**
 * Makes the base image: from Debian's packages where that can be done here, else on top of
 * Debian's image from whatever registry the engine knows. Throws `no-base-image` where neither works.
 */
export async function makeBase(context: Context, client: Docker, machine: Machine): Promise<void> {
  if (await canBootstrap(context, machine)) {
    const bootstrapped = await bootstrap(context, client, machine).then(
      () => true,
      (error: unknown) => {
        context.signal.throwIfAborted();
        context.progress(`That did not work: ${error instanceof Error ? error.message : String(error)}`);
        return false;
      },
    );
    if (bootstrapped) return;
  }
  await pull(context, client);
}

async function canBootstrap(context: Context, machine: Machine): Promise<boolean> {
  if (!machine.debian || !machine.root) return false;
  const path = programEnvironment(context.environment)['PATH'] ?? '';
  if (!(await onPath('mmdebstrap', path))) await installPackages(context, ['mmdebstrap']);
  return true;
}

async function bootstrap(context: Context, client: Docker, machine: Machine): Promise<void> {
  const archive = join(context.environment.cacheDir, 'base.tar');
  await step(context, `Making the base image from Debian ${SUITE}`, async () => {
    const mirror = await debianMirror(context, machine);
    await runOrThrow('mmdebstrap', [...BOOTSTRAP, SUITE, archive, mirror], {
      env: programEnvironment(context.environment),
      signal: context.signal,
      name: 'mmdebstrap',
      deadline: 10 * MINUTE,
    });
    const labels = [`LABEL seatrial.lab=image`, `LABEL ${INPUTS_LABEL}=${BASE_INPUTS}`];
    const changes = labels.flatMap((label) => ['--change', label]);
    await docker(client, ['import', ...changes, archive, BASE], {
      name: 'docker import',
      deadline: 5 * MINUTE,
    });
  }).finally(() => rm(archive, { force: true }));
}

async function pull(context: Context, client: Docker): Promise<void> {
  await step(context, 'Making the base image from debian:bookworm-slim of a public registry', async () => {
    const args = Object.entries(proxies(context.environment)).flatMap(([key, value]) => [
      '--build-arg',
      `${key}=${value}`,
    ]);
    const labels = ['--label', 'seatrial.lab=image', '--label', `${INPUTS_LABEL}=${BASE_INPUTS}`];
    const directory = join(import.meta.dirname, 'base');
    await docker(client, ['build', '-q', ...args, ...labels, '-t', BASE, directory], {
      name: 'building the base image',
      deadline: 10 * MINUTE,
      env: { DOCKER_BUILDKIT: '0' },
    });
  }).catch((cause: unknown) => {
    context.signal.throwIfAborted();
    throw trouble(
      'no-base-image',
      `The lab's base image could not be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Run this as root on Debian, where it is made from packages, or give the engine access to a registry with debian:bookworm-slim.',
      { cause },
    );
  });
}
