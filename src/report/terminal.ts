import type { RecordedEvent } from '../journal/event.ts';
import type { RunId } from '../shared/brand.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import { lastLines, oneLine } from '../shared/text.ts';
import { arrowed, columns, type Field, type Paint, painter, STYLES, wrapped } from './paint.ts';
import { refusalLines, refusalSentence } from './refusals.ts';
import type { Report, ReportedSeed } from './schema.ts';
import { DEFAULT_WIDTH, type ProgressStream, screenOn } from './screen.ts';
import { readingWords, seedTable } from './seed-table.ts';
import { frameOf, labelOf, lineOf, reminders, type Watched } from './watch-lines.ts';
import {
  duration,
  findingOf,
  headline,
  levelName,
  levelStop,
  placeOf,
  remedyOf,
  STAGE_WORDS,
  shortSha,
  whoseMove,
} from './words.ts';

export interface RunsView {
  /** Takes in an event of some run; the first one, `started`, names it. */
  see(run: RunId, recorded: RecordedEvent): void;
  /** A line of its own between those of the runs. */
  say(line: string): void;
  /** Leaves the terminal as a log is left: the live region goes, the lines stay. May be called again. */
  end(): void;
}

const REDRAW_MS = 250;
const REMIND_MS = 30_000;

/**
 * Shows runs as they go, several at once: on a terminal a region that is drawn over, elsewhere
 * a line for each event that matters, and every half minute what is still waited for.
 */
export function watchRuns(stream: ProgressStream, clock: Clock = systemClock): RunsView {
  const runs = new Map<RunId, Watched>();
  const paint = painter(stream.color);
  const screen = screenOn(stream);
  let ticking: NodeJS.Timeout | undefined;
  const redraw = () => {
    const width = stream.columns ?? DEFAULT_WIDTH;
    screen.draw([...runs.values()].flatMap((watched) => frameOf(watched, clock.now(), width, paint)));
  };
  const remind = () => {
    for (const watched of runs.values())
      for (const line of reminders(watched, clock.now(), paint)) screen.print(line);
  };
  const stop = () => {
    clearInterval(ticking);
    ticking = undefined;
  };
  const start = () => {
    ticking ??= setInterval(stream.live ? redraw : remind, stream.live ? REDRAW_MS : REMIND_MS).unref();
  };
  return {
    see(run, recorded) {
      const watched = withEvent(runs.get(run), run, recorded);
      const line = lineOf(watched, recorded, paint);
      if (line !== undefined && !(stream.live && shownLive(recorded))) screen.print(line);
      if (isOver(watched, recorded)) runs.delete(run);
      else runs.set(run, watched);
      if (stream.live) redraw();
      if (runs.size === 0) stop();
      else start();
    },
    say(line) {
      screen.print(line);
      if (stream.live) redraw();
    },
    end() {
      stop();
      runs.clear();
      screen.end();
    },
  };
}

function withEvent(known: Watched | undefined, run: RunId, recorded: RecordedEvent): Watched {
  const { event } = recorded;
  if (event.type === 'started')
    return { label: labelOf(event.request), request: event.request, since: recorded.at, events: [recorded] };
  const before = known ?? { label: run, request: undefined, since: recorded.at, events: [] };
  return { ...before, events: [...before.events, recorded] };
}

/** The live region says these better. */
function shownLive({ event }: RecordedEvent): boolean {
  return event.type === 'stage-started' || event.type === 'waiting' || event.type === 'teardown-started';
}

/** Torn down, or ended by a check of the teardown, or by one before anything was planned. */
function isOver({ events }: Watched, { event }: RecordedEvent): boolean {
  if (event.type === 'torn-down') return true;
  if (event.type !== 'check' && event.type !== 'refused') return false;
  if (event.type === 'check' && event.check.stage === 'teardown') return true;
  return !events.some(({ event: other }) => other.type === 'planned');
}

export interface SummaryOptions {
  readonly color: boolean;
  /** Characters in a line of the terminal; undefined where there is none, and nothing is wrapped. */
  readonly columns?: number;
}

