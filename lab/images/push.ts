import { z } from 'zod';
import { type Context, step } from '../setup/context.ts';
import { type Docker, docker } from '../setup/docker.ts';
import type { Built } from './build.ts';
import type { Definition } from './definitions.ts';
import type { Registry } from './registry.ts';

const DEADLINE = 5 * 60_000;
const REQUEST_DEADLINE = 5000;
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/** Brings the images into the registry that it does not have yet as they are. */
export async function pushImages(
  context: Context,
  client: Docker,
  images: readonly Built[],
  registry: Registry,
): Promise<void> {
  for (const image of images.filter((built) => built.definition.pushed)) {
    const reference = pushedReference(image.definition, registry);
    await docker(client, ['tag', image.reference, reference], { name: `naming ${reference}` });
    if ((await storedId(context, image, registry)) === image.id) continue;
    await step(context, `Pushing ${reference}`, () =>
      docker(client, ['push', '--quiet', reference], { name: `pushing ${reference}`, deadline: DEADLINE }),
    );
  }
}

export function pushedReference(definition: Definition, registry: Registry): string {
  return `${registry.address}/${definition.repository}:${definition.tag}`;
}

const Manifest = z.object({ config: z.object({ digest: z.string() }) });

/** The id of the image that the registry has under this tag; undefined where it has none that we can read. */
async function storedId(context: Context, image: Built, registry: Registry): Promise<string | undefined> {
  const { repository, tag } = image.definition;
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(REQUEST_DEADLINE)]);
  const answer = await fetch(`http://${registry.address}/v2/${repository}/manifests/${tag}`, {
    headers: { accept: MANIFEST },
    signal,
  }).catch(() => undefined);
  if (answer?.ok !== true) return undefined;
  return Manifest.safeParse(await answer.json()).data?.config.digest;
}
