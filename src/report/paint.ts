import { styleText } from 'node:util';
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

/** Rows with their fields one below the other, two spaces in and two apart. */
export function columns(rows: readonly (readonly Field[])[], paint: Paint): readonly string[] {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((field, index) => Math.max(known[index] ?? 0, points(field.text))),
    [],
  );
  return rows.map((row) =>
    `  ${row.map((field, index) => laidOut(field, widths[index] ?? 0, paint)).join('  ')}`.trimEnd(),
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
