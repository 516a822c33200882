import { styleText } from 'node:util';
import { oneLine } from '../shared/text.ts';
import type { StageState } from './schema.ts';

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colours where they are asked for; what the stream or the environment says was decided before. */
export function painter(color: boolean): Paint {
  return (style, text) => (color && text !== '' ? styleText(style, text, { validateStream: false }) : text);
}

export const STYLES: Readonly<Record<StageState | 'refused', 'green' | 'red' | 'yellow' | 'cyan' | 'dim'>> = {
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

export interface Field {
  readonly text: string;
  readonly style?: Style;
  readonly align?: 'right';
}

/** Narrower than this nothing is wrapped: a word a line is worse than what the terminal does. */
const LEAST_WIDTH = 24;

/**
 * Rows with their fields one below the other, two spaces in and two apart. Where the width of
 * the terminal is known, a last field that is too long goes on below its own beginning.
 */
export function columns(
  rows: readonly (readonly Field[])[],
  paint: Paint,
  width = Number.POSITIVE_INFINITY,
): readonly string[] {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((field, index) => Math.max(known[index] ?? 0, points(field.text))),
    [],
  );
  return rows.flatMap((row) => {
    const left = row.slice(0, -1);
    const last = row.at(-1);
    if (last === undefined) return [];
    const before = left.map((field, index) => `${laidOut(field, widths[index] ?? 0, paint)}  `).join('');
    const indent = left.reduce((sum, _, index) => sum + (widths[index] ?? 0) + 2, 2);
    return wrapped(last.text, width - indent).map((text, index) => {
      const field = laidOut({ ...last, text }, widths[left.length] ?? 0, paint);
      return `${index === 0 ? `  ${before}` : ' '.repeat(indent)}${field}`.trimEnd();
    });
  });
}

/** Lines of at most so many characters where words allow; the text as it is where that is too few. */
export function wrapped(text: string, width: number): readonly string[] {
  if (points(text) <= width || width < LEAST_WIDTH) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && points(line) + 1 + points(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** What to do about what stands above it. */
export function arrowed(text: string, width: number): readonly string[] {
  return wrapped(oneLine(text), width - 6).map(
    (line, index) => `${index === 0 ? '    → ' : '      '}${line}`,
  );
}

function laidOut({ text, style, align }: Field, width: number, paint: Paint): string {
  const space = ' '.repeat(Math.max(0, width - points(text)));
  const painted = style === undefined ? text : paint(style, text);
  return align === 'right' ? space + painted : painted + space;
}

function points(text: string): number {
  return Array.from(text).length;
}
