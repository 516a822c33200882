import type { Engine } from '../ports/engine.ts';
import { pinImages } from '../stack/pin.ts';
import type { Stack } from '../stack/stack.ts';
import type { Rendered } from './prepare.ts';

/** Names every image by what this node has just pulled, once for the whole run. */
export async function pinApps(
  engine: Pick<Engine, 'digest'>,
  apps: readonly Rendered[],
  signal: AbortSignal,
): Promise<readonly Rendered[]> {
  const digests = new Map<string, string>();
  for (const image of new Set(apps.flatMap(stacksOf).flatMap(imagesOf))) {
    const digest = await engine.digest(image, signal);
    if (digest !== undefined) digests.set(image, digest);
  }
  return apps.map(({ app, head, previous }) => ({
    app,
    head: pinImages(head, digests),
    previous: previous === undefined ? undefined : pinImages(previous, digests),
  }));
}

function stacksOf({ head, previous }: Rendered): Stack[] {
  return previous === undefined ? [head] : [head, previous];
}

function imagesOf({ services }: Stack): string[] {
  return services.map(({ image }) => image);
}
