import type { Forge, RepositoryPath } from '../ports/forge.ts';
import type { JobStore } from '../queue/job.ts';
import { MOST_ATTEMPTS } from '../queue/job.ts';
import type { OutboxStore } from '../report/outbox.ts';
import { publishDue } from '../report/publish.ts';
import type { Report } from '../report/schema.ts';
import type { House } from '../run/house.ts';
import { reap } from '../run/reap.ts';
import type { RunId } from '../shared/brand.ts';
import { asSeatrialError, SeatrialError } from '../shared/errors.ts';
import { elapsed } from '../shared/wait.ts';
import { pollRepository } from '../trigger/poll.ts';
import type { TestRequest } from '../trigger/request.ts';
import type { TriggerStore } from '../trigger/store.ts';
import { conduct, nextRunId, storedReport } from './conduct.ts';

export interface WatchedForge {
  readonly forge: Forge;
  readonly repositories: readonly RepositoryPath[];
  /** Milliseconds between two looks at a repository. */
  readonly interval: number;
}

export interface ServeOptions {
  readonly house: House;
  readonly forges: readonly WatchedForge[];
  readonly triggers: TriggerStore;
  readonly jobs: JobStore;
  readonly outbox: OutboxStore;
  /** Directory of the runs' reports and evidence. */
  readonly runs: string;
  /** Stops the daemon: polling ends, runs are cancelled and torn down, what they say is posted. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly ended: (report: Report) => void;
}

const LOOK_EVERY_MS = 250;
const LAST_WORDS_MS = 15_000;

/** The daemon: poll, admit, run, publish. Returns once it has been stopped and nothing runs any more. */
export async function serve(options: ServeOptions): Promise<void> {
  const own = new Set<RunId>();
  await recover(options, own);
  const broken = new AbortController();
  const all = { ...options, signal: AbortSignal.any([options.signal, broken.signal]) };
  const loops = [
    ...all.forges.flatMap((watched) => watched.repositories.map((path) => pollOn(all, watched, path))),
    workOn(all, own),
    publishOn(all),
  ];
  // A loop that breaks takes the others with it, but not before what runs has been taken away.
  for (const loop of loops) loop.catch((error: unknown) => broken.abort(error));
  const ended = await Promise.allSettled(loops);
  // Verdicts of cancelled runs still have to reach the forge.
  await publishAll(options, AbortSignal.timeout(LAST_WORDS_MS));
  const failed = ended.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** What an earlier process left in the middle is taken away; its requests are begun once more, or end as errors. */
async function recover({ house, jobs, say, signal }: ServeOptions, own: ReadonlySet<RunId>): Promise<void> {
  await reap({
    house,
    all: false,
    own,
    signal,
    progress: say,
    again(run) {
      if (run.request.origin.kind !== 'forge' || jobs.attempts(run.request.id) >= MOST_ATTEMPTS) return false;
      house.store.abandon(run.id);
      jobs.requeue(run.request.id);
      say(`${titleOf(run.request)} was interrupted and is begun once more`);
      return true;
    },
  });
}

async function pollOn(
  options: ServeOptions,
  { forge, interval }: WatchedForge,
  path: RepositoryPath,
): Promise<void> {
  const { signal, triggers: store, house, say } = options;
  let last = '';
  while (!signal.aborted) {
    try {
      await pollRepository({
        ...{ forge, path, store, signal, clock: house.clock },
        accepted: (request) =>
          say(`${titleOf(request)}: ${request.head.slice(0, 10)} asked for by ${requester(request)}`),
        trouble: (error) => say(`${forge.name} ${path.owner}/${path.name}: ${error.message}`),
      });
      last = '';
    } catch (error) {
      if (signal.aborted) return;
      // One forge's outage is no reason to stop; the same words are said once.
      const { message } = asSeatrialError(error);
      if (message !== last) say(`${forge.name} ${path.owner}/${path.name}: ${message}`);
      last = message;
    }
    await elapsed(interval, signal);
  }
}

/** As many runs at once as can have an app each on both paths. */
async function workOn(options: ServeOptions, own: Set<RunId>): Promise<void> {
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
}

/** The pull request has to be open, and its head the very commit that was asked for. */
async function whyUnwanted(
  options: ServeOptions,
  request: TestRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { origin } = request;
  if (origin.kind !== 'forge') return undefined;
  const forge = options.forges.find((watched) => watched.forge.name === origin.forge)?.forge;
  if (forge === undefined) return undefined;
  const pull = await forge.pullRequest({ owner: origin.owner, name: origin.repository }, origin.pull, signal);
  if (pull.state !== 'open') return 'The pull request was closed meanwhile.';
  if (pull.headSha !== request.head)
    return `The pull request has moved on to ${pull.headSha.slice(0, 10)} meanwhile.`;
  return undefined;
}

async function publishOn(options: ServeOptions): Promise<void> {
  while (!options.signal.aborted) {
    await publishOnce(options, options.signal);
    await elapsed(LOOK_EVERY_MS, options.signal);
  }
}

async function publishAll(options: ServeOptions, signal: AbortSignal): Promise<void> {
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

function titleOf({ recipe, origin }: TestRequest): string {
  return origin.kind === 'forge' ? `${origin.owner}/${origin.repository}#${origin.pull}` : recipe;
}

function requester({ origin }: TestRequest): string {
  return origin.kind === 'forge' ? origin.requester : 'the command line';
}

export function noForges(): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'no-forges',
    sentence: 'No forge is configured, so there is nothing to serve.',
    remedy: 'Add a [[forge]] with url, token_env and repositories to seatrial.toml.',
  });
}
