import type { Cause, CheckResult, ResultStage } from '../journal/check.ts';
import type { RecordedEvent, RunEvent } from '../journal/event.ts';
import type { Finding } from '../recipe/finding.ts';
import type { RunRecord } from '../run/store.ts';
import { list } from '../shared/text.ts';
import { STAGES, type StageName, type TestRequest } from '../trigger/request.ts';
import { stageOutcome, type Verdict } from '../verdict/verdict.ts';
import { phaseOf } from './progress.ts';
import { byPlace, refusalOf } from './refusals.ts';
import { reproduceLine } from './reproduce.ts';
import {
  type Report,
  type ReportedCause,
  type ReportedFinding,
  type ReportedLevel,
  type ReportedStage,
  SCHEMA_VERSION,
  type StageState,
} from './schema.ts';

type TornDown = Extract<RunEvent, { type: 'torn-down' }>;

/**
 * What is known of a run, made presentable: a fold of its journal. While the run is under way
 * its outcome and level are null, and `phase` and the states of the stages say how far it is.
 */
export function reportOf(
  record: RunRecord,
  recorded: readonly RecordedEvent[],
  evidence = `runs/${record.id}`,
): Report {
  const { request, verdict } = record;
  const events = recorded.map(({ event }) => event);
  const torn = events.find((event): event is TornDown => event.type === 'torn-down');
  const over = verdict !== undefined;
  const cause = verdict?.cause ?? null;
  return {
    schemaVersion: SCHEMA_VERSION,
    run: record.id,
    recipe: request.recipe,
    source: request.source,
    head: request.head,
    base: request.base,
    previous: previousOf(events),
    only: [...request.only],
    pull: pullOf(request),
    phase: over ? 'over' : phaseOf(events),
    outcome: verdict?.outcome ?? null,
    stage: verdict?.stage ?? null,
    cause: cause === null ? null : causeOf(cause),
    level: verdict === undefined ? null : levelOf(verdict),
    findings: events.flatMap((event) => (event.type === 'findings' ? event.findings.map(foundOf) : [])),
    refusals: events.flatMap((event) =>
      event.type === 'refused' ? event.refusals.map(refusalOf).toSorted(byPlace) : [],
    ),
    stages: [...STAGES.map((stage) => stageOf(stage, events, over)), teardownOf(events, torn, over)],
    seeds: events.flatMap((event) => (event.type === 'seed' ? [seedOf(event)] : [])),
    adjustments: events.flatMap((event) => (event.type === 'adjusted' ? adjustmentsOf(event) : [])),
    residue: [...(verdict?.residue ?? torn?.residue ?? [])],
    unexplained: [...(torn?.unexplained ?? [])],
    troubles: [...(torn?.troubles ?? [])],
    timings: timingsOf(record, recorded, torn),
    reproduce: reproduceLine(request),
    evidence,
  };
}

function previousOf(events: readonly RunEvent[]): Report['previous'] {
  const planned = events.find((event) => event.type === 'planned');
  const previous = planned?.type === 'planned' ? planned.plan.previous : undefined;
  return previous === undefined ? null : { tag: previous.tag, sha: previous.sha };
}

function pullOf({ origin }: TestRequest): Report['pull'] {
  if (origin.kind === 'local') return null;
  const { forge, owner, repository, pull, requester } = origin;
  return { forge, owner, repository, number: pull, requester };
}

function levelOf({ level }: Verdict): ReportedLevel | null {
  if (level === null) return null;
  return { reached: level.reached, name: level.name, of: level.of, stopsAt: { ...level.stopsAt } };
}

function causeOf(cause: Cause): ReportedCause {
  return {
    code: cause.code,
    sentence: cause.sentence,
    where: cause.where === undefined ? null : { ...cause.where },
    evidence: [...cause.evidence],
  };
}

function foundOf({ code, severity, file, line, sentence, remedy }: Finding): ReportedFinding {
  return { code, severity, file: file ?? null, line: line ?? null, sentence, remedy };
}

function stageOf(stage: StageName, events: readonly RunEvent[], over: boolean): ReportedStage {
  const ended = events.find((event) => event.type === 'stage-ended' && event.stage === stage);
  return {
    stage,
    ...stateOf(stage, events, over || ended !== undefined),
    tookMs: ended?.type === 'stage-ended' ? ended.took : null,
    checks: checksOf(stage, events),
  };
}

/** The outcome of a stage, or while it has none whether it has been begun. */
function stateOf(
  stage: StageName,
  events: readonly RunEvent[],
  ended: boolean,
): { readonly outcome: StageState; readonly note: string } {
  const { outcome, note } = stageOutcome(stage, events);
  if (ended || outcome === 'skipped') return { outcome, note };
  const begun = events.some((event) => event.type === 'stage-started' && event.stage === stage);
  return { outcome: begun ? 'running' : 'to come', note: '' };
}

function checksOf(stage: ResultStage, events: readonly RunEvent[]): ReportedStage['checks'] {
  return events.flatMap((event) =>
    event.type === 'check' && event.check.stage === stage ? [checkOf(event.check)] : [],
  );
}

function checkOf(check: CheckResult): ReportedStage['checks'][number] {
  return {
    id: check.id,
    title: check.title,
    outcome: check.outcome,
    note: check.note ?? null,
    cause: check.cause === undefined ? null : causeOf(check.cause),
    tookMs: check.took,
  };
}

/** Taking everything away is a stage of every run, and its result is what is left. */
function teardownOf(events: readonly RunEvent[], torn: TornDown | undefined, over: boolean): ReportedStage {
  const checks = checksOf('teardown', events);
  const broken = checks.find(({ outcome }) => outcome !== 'pass' && outcome !== 'skipped');
  const base = { stage: 'teardown', tookMs: torn?.took ?? null, checks } as const;
  if (broken !== undefined)
    return { ...base, outcome: 'error', note: broken.cause?.sentence ?? broken.title };
  if (torn === undefined) {
    const begun = events.some((event) => event.type === 'teardown-started');
    return { ...base, outcome: over ? 'not reached' : begun ? 'running' : 'to come', note: '' };
  }
  if (torn.residue.length === 0) return { ...base, outcome: 'success', note: 'nothing left behind' };
  const names = list(torn.residue.map(({ kind, name }) => `${kind} ${name}`));
  return { ...base, outcome: 'error', note: `left behind: ${names}` };
}

function seedOf({ row }: Extract<RunEvent, { type: 'seed' }>): Report['seeds'][number] {
  return {
    seed: row.seed,
    place: row.place,
    moment: row.moment,
    state: row.reading.state,
    what: row.reading.state === 'changed' ? row.reading.what : null,
    asDemanded: row.asDemanded,
  };
}

function adjustmentsOf(event: Extract<RunEvent, { type: 'adjusted' }>): Report['adjustments'] {
  return event.adjustments.map(({ service, what, reason }) => ({ service: service ?? null, what, reason }));
}

function timingsOf(
  record: RunRecord,
  recorded: readonly RecordedEvent[],
  torn: TornDown | undefined,
): Report['timings'] {
  const { endedAt } = record;
  const until = endedAt ?? recorded.at(-1)?.at ?? record.at;
  return {
    startedAt: new Date(record.at).toISOString(),
    endedAt: endedAt === undefined ? null : new Date(endedAt).toISOString(),
    totalMs: Math.max(0, until - record.at),
    teardownMs: torn?.took ?? null,
  };
}
