import { MOST_ATTEMPTS } from '../queue/job.ts';
import { reap } from '../run/reap.ts';
import type { RunRecord } from '../run/store.ts';
import type { RunId } from '../shared/brand.ts';
import { asSeatrialError } from '../shared/errors.ts';
import { elapsed } from '../shared/wait.ts';
import { type ServeOptions, titleOf } from './options.ts';

const REAP_EVERY_MS = 60_000;

/** Takes away what an earlier process of ours left in the middle; its requests are begun once more, or end as errors. */
export async function recover(options: ServeOptions, own: ReadonlySet<RunId>): Promise<void> {
  const { house, say, signal } = options;
  await reap({
    house,
    scope: 'own',
    all: false,
    own,
    signal,
    progress: say,
    again: (run) => beginAgain(options, run),
  });
}

/** Dead runs of others too, whose controllers may never come back. */
export async function reapOn(options: ServeOptions, own: ReadonlySet<RunId>): Promise<void> {
  const { house, signal, say } = options;
  const again = (run: RunRecord) => beginAgain(options, run);
  while (!signal.aborted) {
    try {
      await reap({ house, scope: 'everything', all: false, own, signal, progress: () => undefined, again });
    } catch (error) {
      // The next look may go better; meanwhile nothing depends on it.
      if (!signal.aborted)
        say(`what dead runs left could not be taken away: ${asSeatrialError(error).message}`);
    }
    await elapsed(REAP_EVERY_MS, signal);
  }
}

function beginAgain({ house, jobs, say }: ServeOptions, run: RunRecord): boolean {
  if (run.request.origin.kind !== 'forge' || jobs.attempts(run.request.id) >= MOST_ATTEMPTS) return false;
  house.store.abandon(run.id);
  jobs.requeue(run.request.id);
  say(`${titleOf(run.request)} was interrupted and is begun once more`);
  return true;
}
