import type { RecordedEvent, RunEvent } from '../journal/event.ts';
import type { StageName } from '../trigger/request.ts';
import type { Phase } from './schema.ts';

/** How far a run without a verdict is. */
export function phaseOf(events: readonly RunEvent[]): Exclude<Phase, 'over'> {
  const last = events.findLast(({ type }) => PHASES[type] !== undefined);
  return (last === undefined ? undefined : PHASES[last.type]) ?? 'queued';
}

const PHASES: Readonly<Partial<Record<RunEvent['type'], Exclude<Phase, 'over'>>>> = {
  started: 'preparing',
  planned: 'preparing',
  waiting: 'waiting',
  admitted: 'testing',
  'teardown-started': 'tearing down',
  'torn-down': 'tearing down',
};

/** What a stage does or waits for right now, and since when it runs (milliseconds since the epoch). */
export interface Doing {
  readonly since: number;
  readonly what: string;
}

/** Undefined where the stage does not run. */
export function doingOf(stage: StageName, recorded: readonly RecordedEvent[]): Doing | undefined {
  const begun = recorded.findLast(({ event }) => event.type === 'stage-started' && event.stage === stage);
  const ended = recorded.some(({ event }) => event.type === 'stage-ended' && event.stage === stage);
  if (begun === undefined || ended) return undefined;
  return { since: begun.at, what: newestWords(stage, recorded) };
}

/** The newest of what a stage has said it waits for and what it has checked. */
function newestWords(stage: StageName, recorded: readonly RecordedEvent[]): string {
  const last = recorded.findLast(
    ({ event }) =>
      (event.type === 'progress' && event.stage === stage) ||
      (event.type === 'check' && event.check.stage === stage),
  )?.event;
  if (last?.type === 'progress') return last.text;
  return last?.type === 'check' ? `seen: ${last.check.title}` : 'begins';
}
