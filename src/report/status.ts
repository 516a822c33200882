import type { CommitStatus, StatusState } from '../ports/forge.ts';
import { cut, oneLine } from '../shared/text.ts';
import { STAGES, type StageName, type TestRequest } from '../trigger/request.ts';
import type { RunOutcome } from '../verdict/verdict.ts';
import { refusalSentence } from './refusals.ts';
import type { Report, ReportedStage } from './schema.ts';
import { duration, headline, levelName, STAGE_TITLES, whyNotReached } from './words.ts';

/** GitHub's bound, kept for every forge. */
const LONGEST = 140;

/** Pending, for the run and for each of its stages, as soon as the request is accepted. */
export function acknowledgedStatuses({ recipe, only, head }: TestRequest): readonly CommitStatus[] {
  const asked = STAGES.filter((stage) => only.length === 0 || only.includes(stage));
  return [
    status(contextOf(recipe), 'pending', `Accepted; ${head.slice(0, 10)} is tested when a slot is free`),
    ...asked.map((stage) => status(contextOf(recipe, stage), 'pending', 'To come')),
  ];
}

/** A stage that has just ended. Nothing is said yet of one that still runs. */
export function stageStatuses(report: Report, stage: StageName): readonly CommitStatus[] {
  const reported = report.stages.find((candidate) => candidate.stage === stage);
  return reported === undefined ? [] : ofStage(reported, stage, report);
}

/** All of them at the verdict, so that nothing stays pending. */
export function endedStatuses(report: Report): readonly CommitStatus[] {
  if (report.outcome === null) return [];
  const stages = STAGES.flatMap((stage) => [...stageStatuses(report, stage)]);
  return [status(contextOf(report.recipe), RUN_STATES[report.outcome], overall(report)), ...stages];
}

/** Fixed, short, ASCII: branch protection matches it by name. */
function contextOf(recipe: string, stage?: StageName): string {
  const name = recipe.replace(/[^A-Za-z0-9._-]/g, '-');
  return stage === undefined ? `seatrial/${name}` : `seatrial/${name}/${stage}`;
}

const RUN_STATES: Readonly<Record<RunOutcome, StatusState>> = {
  refused: 'failure',
  failure: 'failure',
  error: 'error',
  cancelled: 'error',
  success: 'success',
};

function ofStage(reported: ReportedStage, stage: StageName, report: Report): readonly CommitStatus[] {
  // What was not asked for is not spoken of: an earlier, fuller run's word stands.
  if (report.only.length > 0 && !report.only.includes(stage)) return [];
  const { outcome, note, tookMs } = reported;
  const context = contextOf(report.recipe, stage);
  switch (outcome) {
    case 'success':
      return [status(context, 'success', `Passed in ${duration(tookMs ?? 0)}: ${note}`)];
    case 'failure':
    case 'error':
      return [status(context, outcome, note)];
    case 'cancelled':
      return [status(context, 'error', `Cancelled: ${note}`)];
    case 'skipped':
      return [status(context, 'success', `Skipped: ${note}`)];
    case 'not reached':
      return [status(context, 'error', `Not reached: ${whyNotReached(stage, report)}`)];
    case 'running':
    case 'to come':
      return [];
  }
}

function overall(report: Report): string {
  const { outcome, cause, level, stage, refusals } = report;
  if (refusals.length > 0) return `Refused: ${refusalSentence(refusals)}`;
  if (outcome === 'success' && level !== null) {
    return report.only.length > 0
      ? `Level ${levelName(level)}; asked for ${report.only.join(', ')} only`
      : `Level ${levelName(level)}: ${headline(report)}`;
  }
  if (cause === null) return headline(report);
  return stage === null ? cause.sentence : `${STAGE_TITLES[stage]}: ${cause.sentence}`;
}

function status(context: string, state: StatusState, description: string): CommitStatus {
  return { context, state, description: cut(asText(description), LONGEST), targetUrl: undefined };
}

/** One line without the marks of code that only Markdown knows. */
function asText(description: string): string {
  return oneLine(description.toWellFormed()).replaceAll('`', '');
}
