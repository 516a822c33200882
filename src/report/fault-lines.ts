import type { Severity } from '../recipe/finding.ts';
import { oneLine } from '../shared/text.ts';
import { arrowed, type Paint, type Style, wrapped } from './paint.ts';

export interface Fault {
  /** `file:line`, or empty. */
  readonly place: string;
  readonly severity: Severity;
  readonly code: string;
  readonly sentence: string;
  readonly remedy: string;
}

const STYLES: Readonly<Record<Severity, Style>> = {
  refusal: ['bold', 'red'],
  error: ['bold', 'red'],
  warning: ['bold', 'yellow'],
  note: ['bold', 'cyan'],
};

/** A finding as compilers tell faults, so that editors can jump there, and below it what to write instead. */
export function faultLines(fault: Fault, paint: Paint, width: number): readonly string[] {
  const place = fault.place === '' ? '' : `${oneLine(fault.place)}: `;
  const kind = `${fault.severity} ${oneLine(fault.code)}: `;
  const [first = '', ...more] = wrapped(`${place}${kind}${oneLine(fault.sentence)}`, width - 2);
  // A place too long for the line is left as the terminal breaks it.
  const head = first.startsWith(place + kind)
    ? `${paint('bold', place)}${paint(STYLES[fault.severity], kind)}${first.slice(place.length + kind.length)}`
    : first;
  return [head, ...more.map((line) => `  ${line}`), ...arrowed(fault.remedy, width)];
}
