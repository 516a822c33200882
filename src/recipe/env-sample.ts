import { SeatrialError } from '../shared/errors.ts';

/** One assignment of an `.env.sample`, in the order of the file; the last one of a key wins. */
export interface EnvEntry {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  /** `name=value` pairs of the comment behind the value, such as `length=32 charset=hex generate=false`. */
  readonly modifiers: Readonly<Record<string, string>>;
}

/** Reads an `.env.sample` as abra does: last assignment wins, earlier keys are expanded. Throws `recipe` error `env-sample`. */
export function parseEnvSample(text: string): readonly EnvEntry[] {
  const known = new Map<string, string>();
  const entries: EnvEntry[] = [];
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const number = index + 1;
    let line = (lines[index] ?? '').trimStart();
    if (line === '' || line.startsWith('#')) continue;
    // A quoted value may span lines.
    while (OPEN_QUOTE.test(line)) {
      index += 1;
      if (index >= lines.length) throw unclosed(number);
      line += `\n${lines[index]}`;
    }
    const entry = parseLine(line.trimEnd(), number, known);
    known.set(entry.key, entry.value);
    entries.push(entry);
  }
  return entries;
}

const ASSIGNMENT = /^(?:export\s+)?([A-Za-z0-9_.]+)\s*[=:][^\S\n]*([\s\S]*)$/;
/** An assignment whose value begins with a quote that does not end. */
const OPEN_QUOTE = /^(?:export\s+)?[A-Za-z0-9_.]+\s*[=:][^\S\n]*(?:'[^']*|"(?:[^"\\]|\\[\s\S])*\\?)$/;

/** The values that count: of each key the last. */
export function envOf(entries: readonly EnvEntry[]): Record<string, string> {
  return Object.fromEntries(entries.map((entry) => [entry.key, entry.value]));
}

function parseLine(line: string, number: number, known: ReadonlyMap<string, string>): EnvEntry {
  const [, key, rest] = ASSIGNMENT.exec(line) ?? [];
  if (key === undefined || rest === undefined) {
    throw new SeatrialError({
      kind: 'recipe',
      code: 'env-sample',
      sentence: `.env.sample line ${number} is no assignment: ${line.slice(0, 60)}`,
      remedy: 'Write KEY=value; keys have letters, digits, dots and underscores.',
      facts: { line: number },
    });
  }
  return { key, value: readValue(rest, known), line: number, modifiers: modifiersOf(rest) };
}

function modifiersOf(rest: string): Record<string, string> {
  const comment = /\s#(.*)$/.exec(rest)?.[1] ?? '';
  return Object.fromEntries(
    [...comment.matchAll(/(?:^|\s)([a-z]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

function unclosed(line: number): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code: 'env-sample',
    sentence: `.env.sample line ${line} begins a quoted value that never ends.`,
    remedy: 'Close the quote.',
    facts: { line },
  });
}

function readValue(rest: string, known: ReadonlyMap<string, string>): string {
  const literal = /^'([^']*)'/.exec(rest);
  if (literal?.[1] !== undefined) return literal[1];
  const double = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(rest);
  if (double?.[1] !== undefined) return expand(unescaped(double[1]), known);
  // A comment begins at the last `#` that has white space before it.
  return expand(rest.replace(/\s+#(?!.*\s#).*$/, '').trim(), known);
}

/** `\n` and `\r` mean what they say, other backslashes go, except before `$`. */
function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, (whole, character: string) =>
    character === 'n' ? '\n' : character === 'r' ? '\r' : character === '$' ? whole : character,
  );
}

/** Only upper-case names that stand earlier in the file; there are no defaults. */
function expand(value: string, known: ReadonlyMap<string, string>): string {
  return value.replace(/(\\?)\$\{?([A-Z0-9_]+)\}?/g, (whole, escaped: string, name: string) =>
    escaped === '\\' ? whole.slice(1) : (known.get(name) ?? ''),
  );
}
