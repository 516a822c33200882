import { styleText } from 'node:util';
import { oneLine } from '../shared/text.ts';
import type { Report, StageState } from './schema.ts';
import { readingWords, seedTable } from './seed-table.ts';
import { duration, findingOf, headline, levelName, levelStop, placeOf, shortSha, STAGE_WORDS, whoseMove } from './words.ts';

export interface SummaryOptions {
  readonly color: boolean;
}

/** The end of a run for a terminal: verdict, stages, data, level, where the evidence lies, how to do it again. */
export function summary(report: Report, options: SummaryOptions): string {
  const paint = painter(options.color);
  const blocks = [
    [title(report, paint), ...reason(report)],
    columns(stageRows(report, paint)),
    columns(seedRows(report, paint)),
    facts(report, paint),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

function painter(color: boolean): Paint {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
}

export const STYLES: Readonly<Record<StageState | 'refused', Style>> = {
  success: 'green',
  failure: 'red',
  error: 'yellow',
  refused: 'red',
  cancelled: 'yellow',
  skipped: 'dim',
  'not reached': 'dim',
  running: 'cyan',
  'to come': 'dim',
};

function title(report: Report, paint: Paint): string {
  const { outcome, pull } = report;
  const word = outcome === null ? 'UNDER WAY' : outcome.toUpperCase();
  const where = pull === null ? '' : ` (${pull.owner}/${pull.repository}#${pull.number})`;
  const sign = paint(['bold', STYLES[outcome ?? 'running']].flat() as Style, word);
  return `${sign}  ${oneLine(headline(report))}${oneLine(where) === '' ? '' : ` ${oneLine(where)}`}`;
}

function reason({ cause, outcome }: Report): readonly string[] {
  if (cause === null) return [];
  const place = placeOf(cause);
  const move = whoseMove(outcome);
  return [
    `  ${oneLine(cause.sentence)}`,
    ...(place === undefined ? [] : [`  at ${oneLine(place)} (${oneLine(cause.code)})`]),
    ...(move === undefined ? [] : [`  ${move}`]),
  ];
}
