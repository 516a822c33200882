import { SeatrialError } from '../shared/errors.ts';

/** One assignment of an `.env.sample`, in the order of the file; the last one of a key wins. */
export interface EnvEntry {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Reads an `.env.sample` as abra does: last assignment wins, earlier keys are expanded. Throws `recipe` error `env-sample`. */
export function parseEnvSample(text: string): readonly EnvEntry[] {
  const known = new Map<string, string>();
  const entries: EnvEntry[] = [];
  text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .forEach((raw, index) => {
      const line = raw.trim();
      if (line === '' || line.startsWith('#')) return;
      const entry = parseLine(line, index + 1, known);
      known.set(entry.key, entry.value);
      entries.push(entry);
    });
  return entries;
}

/** The values that count: of each key the last. */
export function envOf(entries: readonly EnvEntry[]): Record<string, string> {
  return Object.fromEntries(entries.map((entry) => [entry.key, entry.value]));
}

function parseLine(line: string, number: number, known: ReadonlyMap<string, string>): EnvEntry {
  const match = /^(?:export\s+)?([A-Za-z0-9_.]+)\s*[=:]\s*(.*)$/.exec(line);
  const [, key, rest] = match ?? [];
  if (key === undefined || rest === undefined) {
    throw new SeatrialError({
      kind: 'recipe',
      code: 'env-sample',
      sentence: `.env.sample line ${number} is no assignment: ${line.slice(0, 60)}`,
      remedy: 'Write KEY=value; keys have letters, digits, dots and underscores.',
      facts: { line: number },
    });
  }
  return { key, value: readValue(rest, known), line: number };
}

function readValue(rest: string, known: ReadonlyMap<string, string>): string {
  const literal = /^'([^']*)'/.exec(rest);
  if (literal?.[1] !== undefined) return literal[1];
  const double = /^"((?:[^"\\]|\\.)*)"/.exec(rest);
  if (double?.[1] !== undefined)
    return expand(double[1].replace(/\\n/g, '\n').replace(/\\([^$])/g, '$1'), known);
  return expand(rest.replace(/\s+#[^#]*$/, '').trim(), known);
}

function expand(value: string, known: ReadonlyMap<string, string>): string {
  return value.replace(
    /(\\?)\$(?:\{([A-Z0-9_]+)\}|([A-Z0-9_]+))/g,
    (whole, escaped: string, braced?: string, bare?: string) =>
      escaped === '\\' ? whole.slice(1) : (known.get(braced ?? bare ?? '') ?? ''),
  );
}
