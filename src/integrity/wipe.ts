import type { Ledger } from '../journal/ledger.ts';
import type { Deployer } from '../ports/deployer.ts';
import type { Engine } from '../ports/engine.ts';
import { SeatrialError } from '../shared/errors.ts';
import { until } from '../shared/wait.ts';
import type { Stack } from '../stack/stack.ts';

export interface WipeOptions {
  readonly stack: Stack;
  readonly engine: Engine;
  readonly deployer: Deployer;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
}

const VOLUMES_GONE_MS = 60_000;
const POLL_MS = 200;

/**
 * The first half of a wipe: the stack is removed and all its volumes are deleted and seen
 * gone. The caller deploys the same release again. Throws `internal` error `wipe-incomplete`
 * where a volume of the app is still there, since then nothing afterwards would prove anything.
 */
export async function removeAppWithData(options: WipeOptions): Promise<readonly string[]> {
  const { engine, deployer, ledger, signal, stack } = options;
  await deployer.remove(stack.place.stack, signal);
  const names = await volumesOf(options);
  await removeVolumes(engine, names, signal);
  const left = await volumesOf(options);
  if (left.length > 0) {
    throw new SeatrialError({
      kind: 'internal',
      code: 'wipe-incomplete',
      sentence: `The wipe left ${left.join(', ')} behind.`,
      facts: { left },
    });
  }
  ledger.gone('volume', names);
  return names;
}

/** Volumes by our labels and by the stack's own name, so that neither alone has to suffice. */
async function volumesOf({ engine, stack, signal }: WipeOptions): Promise<string[]> {
  const all = await engine.volumes({}, signal);
  const declared = new Set(Object.values(stack.volumes));
  return all
    .filter(
      (volume) =>
        declared.has(volume.name) ||
        volume.name.startsWith(`${stack.place.stack}_`) ||
        (volume.labels['seatrial.run'] === stack.place.run &&
          volume.labels['seatrial.app'] === stack.place.app),
    )
    .map((volume) => volume.name);
}

/** Deletes volumes as soon as the engine lets go of them. */
export async function removeVolumes(
  engine: Engine,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  let left = [...names];
  await until(
    {
      name: 'removing volumes',
      deadline: VOLUMES_GONE_MS,
      every: POLL_MS,
      signal,
      wake: (stop) => engine.nextEvent(stop),
    },
    async () => {
      const busy: string[] = [];
      for (const name of left) if (!(await removed(engine, name, signal))) busy.push(name);
      left = busy;
      return left.length === 0
        ? { done: true, value: undefined }
        : { done: false, missing: `${left.join(', ')} still in use` };
    },
  );
}

/** False while a container still refers to it. */
async function removed(engine: Engine, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await engine.removeVolume(name, signal);
    return true;
  } catch (error) {
    if (error instanceof SeatrialError && error.code === 'engine-409') return false;
    throw error;
  }
}
