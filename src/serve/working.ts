import type { Forge, PullRequest } from '../ports/forge.ts';
import type { ForgeOrigin } from '../report/outbox.ts';
import { trimImagesOrSay } from '../run/image-budget.ts';
import type { RunId } from '../shared/brand.ts';
import { asSeatrialError } from '../shared/errors.ts';
import { elapsed } from '../shared/wait.ts';
import type { TestRequest } from '../trigger/request.ts';
import { conduct, nextRunId } from './conduct.ts';
import { type ServeOptions, titleOf } from './options.ts';

const LOOK_EVERY_MS = 250;

/** Takes jobs from the queue: as many runs at once as can have an app each on both paths. */
export async function workOn(options: ServeOptions, own: Set<RunId>): Promise<void> {
  const { house, jobs, signal } = options;
  const most = Math.max(1, Math.floor(house.settings.maxTests / 2));
  const running = new Set<Promise<void>>();
  while (!signal.aborted) {
    const run = nextRunId(house);
    const job = running.size < most && !own.has(run) ? jobs.take(run) : undefined;
    if (job === undefined) {
      await Promise.race([elapsed(LOOK_EVERY_MS, signal), ...running]);
      continue;
    }
    own.add(run);
    const work = workOne(options, run, job.request).finally(() => {
      own.delete(run);
      running.delete(work);
    });
    running.add(work);
  }
  await Promise.all(running);
}

async function workOne(options: ServeOptions, run: RunId, request: TestRequest): Promise<void> {
  const { house, runs, signal, say } = options;
  try {
    const stillWanted = (stop: AbortSignal) => whyUnwanted(options, request, stop);
    options.ended(await conduct({ house, run, request, signal, runs, stillWanted, unplannable: 'verdict' }));
  } catch (error) {
    // No verdict could be reached or stored: the next start finds the run unfinished and settles it.
    say(`${titleOf(request)}: run ${run} could not be concluded: ${asSeatrialError(error).message}`);
  }
  await trimImagesOrSay(house, signal, say);
}

/** The pull request has to be open, and its head the very commit that was asked for. */
async function whyUnwanted(
  options: ServeOptions,
  { origin, head }: TestRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (origin.kind !== 'forge') return undefined;
  const forge = options.forges.find((watched) => watched.forge.name === origin.forge)?.forge;
  const pull = forge === undefined ? undefined : await askedPull(options, forge, origin, signal);
  if (pull === undefined) return undefined;
  if (pull.state !== 'open') return 'The pull request was closed meanwhile.';
  return pull.headSha === head
    ? undefined
    : `The pull request has moved on to ${pull.headSha.slice(0, 10)} meanwhile.`;
}

/** A forge that cannot be asked is no reason to throw a run away: it tests its one commit in any case. */
async function askedPull(
  { say }: ServeOptions,
  forge: Forge,
  origin: ForgeOrigin,
  signal: AbortSignal,
): Promise<PullRequest | undefined> {
  try {
    return await forge.pullRequest({ owner: origin.owner, name: origin.repository }, origin.pull, signal);
  } catch (error) {
    signal.throwIfAborted();
    say(
      `${origin.owner}/${origin.repository}#${origin.pull} could not be asked for: ${asSeatrialError(error).message}`,
    );
    return undefined;
  }
}
