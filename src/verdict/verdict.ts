import type { Cause, CheckResult, ResultStage } from '../journal/check.ts';
import type { RecordedEvent, Residue, RunEvent } from '../journal/event.ts';
import { list } from '../shared/text.ts';
import { STAGES, type StageName } from '../trigger/request.ts';
import { climb, type Level, sunk } from './level.ts';

export type RunOutcome = 'refused' | 'failure' | 'error' | 'cancelled' | 'success';

/** How a run ended; made once, from what its journal holds, and never changed. */
export interface Verdict {
  readonly outcome: RunOutcome;
  /** Null on success. */
  readonly stage: ResultStage | null;
  /** Null on success. */
  readonly cause: Cause | null;
  /** Null where nothing was learnt of the first rung: an error, a cancellation, or install was not asked for. */
  readonly level: Level | null;
  readonly residue: readonly Residue[];
}

/** Stages in the order in which their faults are named. */
const ORDER: readonly ResultStage[] = [...STAGES, 'teardown'];

export function verdictOf(events: readonly RunEvent[]): Verdict {
  const checks = events.flatMap((event) => (event.type === 'check' ? [event.check] : []));
  const residue = events.flatMap((event) => (event.type === 'torn-down' ? event.residue : []));
  const refused = events.find((event) => event.type === 'refused');
  if (refused?.type === 'refused') {
    const { cause } = refused;
    return { outcome: 'refused', stage: 'install', cause, level: sunk(cause.sentence), residue };
  }
  const level = climb(checks, events);
  const sank = checks.some((check) => check.stage === 'install' && check.outcome === 'fail');
  return { ...endingOf(checks, residue), level: level.reached > 0 || sank ? level : null, residue };
}

function endingOf(
  checks: readonly CheckResult[],
  residue: readonly Residue[],
): Pick<Verdict, 'outcome' | 'stage' | 'cause'> {
  const failed = firstOf(checks, ['fail']);
  if (failed !== undefined) return { outcome: 'failure', stage: failed.stage, cause: failed.cause ?? null };
  const broken = firstOf(checks, ['invalid', 'error']);
  if (broken !== undefined) return { outcome: 'error', stage: broken.stage, cause: broken.cause ?? null };
  if (residue.length > 0) return { outcome: 'error', stage: 'teardown', cause: leftBehind(residue) };
  const aborted = firstOf(checks, ['aborted']);
  if (aborted !== undefined) {
    const sentence = aborted.note ?? 'The run was cancelled.';
    return {
      outcome: 'cancelled',
      stage: aborted.stage,
      cause: { code: 'cancelled', sentence, evidence: [] },
    };
  }
  if (checks.length === 0) {
    const sentence = 'The run ended without a single check.';
    return { outcome: 'error', stage: null, cause: { code: 'nothing-checked', sentence, evidence: [] } };
  }
  return { outcome: 'success', stage: null, cause: null };
}

/** The verdict of events as a journal records them. */
export function verdictOfRecorded(events: readonly RecordedEvent[]): Verdict {
  return verdictOf(events.map(({ event }) => event));
}

function firstOf(
  checks: readonly CheckResult[],
  outcomes: readonly CheckResult['outcome'][],
): CheckResult | undefined {
  for (const stage of ORDER) {
    const found = checks.find((check) => check.stage === stage && outcomes.includes(check.outcome));
    if (found !== undefined) return found;
  }
  return undefined;
}

function leftBehind(residue: readonly Residue[]): Cause {
  return {
    code: 'residue',
    sentence: `The run left something behind: ${list(residue.map(({ kind, name }) => `${kind} ${name}`))}.`,
    evidence: residue.map(({ kind, name }) => `${kind} ${name}`),
  };
}

/** How one stage ended, for its line in tables and its commit status. */
export type StageOutcome = 'success' | 'failure' | 'error' | 'cancelled' | 'skipped' | 'not reached';

export function stageOutcome(
  stage: StageName,
  events: readonly RunEvent[],
): { readonly outcome: StageOutcome; readonly note: string } {
  const checks = events.flatMap((event) =>
    event.type === 'check' && event.check.stage === stage ? [event.check] : [],
  );
  const skipped = events.find((event) => event.type === 'stage-skipped' && event.skipped.stage === stage);
  if (skipped?.type === 'stage-skipped')
    return { outcome: 'skipped', note: `${skipped.skipped.reason} (${skipped.skipped.by})` };
  const worst = (['fail', 'invalid', 'error', 'aborted'] as const)
    .map((outcome) => checks.find((check) => check.outcome === outcome))
    .find((check) => check !== undefined);
  if (worst !== undefined)
    return { outcome: NAMES[worst.outcome], note: worst.cause?.sentence ?? worst.note ?? worst.title };
  if (checks.length === 0) return { outcome: 'not reached', note: '' };
  const skip = checks.find((check) => check.outcome === 'skipped');
  if (skip !== undefined && checks.every((check) => check.outcome === 'skipped'))
    return { outcome: 'skipped', note: skip.note ?? '' };
  return { outcome: 'success', note: `${checks.length} checks` };
}

const NAMES: Readonly<Record<CheckResult['outcome'], StageOutcome>> = {
  pass: 'success',
  fail: 'failure',
  invalid: 'error',
  error: 'error',
  aborted: 'cancelled',
  skipped: 'skipped',
};
