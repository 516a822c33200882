import type { RecordedEvent, RunEvent } from '../journal/event.ts';
import { cut, list, oneLine } from '../shared/text.ts';
import { STAGES, type StageName, type TestRequest } from '../trigger/request.ts';
import { stageOutcome } from '../verdict/verdict.ts';
import { type Paint, STYLES } from './paint.ts';
import { doingOf, phaseOf } from './progress.ts';
import { refusalOf, refusalSentence } from './refusals.ts';
import { CHECK_WORDS, duration, STAGE_WORDS, shortSha } from './words.ts';

/** A run that is being watched. */
export interface Watched {
  readonly label: string;
  readonly request: TestRequest | undefined;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly events: readonly RecordedEvent[];
}

/** What a run is called beside others. */
export function labelOf({ recipe, origin }: TestRequest): string {
  return origin.kind === 'forge' ? `${recipe} #${origin.pull}` : recipe;
}

/** A line for an event that matters to somebody who reads a log; undefined for the others. */
export function lineOf(watched: Watched, { at, event }: RecordedEvent, paint: Paint): string | undefined {
  const words = wordsOf(watched, event, paint);
  return words === undefined ? undefined : line(watched, at, words, paint);
}

/** What each running stage still waits for, for a log that would be silent otherwise. */
export function reminders(watched: Watched, now: number, paint: Paint): readonly string[] {
  return STAGES.flatMap((stage) => {
    const doing = doingOf(stage, watched.events);
    if (doing === undefined) return [];
    return [
      line(watched, now, `${stage} since ${seconds(now - doing.since)}: ${oneLine(doing.what)}`, paint),
    ];
  });
}

function line(watched: Watched, at: number, words: string, paint: Paint): string {
  const elapsed = `${(Math.max(0, at - watched.since) / 1000).toFixed(1)} s`.padStart(9);
  return `${paint('dim', elapsed)}  ${paint('bold', oneLine(watched.label))}  ${words}`;
}

function wordsOf({ events }: Watched, event: RunEvent, paint: Paint): string | undefined {
  switch (event.type) {
    case 'started':
      return `${shortSha(event.request.head)} is tested`;
    case 'waiting':
      return `waits: ${oneLine(event.reason)}`;
    case 'stage-started':
      return `${event.stage} begins`;
    case 'stage-ended':
      return ended(event.stage, event.took, events, paint);
    case 'stage-skipped':
      return `${event.skipped.stage} ${paint('dim', 'skipped')}: ${oneLine(event.skipped.reason)}`;
    case 'check': {
      const { outcome, stage, title, cause, note } = event.check;
      if (outcome === 'pass') return undefined;
      const why = cause?.sentence ?? note;
      const sign = paint(outcome === 'fail' ? 'red' : 'yellow', CHECK_WORDS[outcome]);
      return `${stage}: ${oneLine(title)}: ${sign}${why === undefined ? '' : `: ${oneLine(why)}`}`;
    }
    case 'refused':
      return `${paint('red', 'refused')}: ${oneLine(refusedWords(event))}`;
    case 'teardown-started':
      return 'teardown begins';
    case 'torn-down':
      return tornDown(event, paint);
    case 'planned':
    case 'findings':
    case 'equipped':
    case 'admitted':
    case 'adjusted':
    case 'progress':
    case 'seed':
      return undefined;
  }
}

function refusedWords({ cause, refusals }: Extract<RunEvent, { type: 'refused' }>): string {
  return refusals.length === 0 ? cause.sentence : refusalSentence(refusals.map(refusalOf));
}

function ended(stage: StageName, took: number, recorded: readonly RecordedEvent[], paint: Paint): string {
  const events = recorded.map(({ event }) => event);
  const { outcome, note } = stageOutcome(stage, events);
  const word = paint(STYLES[outcome], STAGE_WORDS[outcome]);
  return `${stage} ${word} in ${duration(took)}${outcome === 'success' ? ` (${oneLine(note)})` : ''}`;
}

function tornDown(event: Extract<RunEvent, { type: 'torn-down' }>, paint: Paint): string {
  const took = `torn down in ${duration(event.took)}`;
  if (event.residue.length === 0) return `${took}, nothing left behind`;
  const names = list(event.residue.map(({ kind, name }) => `${kind} ${oneLine(name)}`));
  return `${took}, ${paint('yellow', 'left behind')}: ${names}`;
}

/** The lines of one run in the live region: its stages side by side, and below what each running one waits for. */
export function frameOf(watched: Watched, now: number, width: number, paint: Paint): readonly string[] {
  const events = watched.events.map(({ event }) => event);
  const { request } = watched;
  const head = request === undefined ? '' : `  ${shortSha(request.head)}`;
  const title = `${paint('bold', cut(oneLine(watched.label), 40))}${head}  ${phaseWords(events)}  ${seconds(now - watched.since)}`;
  const asked = STAGES.filter(
    (stage) => request === undefined || request.only.length === 0 || request.only.includes(stage),
  );
  const cells = asked.map((stage) => stageCell(stage, watched, now, paint));
  const waits = asked.flatMap((stage) => {
    const doing = doingOf(stage, watched.events);
    return doing === undefined ? [] : [cut(`    ${stage}: ${oneLine(doing.what)}`, Math.max(20, width - 1))];
  });
  return [title, `  ${cells.join('   ')}`, ...waits.map((line) => paint('dim', line))];
}

function phaseWords(events: readonly RunEvent[]): string {
  const phase = phaseOf(events);
  const wait = events.findLast((event) => event.type === 'waiting');
  return phase === 'waiting' && wait?.type === 'waiting' ? `waiting: ${oneLine(wait.reason)}` : phase;
}

const SIGNS = {
  success: '✔',
  failure: '✘',
  error: '!',
  cancelled: '-',
  skipped: '-',
  'not reached': '-',
} as const;

function stageCell(stage: StageName, watched: Watched, now: number, paint: Paint): string {
  const doing = doingOf(stage, watched.events);
  if (doing !== undefined) return paint('cyan', `● ${stage} ${seconds(now - doing.since)}`);
  const events = watched.events.map(({ event }) => event);
  const end = events.find((event) => event.type === 'stage-ended' && event.stage === stage);
  const { outcome } = stageOutcome(stage, events);
  if (end === undefined && outcome === 'not reached') return paint('dim', `· ${stage}`);
  const took = end?.type === 'stage-ended' ? ` ${duration(end.took)}` : '';
  return paint(STYLES[outcome], `${SIGNS[outcome]} ${stage}${took}`);
}

/** Whole seconds: what ticks must not flicker. */
function seconds(milliseconds: number): string {
  return `${Math.max(0, Math.floor(milliseconds / 1000))} s`;
}
