import pLimit from 'p-limit';
import type { RunEvent } from '../journal/event.ts';
import type { Engine } from '../ports/engine.ts';
import { loginFor, type RegistryAccess, taggedName, throughMirror } from '../ports/registry.ts';
import type { RunId } from '../shared/brand.ts';
import type { Clock } from '../shared/clock.ts';
import { SeatrialError } from '../shared/errors.ts';
import { elapsed } from '../shared/wait.ts';
import { type ImageTrouble, imageTrouble, isPassing, troubleOf } from '../stages/image-trouble.ts';
import type { ImageStore } from './image-store.ts';
import type { Rendered } from './prepare.ts';

export interface PullAll {
  readonly run: RunId;
  readonly engine: Engine;
  readonly registry: RegistryAccess;
  readonly store: ImageStore;
  readonly clock: Clock;
  readonly images: readonly string[];
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

const SIDE_BY_SIDE = 3;
const AGAIN_AFTER_MS = 2000;
const TELL_EVERY_MS = 2000;
const MEGABYTE = 1_000_000;

/** What the apps need, of the head and of the release before it. */
export function imagesOf(apps: readonly Rendered[]): string[] {
  const stacks = apps.flatMap(({ head, previous }) => [head, ...(previous === undefined ? [] : [previous])]);
  return [...new Set(stacks.flatMap((stack) => stack.services.map(({ image }) => image)))];
}

/** Pulls images before any slot is taken. What cannot be had is told, not thrown. */
export async function pullImages(options: PullAll): Promise<ReadonlyMap<string, ImageTrouble>> {
  const { engine, signal, images, store, run } = options;
  const { id } = await engine.info(signal);
  store.hold(id, run, images);
  const before = new Set((await engine.images(signal)).map((image) => image.id));
  const troubles = new Map<string, ImageTrouble>();
  const limit = pLimit(SIDE_BY_SIDE);
  await Promise.all(
    images.map((image) =>
      limit(async () => {
        const trouble = await pull(options, image);
        if (trouble !== undefined) troubles.set(image, trouble);
        else await remember(options, id, image, before);
      }),
    ),
  );
  return troubles;
}

/** What was on the engine before us is nobody's to remove but the operator's. */
async function remember(
  { engine, store, clock, signal }: PullAll,
  engineId: string,
  name: string,
  before: ReadonlySet<string>,
): Promise<void> {
  const image = await engine.image(name, signal);
  if (image === undefined) return;
  const ours = !before.has(image.id) || store.pulled(engineId).some(({ id }) => id === image.id);
  if (ours) store.used(engineId, { id: image.id, name, usedAt: clock.now() });
}

async function pull(options: PullAll, image: string): Promise<ImageTrouble | undefined> {
  const { engine, signal } = options;
  // A digest names one content for ever: there is nothing newer to be had.
  if (image.includes('@') && (await engine.hasImage(image, signal))) return undefined;
  const through =
    options.registry.mirror === undefined ? undefined : throughMirror(image, options.registry.mirror);
  if (through !== undefined && (await fromMirror(options, image, through))) return undefined;
  let trouble = await attempt(options, image);
  if (trouble !== undefined && isPassing(trouble)) {
    await elapsed(AGAIN_AFTER_MS, signal);
    trouble = await attempt(options, image);
  }
  if (trouble === undefined) return undefined;
  // An image that was built on this node is in no registry, and Swarm takes it all the same.
  return (await engine.hasImage(image, signal)) ? undefined : trouble;
}

/** Whether the image is there under its own name now, which is what the recipe asks for. */
async function fromMirror(options: PullAll, image: string, through: string): Promise<boolean> {
  const { engine, signal } = options;
  if ((await attempt(options, through)) !== undefined) return false;
  await engine.tagImage(through, taggedName(image), signal);
  await engine.removeImage(through, signal);
  // No name that we can give carries a digest: that comes with a pull from where it is at home, of what is here already.
  return !image.includes('@');
}

async function attempt(options: PullAll, image: string): Promise<ImageTrouble | undefined> {
  const { engine, signal, registry } = options;
  const deadline = AbortSignal.timeout(registry.pullDeadline);
  const login = loginFor(image, registry.logins);
  const progress = tellNowAndThen(options, image);
  try {
    await engine.pull(image, AbortSignal.any([signal, deadline]), { login, progress });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) return troubleOf('slow', `not there after ${registry.pullDeadline / 1000} s`);
    if (!(error instanceof SeatrialError) || error.code === 'engine-unreachable') throw error;
    return imageTrouble(String(error.facts['words'] ?? error.message));
  }
}

/** Every event of a run is kept, and a pull has thousands of steps. */
function tellNowAndThen({ clock, emit }: PullAll, image: string): (done: number, total: number) => void {
  let last = clock.monotonic();
  return (done, total) => {
    if (clock.monotonic() - last < TELL_EVERY_MS) return;
    last = clock.monotonic();
    const megabytes = (bytes: number) => Math.round(bytes / MEGABYTE);
    emit({
      type: 'progress',
      stage: undefined,
      text: `pulling ${image}: ${megabytes(done)} of ${megabytes(total)} MB so far`,
    });
  };
}
