import type { CheckOutcome, ResultStage } from '../journal/check.ts';
import { list, oneLine } from '../shared/text.ts';
import type { RunOutcome } from '../verdict/verdict.ts';
import type { Report, ReportedCause, ReportedLevel, ReportedStage, StageState } from './schema.ts';

/** Names of stages as people read them. */
export const STAGE_TITLES: Readonly<Record<ResultStage, string>> = {
  install: 'Install',
  upgrade: 'Upgrade',
  'backup-restore': 'Backup and restore',
  teardown: 'Teardown',
};

/** How a stage ended or stands, in a word. */
export const STAGE_WORDS: Readonly<Record<StageState, string>> = {
  success: 'passed',
  failure: 'failed',
  error: 'error',
  cancelled: 'cancelled',
  skipped: 'skipped',
  'not reached': 'not reached',
  running: 'running',
  'to come': 'to come',
};

export const CHECK_WORDS: Readonly<Record<CheckOutcome, string>> = {
  pass: 'passed',
  fail: 'failed',
  invalid: 'proves nothing',
  error: 'error',
  skipped: 'skipped',
  aborted: 'cancelled',
};

/** What a recipe does that gets through a stage, and what one does not that fails in it. */
const CLAIMS: Readonly<Record<ResultStage, { readonly does: string; readonly fails: string }>> = {
  install: { does: 'installs', fails: 'does not install' },
  upgrade: { does: 'keeps its data through the upgrade', fails: 'does not survive its upgrade' },
  'backup-restore': {
    does: 'gets its data back from its backup',
    fails: 'does not come back from its backup',
  },
  teardown: { does: '', fails: 'cannot be taken away again' },
};

/** The verdict in one line, without markup. */
export function headline(report: Report): string {
  const { recipe } = report;
  switch (report.outcome) {
    case 'success':
      return `${recipe} ${doneBy(report)}`;
    case 'failure':
      return `${recipe} ${report.stage === null ? 'fails' : CLAIMS[report.stage].fails}`;
    case 'error':
      return `No verdict on ${recipe}: the test itself went wrong`;
    case 'cancelled':
      return `${recipe} was not tested to the end`;
    case 'refused':
      return `${recipe} was refused before anything was deployed`;
    case null:
      return PHASES[report.phase](recipe);
  }
}

const PHASES: Readonly<Record<Report['phase'], (recipe: string) => string>> = {
  queued: (recipe) => `${recipe} waits for its turn`,
  preparing: (recipe) => `${recipe} is being prepared`,
  waiting: (recipe) => `${recipe} waits for a free slot`,
  testing: (recipe) => `${recipe} is being tested`,
  'tearing down': (recipe) => `${recipe} has been tested; everything is being taken away`,
  over: (recipe) => `${recipe} has been tested`,
};

function doneBy(report: Report): string {
  const passed = report.stages.filter(({ stage, outcome }) => stage !== 'teardown' && outcome === 'success');
  if (passed.length === 0) return 'has nothing that could be tested';
  const kept = passed.some(({ stage }) => stage === 'upgrade');
  return list(
    passed.map(({ stage }) =>
      stage === 'backup-restore' && kept ? 'gets it back from its backup' : CLAIMS[stage].does,
    ),
  );
}

/** Whose move it is now; undefined where the outcome says it all. */
export function whoseMove(outcome: RunOutcome | null): string | undefined {
  switch (outcome) {
    case 'error':
      return 'This is not held against the change.';
    case 'cancelled':
      return 'This says nothing about the change.';
    default:
      return undefined;
  }
}

/** Where a fault is, as an editor takes it. */
export function placeOf(cause: ReportedCause): string | undefined {
  if (cause.where === null) return undefined;
  return 'file' in cause.where ? `${cause.where.file}:${cause.where.line}` : `service ${cause.where.service}`;
}

/** The cause's sentence, with a full stop where it has none: more follows. */
export function sentenceOf({ sentence }: ReportedCause): string {
  const flat = oneLine(sentence);
  return /[.!?…”]$/.test(flat) ? flat : `${flat}.`;
}

/** What to write instead, where a finding had told of the cause. */
export function remedyOf({ cause, findings }: Report): string | undefined {
  return findings.find(({ code, sentence }) => code === cause?.code && sentence === cause.sentence)?.remedy;
}

/** "3 of 8 (Restores)" */
export function levelName(level: ReportedLevel): string {
  return `${level.reached} of ${level.of} (${level.name})`;
}

/** "stops at 4 (Works): …", without the reason where the reader has just been told. */
export function levelStop({ stopsAt }: ReportedLevel, cause: ReportedCause | null): string {
  const stop = `stops at ${stopsAt.level} (${stopsAt.name})`;
  return stopsAt.reason === cause?.sentence ? stop : `${stop}: ${stopsAt.reason}`;
}

/** Short words for what a passed check has shown; the rest of the checks only support these. */
const SHOWN: Readonly<Record<string, string>> = {
  'install/deploys': 'every service healthy',
  'install/answers': 'its address answers',
  'upgrade/data-survives': 'data intact',
  'backup-restore/backs-up': 'backed up',
  'backup-restore/wiped': 'wiped',
  'backup-restore/data-returns': 'data back',
};

/** What a stage has shown, or what it broke on, for its line in a table. */
export function findingOf(stage: ReportedStage, report: Report): string {
  switch (stage.outcome) {
    case 'success':
      return stage.stage === 'teardown' ? stage.note : shownBy(stage, report);
    case 'failure':
    case 'error': {
      const broken = stage.checks.find(({ outcome }) => ['fail', 'invalid', 'error'].includes(outcome));
      return broken === undefined ? stage.note : `at the check: ${broken.title}`;
    }
    case 'not reached':
      return whyNotReached(stage.stage, report);
    default:
      return stage.note;
  }
}

function shownBy(stage: ReportedStage, report: Report): string {
  const passed = stage.checks.filter(({ outcome }) => outcome === 'pass');
  const shown = passed.flatMap(({ id }) => SHOWN[`${stage.stage}/${id}`] ?? []);
  if (stage.stage === 'upgrade' && report.previous !== null) shown.unshift(`from ${report.previous.tag}`);
  return shown.length === 0 ? stage.note : shown.join(', ');
}

/** Why a stage of this run was never begun. */
export function whyNotReached(stage: ResultStage, { outcome, stages }: Report): string {
  if (outcome === 'refused') return 'the run was refused';
  if (outcome === 'cancelled') return 'the run was cancelled';
  const upgrade = stages.find((candidate) => candidate.stage === 'upgrade');
  const broke = upgrade?.outcome === 'failure' || upgrade?.outcome === 'error';
  if (stage === 'backup-restore' && broke) return 'the upgrade did not pass';
  return stage === 'teardown' ? 'nothing was deployed' : 'the run ended before it';
}

/** Milliseconds for people: `4 ms`, `0.6 s`, `15 s`, `8 min 10 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 95) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min${whole % 60 === 0 ? '' : ` ${whole % 60} s`}`;
}

export function shortSha(sha: string): string {
  return sha.slice(0, 10);
}
