import { asSeatrialError } from '../shared/errors.ts';
import type { House } from './house.ts';

/**
 * Removes images that we pulled, the longest unused first, until what is left of them fits the
 * budget. Never one that was there before us, that a run needs, or that the engine will not
 * let go: a container of somebody's uses it, or somebody gave it a name of his own.
 * Returns their names.
 */
export async function trimImages(
  house: Pick<House, 'engine' | 'images' | 'registry'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { engine, images: store, registry } = house;
  const { id: engineId } = await engine.info(signal);
  const there = new Map((await engine.images(signal)).map((image) => [image.id, image]));
  const ours = store.pulled(engineId).filter(({ id }) => {
    if (!there.has(id)) store.forget(engineId, id);
    return there.has(id);
  });
  let bytes = ours.reduce((sum, { id }) => sum + (there.get(id)?.bytes ?? 0), 0);
  const removed: string[] = [];
  for (const { id, name } of ours) {
    if (bytes <= registry.imageBudget) break;
    if (store.isHeld(engineId, name) || !(await engine.removeImage(id, signal))) continue;
    store.forget(engineId, id);
    bytes -= there.get(id)?.bytes ?? 0;
    removed.push(name);
  }
  return removed;
}

/** The same for those to whom it is only a matter of room: what goes wrong is said, and tried again later. */
export async function trimImagesOrSay(
  house: Pick<House, 'engine' | 'images' | 'registry'>,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  try {
    const removed = await trimImages(house, signal);
    if (removed.length > 0) say(`images removed to keep within image_budget: ${removed.join(', ')}`);
  } catch (error) {
    if (!signal.aborted) say(`images could not be removed: ${asSeatrialError(error).message}`);
  }
}
