import { type Context, proxies, step } from '../setup/context.ts';
import { type Docker, docker, tryDocker } from '../setup/docker.ts';
import type { Machine } from '../setup/machine.ts';
import { BASE_INPUTS, makeBase } from './base.ts';
import { BASE, type Definition, localReference } from './definitions.ts';
import { INPUTS_LABEL, inputsOf } from './inputs.ts';
import { type LocalImage, localImages } from './inspect.ts';

const DEADLINE = 10 * 60_000;

export interface Built extends LocalImage {
  readonly definition: Definition;
  readonly reference: string;
}

export interface Images {
  readonly current: readonly Built[];
  /** Ids of our images that lost their name to a newer build, the dependent ones first. */
  readonly replaced: readonly string[];
}

/** Builds what is missing or made from other inputs than today's, and returns all these images. */
export async function buildImages(
  context: Context,
  client: Docker,
  machine: Machine,
  definitions: readonly Definition[],
): Promise<Images> {
  const wanted = await wantedInputs(definitions);
  const had = await localImages(client, [...wanted.keys()]);
  const upToDate = (reference: string) => had.get(reference)?.inputs === wanted.get(reference);
  const stale = definitions.filter((definition) => !upToDate(localReference(definition)));
  if (stale.length > 0 && !upToDate(BASE)) await makeBase(context, client, machine);
  for (const definition of stale) {
    await build(context, client, definition, wanted.get(localReference(definition)) ?? '');
  }
  const have = await localImages(client, [...wanted.keys()]);
  const current = definitions.flatMap((definition) => {
    const reference = localReference(definition);
    const image = have.get(reference);
    return image === undefined ? [] : [{ definition, reference, ...image }];
  });
  return { current, replaced: replacedIds(had, have) };
}

/** Takes away what newer builds replaced. One that is still in use stays: `rmi` refuses. */
export async function removeReplaced(client: Docker, images: Images): Promise<void> {
  for (const id of images.replaced) {
    await tryDocker(client, ['image', 'rm', id], { name: 'removing a replaced image' });
  }
}

/** The hash of inputs that each image should carry, by local reference. */
async function wantedInputs(definitions: readonly Definition[]): Promise<Map<string, string>> {
  const wanted = new Map([[BASE, BASE_INPUTS]]);
  for (const definition of definitions) {
    wanted.set(localReference(definition), await inputsOf(definition, wanted.get(definition.base) ?? ''));
  }
  return wanted;
}

async function build(
  context: Context,
  client: Docker,
  definition: Definition,
  inputs: string,
): Promise<void> {
  const given = {
    BASE: definition.base,
    ...(definition.release === undefined ? {} : { RELEASE: definition.release }),
    ...proxies(context.environment),
  };
  const args = Object.entries(given).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const labels = ['--label', 'seatrial.lab=image', '--label', `${INPUTS_LABEL}=${inputs}`];
  const reference = localReference(definition);
  await step(context, `Building ${reference}`, () =>
    docker(client, ['build', '-q', ...args, ...labels, '-t', reference, definition.directory], {
      name: `building ${reference}`,
      deadline: DEADLINE,
      // The classic builder needs no plug-in, and sees local images as bases.
      env: { DOCKER_BUILDKIT: '0' },
    }),
  );
}

function replacedIds(
  before: ReadonlyMap<string, LocalImage>,
  after: ReadonlyMap<string, LocalImage>,
): string[] {
  const kept = new Set([...after.values()].map((image) => image.id));
  const lost = [...before.values()].filter((image) => image.inputs !== undefined && !kept.has(image.id));
  return lost.map((image) => image.id).reverse();
}
