import type { Cause, CheckResult } from '../../journal/check.ts';
import type { RecordedEvent, RunEvent } from '../../journal/event.ts';
import type { SeedMoment, SeedReading } from '../../journal/seed-row.ts';
import { makePlan } from '../../plan/plan.ts';
import type { RunRecord } from '../../run/store.ts';
import { type CommitSha, parseCommitSha, parseRunId, type RunId } from '../../shared/brand.ts';
import type { StageName, TestRequest } from '../../trigger/request.ts';
import { type Verdict, verdictOfRecorded } from '../../verdict/verdict.ts';
import { reportOf } from '../report.ts';
import type { Report } from '../schema.ts';

/** A run as its journal tells it. */
export interface Story {
  readonly record: RunRecord;
  readonly events: readonly RecordedEvent[];
}

export const RUN = runId('00zohv67h');
export const STARTED_AT = Date.UTC(2026, 10, 25, 15, 4, 18);

export const REQUEST: TestRequest = {
  id: 'request-1',
  recipe: 'custom-html',
  source: 'https://git.example.org/recipes/custom-html.git',
  head: sha('98916b1a5485247cfee80e96a2b14cc5c409b1d0'),
  base: 'main',
  refs: [],
  only: [],
  origin: {
    kind: 'forge',
    forge: 'example',
    repositoryId: '7',
    owner: 'recipes',
    repository: 'custom-html',
    pull: 3,
    commentId: '99',
    requester: 'alice',
    ownBranch: true,
  },
  at: STARTED_AT,
};

export const PREVIOUS = { tag: '1.1.0+1.22.1', sha: sha('a8d33aa573905975145969dc34557eef7a4c58f4') };

/** A run that is over: each event half a second after the one before; the verdict is what they say. */
export function story(events: readonly RunEvent[], request: TestRequest = REQUEST): Story {
  const recorded = record(events);
  return { record: ended(request, recorded, verdictOfRecorded(recorded)), events: recorded };
}

/** A run that is under way. */
export function unfinished(events: readonly RunEvent[], request: TestRequest = REQUEST): Story {
  return { record: { ...begun(request), endedAt: undefined, verdict: undefined }, events: record(events) };
}

export function reportOn({ record: run, events }: Story): Report {
  return reportOf(run, events);
}

export function record(events: readonly RunEvent[]): RecordedEvent[] {
  return events.map((event, index) => ({ seq: index + 1, at: STARTED_AT + index * 500, event }));
}

function ended(request: TestRequest, events: readonly RecordedEvent[], verdict: Verdict): RunRecord {
  return { ...begun(request), endedAt: (events.at(-1)?.at ?? STARTED_AT) + 1000, verdict };
}

function begun(request: TestRequest): Omit<RunRecord, 'endedAt' | 'verdict'> {
  return {
    id: RUN,
    request,
    controller: 'test',
    process: { pid: 1, started: 'then' },
    at: STARTED_AT,
  };
}

export function opening(request: TestRequest = REQUEST): RunEvent[] {
  const plan = makePlan({
    fixedPorts: [],
    run: RUN,
    request,
    previous: PREVIOUS,
    baseDomain: 'seatrial.test',
  });
  return [
    { type: 'started', request, controller: 'test' },
    { type: 'planned', plan },
    ...plan.skipped.map((skipped): RunEvent => ({ type: 'stage-skipped', skipped })),
    { type: 'admitted', slots: 2 },
    {
      type: 'adjusted',
      adjustments: [
        {
          service: undefined,
          what: 'a network of its own instead of `proxy`',
          reason: 'runs must not see each other',
        },
        { service: 'app', what: 'pinned to one node', reason: 'its volumes must be within reach' },
      ],
    },
  ];
}

export function installs(): RunEvent[] {
  return [
    { type: 'stage-started', stage: 'install' },
    pass('install', 'deploys', 'it deploys and every service becomes healthy', 2178),
    pass('install', 'answers', 'its address answers as the app itself', 5, '200, 166 bytes'),
    { type: 'stage-ended', stage: 'install', took: 2196 },
  ];
}

export function upgrades(): RunEvent[] {
  return [
    ...upgradeUntilData(),
    ...seeds('upgrade:content', 'after the upgrade', { state: 'intact' }),
    pass('upgrade', 'data-survives', 'the data is still there', 51, '1 of 1 seeds intact'),
    { type: 'stage-ended', stage: 'upgrade', took: 8733 },
  ];
}

export function upgradeUntilData(): RunEvent[] {
  return [
    { type: 'stage-started', stage: 'upgrade' },
    pass('upgrade', 'previous', 'the previous release 1.1.0+1.22.1 deploys', 1961),
    ...seeds('upgrade:content', 'planted', { state: 'intact' }),
    pass('upgrade', 'upgrades', 'the change deploys over it and every service becomes healthy', 5369),
  ];
}

export function restores(): RunEvent[] {
  return [
    { type: 'stage-started', stage: 'backup-restore' },
    ...seeds('backup:content', 'before the backup', { state: 'intact' }),
    pass('backup-restore', 'backs-up', 'the backup ends well and is not empty', 925),
    pass('backup-restore', 'wiped', 'the app and all its volumes are gone', 326, 'volumes content'),
    ...seeds('backup:content', 'after the wipe', { state: 'missing' }),
    ...seeds('backup:content', 'after the restore', { state: 'intact' }),
    pass('backup-restore', 'data-returns', 'the data is back', 52, '1 seeds intact'),
    { type: 'stage-ended', stage: 'backup-restore', took: 4803 },
  ];
}

export function closing(left: Partial<Extract<RunEvent, { type: 'torn-down' }>> = {}): RunEvent[] {
  return [
    { type: 'teardown-started' },
    { type: 'torn-down', residue: [], troubles: [], unexplained: [], took: 339, ...left },
  ];
}

function pass(stage: StageName, id: string, title: string, took: number, note?: string): RunEvent {
  return {
    type: 'check',
    check: { stage, id, title, took, outcome: 'pass', ...(note === undefined ? {} : { note }) },
  };
}

export function broken(
  outcome: 'fail' | 'invalid' | 'error',
  check: Pick<CheckResult, 'stage' | 'id' | 'title'>,
  cause: Cause,
): RunEvent {
  return { type: 'check', check: { ...check, outcome, cause, took: 8 } };
}

export function seeds(seed: string, moment: SeedMoment, reading: SeedReading): RunEvent[] {
  const demanded = moment === 'after the wipe' ? 'missing' : 'intact';
  return ['volume content', 'through the app'].map((place) => ({
    type: 'seed',
    row: { seed, place, moment, reading, asDemanded: reading.state === demanded },
  }));
}

function sha(text: string): CommitSha {
  const parsed = parseCommitSha(text);
  if (parsed === undefined) throw new TypeError(`${text} is no commit id`);
  return parsed;
}

function runId(text: string): RunId {
  const parsed = parseRunId(text);
  if (parsed === undefined) throw new TypeError(`${text} is no run id`);
  return parsed;
}
