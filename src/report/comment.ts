import { counted, list } from '../shared/text.ts';
import { placed, refusalsView } from './refusals.ts';
import type { Report, ReportedCause, ReportedFinding, ReportedStage } from './schema.ts';
import { readingWords, seedTable } from './seed-table.ts';
import { template } from './templates.ts';
import { findingOf, headline, levelName, levelStop, remedyOf, sentenceOf, whoseMove } from './words.ts';

/** First line of our one comment on a pull request. Anyone can write it: the author counts too. */
export const STICKY_MARKER = '<!-- seatrial:sticky v1 -->';
/** First line of an answer to somebody without permission; never taken for the sticky comment. */
export const REFUSAL_MARKER = '<!-- seatrial:refusal v1 -->';

/** Forges take 65 536 characters and more; this leaves room. */
const LONGEST = 60_000;

const ended = template('ended');
const running = template('running');
const refusal = template('refusal');

/** How much of what may be long is shown. */
interface Limits {
  /** Characters of the verdict's evidence, of which the end is kept; other checks get a quarter. */
  readonly evidence: number;
  /** Rows of each table. */
  readonly rows: number;
}

const LIMITS: readonly Limits[] = [
  { evidence: 16_000, rows: 60 },
  { evidence: 8000, rows: 30 },
  { evidence: 2000, rows: 10 },
];
const LEAST: Limits = { evidence: 800, rows: 2 };
const MOST_BROKEN = 8;
/** Nothing breaks one, so that it takes a whole column for itself; `report.json` has all of it. */
const DIGEST = /(sha256:[0-9a-f]{12})[0-9a-f]{52}/;
const MOST_FINDINGS = 20;

/** The comment as it stands now: progress while the run is under way, then its result. At most 60 000 characters. */
export function stickyComment(report: Report): string {
  if (report.outcome === null) return running(runningView(report));
  for (const limits of LIMITS) {
    const text = ended(endedView(report, limits));
    if (text.length < LONGEST) return text;
  }
  return ended(endedView(report, LEAST));
}

/** The answer to somebody who may not start tests. */
export function refusalComment(login: string): string {
  return refusal({ marker: REFUSAL_MARKER, login });
}

function runningView(report: Report): object {
  return {
    marker: STICKY_MARKER,
    headline: headline(report),
    stages: stageRows(report).filter(({ stage }) => stage !== 'teardown'),
    head: report.head,
    previous: report.previous,
    run: report.run,
    requester: report.pull?.requester,
  };
}

function endedView(report: Report, limits: Limits): object {
  const { cause, outcome, level } = report;
  const checks = report.stages.flatMap(({ stage, checks: own }) => own.map((check) => ({ stage, check })));
  return {
    marker: STICKY_MARKER,
    outcome,
    headline: headline(report),
    cause,
    ...(cause === null ? {} : causeView(cause)),
    remedy: remedyOf(report),
    ...refusalsView(report, limits.rows),
    move: whoseMove(outcome),
    ...(level === null ? {} : { level, levelName: levelName(level), levelStop: levelStop(level, cause) }),
    ...findingsView(report, limits),
    // Of a refused change nothing was deployed, and a table of that says nothing more.
    stages: report.refusals.length > 0 ? [] : stageRows(report),
    seeds: seedView(report, limits),
    broken: brokenChecks(report, limits),
    left: leftLines(report).slice(0, limits.rows),
    checkCount: checks.length === 1 ? 'The one check' : `All ${checks.length} checks`,
    checks: checks.slice(0, limits.rows).map(({ stage, check }, index) => ({
      group: stage === checks[index - 1]?.stage ? undefined : stage,
      check,
      seen: check.cause?.code ?? check.note ?? '',
    })),
    moreChecks: Math.max(0, checks.length - limits.rows),
    adjustments: report.adjustments
      .slice(0, limits.rows)
      .map(({ what, ...rest }) => ({ ...rest, what: what.replace(DIGEST, '$1…') })),
    moreAdjustments: Math.max(0, report.adjustments.length - limits.rows),
    reproduce: report.reproduce,
    head: report.head,
    previous: report.previous,
    totalMs: report.timings.totalMs,
    run: report.run,
  };
}

