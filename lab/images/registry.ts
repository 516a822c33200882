import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { until } from '../../src/shared/wait.ts';
import { type Context, step, trouble } from '../setup/context.ts';
import { type Docker, docker, tryDocker } from '../setup/docker.ts';
import { INPUTS_LABEL } from './inputs.ts';

/** Where the lab's registry is: one container, its data in a directory of the cache. */
export interface RegistryPlace {
  readonly container: string;
  /** Tried first; another free port is taken where somebody else has it. */
  readonly port: number;
  readonly data: string;
}

export interface Registry {
  readonly port: number;
  /** `127.0.0.1:<port>`: loopback counts as safe without TLS for every engine. */
  readonly address: string;
  readonly place: RegistryPlace;
}

const PORT = 5089;
const START_DEADLINE = 30_000;
const REQUEST_DEADLINE = 3000;

export function defaultRegistry(context: Context): RegistryPlace {
  const data = join(context.environment.cacheDir, 'registry');
  return { container: 'seatrial-lab-registry', port: PORT, data };
}

/** A registry that answers: the one that runs if it is of this image, else a new one in its place. */
export async function ensureRegistry(
  context: Context,
  client: Docker,
  image: { readonly reference: string; readonly inputs: string | undefined },
  place: RegistryPlace,
): Promise<Registry> {
  const there = await existing(client, place);
  if (there !== undefined && there.inputs === image.inputs && (await answers(there.port, context.signal))) {
    return registryAt(place, there.port);
  }
  if (there !== undefined) await removeRegistry(client, place);
  return step(context, 'Starting the registry of the lab', async () => {
    const port = (await isFree(place.port)) ? place.port : 0;
    await mkdir(place.data, { recursive: true });
    await docker(client, ['run', '--detach', ...options(image.inputs ?? '', place, port), image.reference], {
      name: 'starting the registry',
    });
    const wait = {
      name: 'the registry answers',
      deadline: START_DEADLINE,
      every: 100,
      signal: context.signal,
    };
    return until(wait, async () => {
      const started = await existing(client, place);
      if (started !== undefined && (await answers(started.port, context.signal))) {
        return { done: true, value: registryAt(place, started.port) };
      }
      if (started?.running === false) throw await ended(client, place);
      return { done: false, missing: `an answer of container ${place.container}` };
    });
  });
}

export async function removeRegistry(client: Docker, place: RegistryPlace): Promise<void> {
  await tryDocker(client, ['rm', '--force', '--volumes', place.container], { name: 'removing the registry' });
}

function registryAt(place: RegistryPlace, port: number): Registry {
  return { port, address: `127.0.0.1:${port}`, place };
}

function options(inputs: string, place: RegistryPlace, port: number): string[] {
  return [
    `--name=${place.container}`,
    '--label=seatrial.lab=registry',
    `--label=${INPUTS_LABEL}=${inputs}`,
    // No number asks the engine for a free port.
    `--publish=127.0.0.1:${port === 0 ? '' : port}:5000`,
    `--mount=type=bind,source=${place.data},target=/var/lib/registry`,
  ];
}

const Inspected = z.object({
  State: z.object({ Running: z.boolean() }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
  NetworkSettings: z.object({
    Ports: z.record(z.string(), z.array(z.object({ HostPort: z.string() })).nullable()).nullish(),
  }),
});

interface Existing {
  readonly running: boolean;
  readonly inputs: string | undefined;
  /** 0 while nothing is published. */
  readonly port: number;
}

async function existing(client: Docker, place: RegistryPlace): Promise<Existing | undefined> {
  const args = ['container', 'inspect', '--format', '{{json .}}', place.container];
  const answer = await tryDocker(client, args, { name: 'looking for the registry' });
  if (answer.exitCode !== 0) return undefined;
  const container = Inspected.parse(JSON.parse(answer.stdout));
  return {
    running: container.State.Running,
    inputs: container.Config.Labels?.[INPUTS_LABEL],
    port: Number(container.NetworkSettings.Ports?.['5000/tcp']?.[0]?.HostPort ?? 0),
  };
}

async function answers(port: number, signal: AbortSignal): Promise<boolean> {
  if (port === 0) return false;
  const either = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_DEADLINE)]);
  return fetch(`http://127.0.0.1:${port}/v2/`, { signal: either }).then(
    (response) => response.ok && response.headers.has('docker-distribution-api-version'),
    () => false,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function ended(client: Docker, place: RegistryPlace): Promise<Error> {
  const said = await tryDocker(client, ['logs', '--tail', '5', place.container], {
    name: 'log of the registry',
  });
  return trouble(
    'registry-start',
    `The registry of the lab ended at once: ${(said.stderr + said.stdout).trim() || 'it said nothing'}`,
    `Remove its data directory ${place.data} and run again.`,
  );
}
