import type { Engine } from '../ports/engine.ts';
import { SeatrialError } from '../shared/errors.ts';
import type { ImageTrouble } from '../stages/context.ts';
import type { Rendered } from './prepare.ts';

/** Pulls what the apps need before any slot is taken. What cannot be had is told, not thrown. */
export async function pullImages(
  engine: Engine,
  apps: readonly Rendered[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ImageTrouble>> {
  const images = new Set(
    apps
      .flatMap(({ head, previous }) => [head, ...(previous === undefined ? [] : [previous])])
      .flatMap((stack) => stack.services.map(({ image }) => image)),
  );
  const troubles = new Map<string, ImageTrouble>();
  for (const image of images) {
    const trouble = await pull(engine, image, signal);
    if (trouble !== undefined) troubles.set(image, trouble);
  }
  return troubles;
}

async function pull(engine: Engine, image: string, signal: AbortSignal): Promise<ImageTrouble | undefined> {
  try {
    await engine.pull(image, signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof SeatrialError) || error.code === 'engine-unreachable') throw error;
    // An image that was built on this node is in no registry, and Swarm takes it all the same.
    if (await engine.hasImage(image, signal)) return undefined;
    const words = String(error.facts['words'] ?? error.message);
    const missing =
      error.code === 'engine-404' ||
      /manifest unknown|not found|pull access denied|invalid reference/i.test(words);
    return { fault: missing ? 'recipe' : 'environment', words };
  }
}