/** The end of a run for a terminal: verdict, stages, data, level, where the evidence lies, how to do it again. */
export function summary(report: Report, options: SummaryOptions): string {
  const paint = painter(options.color);
  const width = options.columns ?? Number.POSITIVE_INFINITY;
  const blocks = [
    [title(report, paint), ...reason(report, paint, width)],
    refusalLines(report.refusals, paint, width),
    columns(stageRows(report), paint, width),
    columns(findingRows(report), paint, width),
    columns(seedRows(report), paint),
    [...left(report)],
    facts(report, paint, width),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function title(report: Report, paint: Paint): string {
  const { outcome, pull } = report;
  const word = outcome === null ? 'UNDER WAY' : outcome.toUpperCase();
  const where = pull === null ? '' : ` (${pull.owner}/${pull.repository}#${pull.number})`;
  const sign = paint(['bold', STYLES[outcome ?? 'running']], word);
  return `${sign}  ${paint('bold', oneLine(headline(report)))}${where === '' ? '' : ` ${oneLine(where)}`}`;
}

const MOST_EVIDENCE = 6;

function reason(report: Report, paint: Paint, width: number): readonly string[] {
  const { cause, outcome, refusals } = report;
  const said = (text: string) => wrapped(oneLine(text), width - 2).map((line) => `  ${line}`);
  if (refusals.length > 0) return said(refusalSentence(refusals));
  if (cause === null) return [];
  const place = placeOf(cause);
  const move = whoseMove(outcome);
  const remedy = remedyOf(report);
  // What was left behind is listed below.
  const evidence =
    cause.code === 'residue' ? [] : lastLines(cause.evidence.join('\n'), MOST_EVIDENCE).map(oneLine);
  return [
    ...said(cause.sentence),
    ...said(`${cause.code}${place === undefined ? '' : ` at ${place}`}`),
    ...(remedy === undefined ? [] : arrowed(remedy, width)),
    ...evidence.map((line) => paint('dim', `  | ${line}`)),
    ...(move === undefined ? [] : [`  ${move}`]),
  ];
}

function stageRows(report: Report): readonly (readonly Field[])[] {
  // Of a refused change nothing was deployed, and a table of that says nothing more.
  if (report.refusals.length > 0) return [];
  return report.stages.map((stage) => [
    { text: stage.stage, style: 'bold' },
    { text: STAGE_WORDS[stage.outcome], style: STYLES[stage.outcome] },
    { text: stage.tookMs === null ? '' : duration(stage.tookMs), align: 'right' },
    { text: oneLine(findingOf(stage, report)) },
  ]);
}

const MOST_FINDINGS = 8;

/** Notes are for those who ask with `seatrial check`. */
function findingRows({ findings, cause, refusals }: Report): readonly (readonly Field[])[] {
  const grave = findings.filter(
    ({ severity, sentence }) =>
      severity !== 'note' &&
      sentence !== cause?.sentence &&
      (refusals.length === 0 || severity !== 'refusal'),
  );
  const more = grave.length - MOST_FINDINGS;
  return [
    ...grave
      .slice(0, MOST_FINDINGS)
      .map(({ code, severity, file, line, sentence }): Field[] => [
        { text: severity, style: severity === 'warning' ? 'yellow' : 'red' },
        { text: oneLine(code) },
        { text: oneLine([file, line].filter((part) => part !== null).join(':')) },
        { text: oneLine(sentence) },
      ]),
    ...(more > 0
      ? [[{ text: '' }, { text: '' }, { text: '' }, { text: `and ${more} more in report.json` }]]
      : []),
  ];
}

function seedRows({ seeds }: Report): readonly (readonly Field[])[] {
  const { moments, lines } = seedTable(seeds);
  if (lines.length === 0) return [];
  return [
    ['data', ...moments].map((text): Field => ({ text, style: 'dim' })),
    ...lines.map(({ place, readings }) => [{ text: oneLine(place) }, ...readings.map(reading)]),
  ];
}

function reading(seed: ReportedSeed | undefined): Field {
  if (seed === undefined) return { text: '' };
  const words = oneLine(readingWords(seed));
  return seed.asDemanded ? { text: words, style: 'green' } : { text: words.toUpperCase(), style: 'red' };
}

function left({ residue, unexplained, troubles }: Report): readonly string[] {
  return [
    ...residue.map(({ kind, name }) => `  left behind: ${kind} ${oneLine(name)}`),
    ...unexplained.map(({ kind, name }) => `  new, but not ours: ${kind} ${oneLine(name)}`),
    ...troubles.map((words) => `  teardown: ${oneLine(words)}`),
  ];
}

/** The command comes last and whole, so that it can be copied. */
function facts(report: Report, paint: Paint, width: number): readonly string[] {
  const { level, previous, cause } = report;
  const from = previous === null ? '' : `, as an upgrade from ${previous.tag}`;
  const fact = (name: string, text: string): Field[] => [
    { text: name.padEnd('evidence'.length), style: 'dim' },
    { text: oneLine(text) },
  ];
  const told = [
    ...(level === null ? [] : [fact('level', `${levelName(level)}, ${levelStop(level, cause)}`)]),
    fact('tested', `${shortSha(report.head)}${from}, in ${duration(report.timings.totalMs)}`),
  ];
  const copied = [fact('evidence', report.evidence), fact('again', report.reproduce)];
  return [...columns(told, paint, width), ...columns(copied, paint)];
}
