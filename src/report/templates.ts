import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import type { CheckOutcome, ResultStage } from '../journal/check.ts';
import { cut } from '../shared/text.ts';
import { cell, code, fence, html, md, prose } from './markdown.ts';
import type { StageState } from './schema.ts';
import { CHECK_WORDS, duration, STAGE_TITLES, STAGE_WORDS } from './words.ts';

export type Template = (view: object) => string;

/**
 * A template of this room. Handlebars escapes nothing by itself, because what is right differs
 * from place to place: every value passes through one of the helpers below.
 */
export function template(name: 'ended' | 'running' | 'refusal'): Template {
  const source = readFileSync(new URL(`./templates/${name}.hbs`, import.meta.url), 'utf8');
  const compiled = handlebars.compile<object>(source, { noEscape: true, strict: false });
  return (view) => compiled(view);
}

/** One set of signs for everything that ends or runs. */
const MARKS: Readonly<Record<StageState | 'refused', string>> = {
  success: '✅',
  failure: '❌',
  error: '⚠️',
  refused: '❌',
  cancelled: '➖',
  skipped: '➖',
  'not reached': '➖',
  running: '⏳',
  'to come': '·',
};

const CHECK_MARKS: Readonly<Record<CheckOutcome, string>> = {
  pass: '✅',
  fail: '❌',
  invalid: '⚠️',
  error: '⚠️',
  skipped: '➖',
  aborted: '➖',
};

/** Code points; escapes may make five characters of one. */
const LONGEST = { title: 120, cell: 200, sentence: 600, line: 2000 } as const;

const handlebars = Handlebars.create();
handlebars.registerHelper({
  md: (text: string) => md(short(text, LONGEST.title)),
  prose: (text: string) => prose(short(text, LONGEST.sentence)),
  code: (text: string) => code(short(text, LONGEST.title)),
  cell: (text: string) => cell(prose(short(text, LONGEST.cell))),
  fence: (text: string) => fence(text),
  fenceSh: (text: string) => fence(short(text, LONGEST.line), 'sh'),
  fenceToml: (text: string) => fence(text, 'toml'),
  html: (text: string) => html(short(text, LONGEST.title)),
  mark: (outcome: StageState | 'refused') => MARKS[outcome],
  word: (outcome: StageState) => unbroken(STAGE_WORDS[outcome]),
  title: (stage: ResultStage | undefined) => (stage === undefined ? '' : unbroken(STAGE_TITLES[stage])),
  checkMark: (outcome: CheckOutcome) => CHECK_MARKS[outcome],
  checkWord: (outcome: CheckOutcome) => unbroken(CHECK_WORDS[outcome]),
  demanded: (asDemanded: boolean) => (asDemanded ? '✅' : '❌'),
  time: (milliseconds: number | null) => (milliseconds === null ? '' : unbroken(duration(milliseconds))),
  number: (count: number) => String(count),
  bar: (reached: number, of: number) => '▰'.repeat(reached) + '▱'.repeat(of - reached),
});

/** Cut before anything else is done with it: a log can be long. */
function short(text: string, points: number): string {
  return cut(text.slice(0, 4 * points), points);
}

/** Short words that tables must not break. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}