function causeView(cause: ReportedCause): { readonly sentence: string; readonly pointer: string } {
  const { code, where } = cause;
  const file = where !== null && 'file' in where ? `${where.file}:${where.line}` : undefined;
  const named = code === 'residue' || code === 'cancelled' ? '' : `Cause: ${code}.`;
  const pointer = file === undefined ? named : `Look at \`${file}\` (cause ${code}).`;
  return { sentence: sentenceOf(cause), pointer };
}

/** What the files alone tell, beside the level; what the verdict itself tells is not told again. */
function findingsView({ findings, cause, refusals }: Report, limits: Limits): object {
  const others = findings.filter(
    ({ sentence, severity }) =>
      sentence !== cause?.sentence && (refusals.length === 0 || severity !== 'refusal'),
  );
  const most = Math.min(MOST_FINDINGS, limits.rows);
  return {
    findings: others.slice(0, most).map(({ code, severity, file, line, sentence, remedy }) => ({
      ...{ code, severity, sentence, remedy },
      place: placed(file, line),
    })),
    findingCount: counts(others),
    moreFindings: Math.max(0, others.length - most),
  };
}

function counts(findings: readonly ReportedFinding[]): string {
  return list(
    (['refusal', 'error', 'warning', 'note'] as const).flatMap((severity) => {
      const count = findings.filter((finding) => finding.severity === severity).length;
      return count === 0 ? [] : [counted(count, severity)];
    }),
  );
}

function stageRows(report: Report): readonly (Pick<ReportedStage, 'stage' | 'outcome' | 'tookMs'> & {
  readonly finding: string;
})[] {
  return report.stages.map((stage) => ({
    stage: stage.stage,
    outcome: stage.outcome,
    tookMs: stage.tookMs,
    finding: findingOf(stage, report),
  }));
}

function seedView(report: Report, limits: Limits): object {
  const { moments, lines } = seedTable(report.seeds);
  return {
    moments,
    wiped: moments.includes('after the wipe'),
    lines: lines.slice(0, limits.rows).map(({ place, readings }) => ({
      place: place.replace(/\bvolume (\S+)$/, 'volume `$1`'),
      readings: readings.map((seed) =>
        seed === undefined ? {} : { words: readingWords(seed), asDemanded: seed.asDemanded },
      ),
    })),
  };
}

/** What did not pass, with what shows it; the one that the verdict names comes first and does not say it twice. */
function brokenChecks(report: Report, limits: Limits): readonly object[] {
  const all = report.stages.flatMap(({ stage, checks }) =>
    checks.flatMap((check) => {
      if (check.cause === null) return [];
      const first = check.cause.sentence === report.cause?.sentence;
      const evidence = tail(check.cause.evidence, first ? limits.evidence : limits.evidence / 4);
      return [{ stage, check, first, evidence, ...causeView(check.cause) }];
    }),
  );
  const named = all.some(({ first }) => first) ? [] : verdictEvidence(report, limits);
  return [...named, ...all.toSorted((one, other) => Number(other.first) - Number(one.first))]
    .filter(({ first, evidence }) => !first || evidence !== '')
    .slice(0, Math.min(MOST_BROKEN, limits.rows));
}

/** The evidence of a verdict that no check stands for, such as a refusal. */
function verdictEvidence(
  { cause, refusals }: Report,
  limits: Limits,
): readonly { readonly first: boolean; readonly evidence: string }[] {
  // What was left behind is named by the sentence, refusals have their list.
  if (cause === null || cause.code === 'residue' || refusals.length > 0) return [];
  return [{ first: true, evidence: tail(cause.evidence, limits.evidence) }];
}

/** The end of a log, from the start of a line where there is one. */
function tail(lines: readonly string[], characters: number): string {
  const text = lines.join('\n');
  if (text.length <= characters) return text;
  const end = text.slice(-characters);
  return `[…]\n${end.slice(end.indexOf('\n') + 1)}`;
}

function leftLines({ residue, unexplained, troubles, cause }: Report): readonly string[] {
  const named = cause?.code === 'residue';
  return [
    ...(named ? [] : residue).map(({ kind, name }) => `Left behind: ${kind} \`${name}\``),
    ...unexplained.map(({ kind, name }) => `New since the start, but not ours: ${kind} \`${name}\``),
    ...troubles,
  ];
}
