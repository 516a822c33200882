// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal control sequences are what this removes
const TERMINAL_SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const BIDIRECTIONAL = /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g;

/** Text from strangers without terminal sequences, control and bidirectional characters; tabs and newlines stay. */
export function plain(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(TERMINAL_SEQUENCES, '')
    .replace(CONTROL, '')
    .replace(BIDIRECTIONAL, '');
}

/** Cuts to a number of code points, ending in an ellipsis when something was cut. */
export function cut(text: string, points: number): string {
  const all = Array.from(text);
  return all.length <= points ? text : all.slice(0, points - 1).join('') + '…';
}

/** One line: newlines and runs of white space become one space. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, ' ').trim();
}

/** The last non-empty lines. */
export function lastLines(text: string, count: number): string[] {
  return plain(text)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count);
}

/** "a, b and c" */
export function list(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** "1 seed", "3 seeds" */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
