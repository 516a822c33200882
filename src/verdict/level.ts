import type { CheckResult } from '../journal/check.ts';
import type { RunEvent } from '../journal/event.ts';
import type { StageName } from '../trigger/request.ts';

/** How far up the ladder a run came, and what stopped it there. */
export interface Level {
  readonly reached: number;
  readonly name: string;
  readonly of: number;
  /** The first rung not cleanly passed, and why. */
  readonly stopsAt: { readonly level: number; readonly name: string; readonly reason: string };
}

const LEVEL_NAMES = [
  'Sunk',
  'Floats',
  'Upgrades',
  'Restores',
  'Works',
  'Integrates',
  'Restores elsewhere',
  'Recovers',
  'Seaworthy',
] as const;

interface Rung {
  readonly level: number;
  readonly stage: StageName;
  /** A check without which the others of the stage prove nothing. */
  readonly proof?: string;
}

/** Rungs that a stage of today's runs proves; what is above them is not asked for yet. */
const RUNGS: readonly Rung[] = [
  { level: 1, stage: 'install' },
  { level: 2, stage: 'upgrade' },
  { level: 3, stage: 'backup-restore', proof: 'data-returns' },
];

const TOP = LEVEL_NAMES.length - 1;

/** What is refused is not even launched. */
export function sunk(reason: string): Level {
  return levelOf(0, 1, reason);
}

/** Cumulative: the first rung that is not cleanly passed ends the climb. It never changes the outcome. */
export function climb(checks: readonly CheckResult[], events: readonly RunEvent[]): Level {
  let reached = 0;
  for (const rung of RUNGS) {
    const reason = whyNot(rung, checks, events);
    if (reason !== undefined) return levelOf(reached, rung.level, reason);
    reached = rung.level;
  }
  return levelOf(reached, reached + 1, 'the recipe has no suite whose tests could show that it works');
}

function whyNot(
  { stage, proof }: Rung,
  checks: readonly CheckResult[],
  events: readonly RunEvent[],
): string | undefined {
  const own = checks.filter((check) => check.stage === stage);
  const broken = own.find((check) => check.outcome !== 'pass' && check.outcome !== 'skipped');
  if (broken !== undefined) return broken.cause?.sentence ?? broken.note ?? broken.title;
  const skipped = events.find((event) => event.type === 'stage-skipped' && event.skipped.stage === stage);
  if (skipped?.type === 'stage-skipped') return `${stage} was skipped: ${skipped.skipped.reason}`;
  if (own.length === 0) return `${stage} was not reached`;
  const missing = own.find((check) => check.id === proof && check.outcome === 'skipped');
  if (missing !== undefined) return missing.note ?? missing.title;
  const unproven = own.find((check) => check.outcome === 'skipped');
  return unproven === undefined || own.some((check) => check.outcome === 'pass')
    ? undefined
    : (unproven.note ?? unproven.title);
}

function levelOf(reached: number, stops: number, reason: string): Level {
  return {
    reached,
    name: LEVEL_NAMES[reached] ?? '',
    of: TOP,
    stopsAt: { level: stops, name: LEVEL_NAMES[stops] ?? '', reason },
  };
}
