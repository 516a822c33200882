import { publishDue } from '../report/publish.ts';
import { elapsed } from '../shared/wait.ts';
import { storedReport } from './conduct.ts';
import type { ServeOptions } from './options.ts';

const LOOK_EVERY_MS = 250;

/** Posts what is in the outbox as it comes. */
export async function publishOn(options: ServeOptions): Promise<void> {
  while (!options.signal.aborted) {
    await publishOnce(options, options.signal);
    await elapsed(LOOK_EVERY_MS, options.signal);
  }
}

/** Posts until nothing is left or the signal says that it is enough; the rest keeps until the next start. */
export async function publishAll(options: ServeOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && options.outbox.pending() > 0) {
    await publishOnce(options, signal);
    await elapsed(LOOK_EVERY_MS, signal);
  }
}

async function publishOnce(
  { house, outbox, forges, runs, say }: ServeOptions,
  signal: AbortSignal,
): Promise<void> {
  try {
    await publishDue({
      store: outbox,
      forges: new Map(forges.map(({ forge }) => [forge.name, forge])),
      report: (run) => storedReport(house, run, runs),
      clock: house.clock,
      signal,
      trouble: (error) => say(`could not be posted yet: ${error.message}`),
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
