import { lastLines, oneLine } from '../shared/text.ts';
import { arrowed, columns, type Field, type Paint, painter, STYLES, wrapped } from './paint.ts';
import { refusalLines, refusalSentence } from './refusals.ts';
import type { Report, ReportedSeed } from './schema.ts';
import { readingWords, seedTable } from './seed-table.ts';
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

interface SummaryOptions {
  readonly color: boolean;
  /** Characters in a line of the terminal; undefined where there is none, and nothing is wrapped. */
  readonly columns?: number;
}

/** The end of a run for a terminal: verdict, stages, data, level, where the evidence lies, how to do it again. */
export function summary(report: Report, options: SummaryOptions): string {
  const paint = painter(options.color);
  const width = options.columns ?? Number.POSITIVE_INFINITY;
  const blocks = [
    [...title(report, paint, width), ...reason(report, paint, width)],
    refusalLines(report.refusals, paint, width),
    columns(stageRows(report), paint, width),
    columns(findingRows(report), paint, width),
    seedLines(report, paint, width),
    [...left(report)],
    facts(report, paint, width),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function title(report: Report, paint: Paint, width: number): readonly string[] {
  const { outcome, pull } = report;
  const word = outcome === null ? 'UNDER WAY' : outcome.toUpperCase();
  const where = pull === null ? '' : ` (${pull.owner}/${pull.repository}#${pull.number})`;
  const indent = word.length + 2;
  return wrapped(oneLine(`${headline(report)}${where}`), width - indent).map(
    (line, index) =>
      `${index === 0 ? `${paint(['bold', STYLES[outcome ?? 'running']], word)}  ` : ' '.repeat(indent)}${paint('bold', line)}`,
  );
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

/** A line for each place; on a terminal too narrow for that one for each moment, of which there are few. */
function seedLines({ seeds }: Report, paint: Paint, width: number): readonly string[] {
  const { moments, lines } = seedTable(seeds);
  if (lines.length === 0) return [];
  const head = ['data', ...moments].map((text): Field => ({ text, style: 'dim' }));
  const rows: readonly (readonly Field[])[] = [
    head,
    ...lines.map(({ place, readings }) => [{ text: oneLine(place) }, ...readings.map(reading)]),
  ];
  const unpainted = columns(rows, (_, text) => text);
  if (unpainted.every((line) => line.length <= width)) return columns(rows, paint);
  return columns(
    head.map((_, index) => rows.map((row) => row[index] ?? { text: '' })),
    paint,
  );
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
