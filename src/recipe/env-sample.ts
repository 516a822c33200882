import { SeatrialError } from '../shared/errors.ts';

/** One assignment of an `.env.sample`, in the order of the file; the last one of a key wins. */
export interface EnvEntry {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  /** `name=value` pairs of the comment behind the value, such as `length=32 charset=hex generate=false`. */
  readonly modifiers: Readonly<Record<string, string>>;
}

/**
 * Reads an `.env.sample` as abra does, which is as godotenv 1.5 does. Throws `recipe` error
 * `env-sample`, with the line, for what that does not read.
 */
export function parseEnvSample(text: string): readonly EnvEntry[] {
  return scan(text).entries;
}

/**
 * Assignments that stand behind a `#`: features that an operator may switch on, and defaults.
 * Their values are as written, without quotes and with nothing filled in. Only keys that begin
 * with a capital letter count, since comments are prose. Throws what `parseEnvSample` throws.
 */
export function commentedEntries(text: string): readonly EnvEntry[] {
  return scan(text).comments.flatMap(({ text: comment, line }) => {
    const [, key, rest] = /^#[#\s]*(?:export\s+)?([A-Z_][A-Za-z0-9_.]*)=(.*)$/.exec(comment) ?? [];
    if (key === undefined || rest === undefined) return [];
    const { raw, comment: words } = /^["']/.test(rest) ? quotedInComment(rest) : cutComment(rest);
    return [{ key, value: raw.trim(), line, modifiers: modifiersOf(words) }];
  });
}

/** The values that count: of each key the last. */
export function envOf(entries: readonly EnvEntry[]): Record<string, string> {
  return Object.fromEntries(entries.map((entry) => [entry.key, entry.value]));
}

interface Comment {
  /** With its `#`. */
  readonly text: string;
  readonly line: number;
}

/** White space, but no newline. */
const BLANK = '[\\t\\v\\f\\r \\u0085\\u00a0]';
const SPACE = /[\s\u0085]*/y;
const COMMENT = /#[^\n]*/y;
// A key may have blanks inside, as odd as that is.
const KEY = new RegExp(`(?:export${BLANK}+)?((?:[\\p{L}\\p{N}_.]|${BLANK})*)([=:]${BLANK}*|$)`, 'uy');
const COMMENT_BEHIND_QUOTE = new RegExp(`${BLANK}*#([^\\n]*)`, 'y');
const UNQUOTED = /[^\n\r]*/y;

function scan(source: string): { entries: readonly EnvEntry[]; comments: readonly Comment[] } {
  const text = source.replaceAll('\r\n', '\n');
  const known = new Map<string, string>();
  const entries: EnvEntry[] = [];
  const comments: Comment[] = [];
  const lines = lineCounter(text);
  for (let at = skip(text, 0); at < text.length; at = skip(text, at)) {
    const line = lines(at);
    const comment = matchAt(COMMENT, text, at)?.[0];
    if (comment !== undefined) {
      comments.push({ text: comment, line });
      at += comment.length;
      continue;
    }
    const head = matchAt(KEY, text, at);
    if (head === undefined || head[0] === '' || /^export\s*$/.test(head[0]))
      throw noAssignment(text, at, line);
    const key = head[1]?.trim() ?? '';
    const read = readValue(text, at + head[0].length, line, known);
    // Words at the very end of the file, and a line that begins with `=`, set the variable without a name.
    if (key !== '' && head[2] !== '') {
      known.set(key, read.value);
      entries.push({ key, value: read.value, line, modifiers: modifiersOf(read.comment) });
    }
    at = read.end;
  }
  return { entries, comments };
}

function skip(text: string, at: number): number {
  return at + (matchAt(SPACE, text, at)?.[0].length ?? 0);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** Tells the line of a place; places are asked for in rising order, so that each newline is looked for once. */
function lineCounter(text: string): (at: number) => number {
  let line = 1;
  let next = text.indexOf('\n');
  return (at) => {
    for (; next >= 0 && next < at; next = text.indexOf('\n', next + 1)) line += 1;
    return line;
  };
}

interface ReadValue {
  readonly value: string;
  readonly comment: string;
  readonly end: number;
}

function readValue(text: string, at: number, line: number, known: ReadonlyMap<string, string>): ReadValue {
  const quote = text[at];
  if (quote !== '"' && quote !== "'") {
    const written = matchAt(UNQUOTED, text, at)?.[0] ?? '';
    const { raw, comment } = cutComment(written);
    return { value: expand(raw, line, known), comment, end: at + written.length };
  }
  const close = closingQuote(text, at);
  if (close === undefined) throw unclosed(line);
  const inner = withoutQuotes(text.slice(at, close), quote);
  return {
    value: quote === '"' ? expand(unescaped(inner), line, known) : inner,
    // What stands behind the quote is read on, so that only a comment may follow.
    comment: matchAt(COMMENT_BEHIND_QUOTE, text, close + 1)?.[1] ?? '',
    end: close + 1,
  };
}

/** A comment begins at the last `#` that has white space before it; what stands before stays. */
function cutComment(written: string): { raw: string; comment: string } {
  for (let at = written.lastIndexOf('#'); at > 0; at = written.lastIndexOf('#', at - 1)) {
    if (IS_BLANK.test(written[at - 1] ?? ''))
      return { raw: trimmed(written.slice(0, at)), comment: written.slice(at + 1) };
  }
  return { raw: trimmed(written), comment: '' };
}

const IS_BLANK = new RegExp(BLANK);

function trimmed(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && IS_BLANK.test(text[from] ?? '')) from += 1;
  while (to > from && IS_BLANK.test(text[to - 1] ?? '')) to -= 1;
  return text.slice(from, to);
}

/** Any quote behind a backslash is skipped, also behind an escaped one. */
function closingQuote(text: string, open: number): number | undefined {
  const quote = text[open] ?? '"';
  for (let at = text.indexOf(quote, open + 1); at >= 0; at = text.indexOf(quote, at + 1))
    if (text[at - 1] !== '\\') return at;
  return undefined;
}

/** All quotes at both ends go, so that an escaped one at the end leaves its backslash behind. */
function withoutQuotes(text: string, quote: string): string {
  let [from, to] = [0, text.length];
  while (to > 0 && text[to - 1] === quote) to -= 1;
  while (from < to && text[from] === quote) from += 1;
  return text.slice(from, to);
}

function quotedInComment(rest: string): { raw: string; comment: string } {
  const close = closingQuote(rest, 0);
  if (close === undefined) return cutComment(rest);
  return {
    raw: rest.slice(1, close),
    comment: matchAt(COMMENT_BEHIND_QUOTE, rest, close + 1)?.[1] ?? '',
  };
}

/** `\n` and `\r` mean what they say, other backslashes go, except before `$`. */
function unescaped(text: string): string {
  return text
    .replace(/\\(.)/g, (whole, character: string) =>
      character === 'n' ? '\n' : character === 'r' ? '\r' : whole,
    )
    .replace(/\\([^$])/g, '$1');
}

/** Longer ones are handed to no program by Linux, and ten lines of `$A$A` make a gigabyte. */
const LONGEST_VALUE = 64 * 1024;

/** Only names of capitals that stand earlier in the file; there are no defaults, and `\$` is a dollar. */
function expand(value: string, line: number, known: ReadonlyMap<string, string>): string {
  let length = value.length;
  const expanded = value.replace(/(\\?)\$\(?\{?([A-Z0-9_]*)\}?/g, (whole, escaped: string, name: string) => {
    if (escaped !== '') return whole.slice(1);
    const filling = name === '' ? whole : (known.get(name) ?? '');
    length += filling.length - whole.length;
    return length > LONGEST_VALUE ? '' : filling;
  });
  if (length > LONGEST_VALUE) throw tooLong(line);
  return expanded;
}

function modifiersOf(comment: string): Record<string, string> {
  return Object.fromEntries(
    [...comment.matchAll(/(?<!\S)([a-z]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

function noAssignment(text: string, at: number, line: number): SeatrialError {
  const end = text.indexOf('\n', at);
  const words = text.slice(at, end < 0 ? at + 60 : Math.min(end, at + 60));
  return new SeatrialError({
    kind: 'recipe',
    code: 'env-sample',
    sentence: `.env.sample line ${line} is no assignment: ${words}`,
    remedy: 'Write KEY=value; keys have letters, digits, dots and underscores.',
    facts: { file: '.env.sample', line },
  });
}

function tooLong(line: number): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code: 'env-sample',
    sentence: `.env.sample line ${line} has a value of more than ${LONGEST_VALUE / 1024} KiB with its variables filled in.`,
    remedy: 'Put large content into a file of the recipe and make it a config.',
    facts: { file: '.env.sample', line, requirement: 23 },
  });
}

function unclosed(line: number): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code: 'env-sample',
    sentence: `.env.sample line ${line} begins a quoted value that never ends.`,
    remedy: 'Close the quote; a quote behind a backslash does not close.',
    facts: { file: '.env.sample', line },
  });
}
