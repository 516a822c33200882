/**
 * A rule of a Traefik router as a tree, in the syntax of its second and third generation alike.
 * Names of matchers are as Traefik's documentation writes them, whatever the case in the text.
 */
export type Rule =
  | { readonly kind: 'matcher'; readonly name: MatcherName; readonly args: readonly string[] }
  | { readonly kind: 'and' | 'or'; readonly left: Rule; readonly right: Rule }
  | { readonly kind: 'not'; readonly rule: Rule };

export type ParsedRule =
  | { readonly ok: true; readonly rule: Rule }
  /** `at` counts characters of the text from 0. */
  | { readonly ok: false; readonly reason: string; readonly at: number };

/** Every matcher of HTTP and TCP routers, of both generations. */
const MATCHERS = [
  ...([
    'Host',
    'HostHeader',
    'HostRegexp',
    'HostSNI',
    'HostSNIRegexp',
    'ALPN',
    'ClientIP',
    'Method',
  ] as const),
  ...(['Path', 'PathPrefix', 'PathRegexp', 'Query', 'QueryRegexp'] as const),
  ...(['Header', 'HeaderRegexp', 'Headers', 'HeadersRegexp'] as const),
];
export type MatcherName = (typeof MATCHERS)[number];
const BY_NAME = new Map(MATCHERS.map((name) => [name.toLowerCase(), name]));

const MAX_LENGTH = 10_000;
const MAX_DEPTH = 100;

/** Reads a rule, or says why Traefik would not take it. Never throws. */
export function parseRule(text: string): ParsedRule {
  try {
    if (text.length > MAX_LENGTH) throw new NoRule(`it is longer than ${MAX_LENGTH} characters`, MAX_LENGTH);
    const reader: Reader = { text, at: 0, depth: 0 };
    const rule = alternatives(reader);
    if (!atEnd(reader)) throw unexpected(reader, '`&&` or `||`');
    return { ok: true, rule };
  } catch (error) {
    if (error instanceof NoRule) return { ok: false, reason: error.message, at: error.at };
    throw error;
  }
}

interface Reader {
  readonly text: string;
  at: number;
  depth: number;
}

class NoRule extends Error {
  readonly at: number;

  constructor(reason: string, at: number) {
    super(reason);
    this.at = at;
  }
}

function alternatives(reader: Reader): Rule {
  let left = conjunction(reader);
  while (took(reader, '||')) left = { kind: 'or', left, right: conjunction(reader) };
  return left;
}

function conjunction(reader: Reader): Rule {
  let left = operand(reader);
  while (took(reader, '&&')) left = { kind: 'and', left, right: operand(reader) };
  return left;
}

function operand(reader: Reader): Rule {
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) throw new NoRule(`it is nested deeper than ${MAX_DEPTH}`, reader.at);
  const rule = inner(reader);
  reader.depth -= 1;
  return rule;
}

function inner(reader: Reader): Rule {
  if (took(reader, '!')) return { kind: 'not', rule: operand(reader) };
  if (took(reader, '(')) {
    const rule = alternatives(reader);
    expect(reader, ')');
    return rule;
  }
  return matcher(reader);
}

function matcher(reader: Reader): Rule {
  skipSpace(reader);
  const start = reader.at;
  const [word = ''] = /^[A-Za-z]\w*/.exec(reader.text.slice(start)) ?? [];
  if (word === '') throw unexpected(reader, 'a matcher such as Host(`…`)');
  const name = BY_NAME.get(word.toLowerCase());
  if (name === undefined) throw new NoRule(`there is no matcher \`${word}\``, start);
  reader.at += word.length;
  expect(reader, '(');
  const args = [literal(reader)];
  while (took(reader, ',')) args.push(literal(reader));
  expect(reader, ')');
  return { kind: 'matcher', name, args };
}

/** Strings are those of Go: raw between backticks, or between double quotes with escapes. */
function literal(reader: Reader): string {
  skipSpace(reader);
  const { text, at } = reader;
  const quote = text[at];
  if (quote === "'") throw new NoRule('strings stand in backticks or double quotes, not in single ones', at);
  if (quote !== '`' && quote !== '"') throw unexpected(reader, 'a string in backticks or double quotes');
  const [whole, raw, quoted] = /^(?:`([^`]*)`|"((?:[^"\\\n]|\\.)*)")/.exec(text.slice(at)) ?? [];
  if (whole === undefined) throw new NoRule('a string is not closed', at);
  reader.at += whole.length;
  return raw ?? unescaped(quoted ?? '', at);
}

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/g;
const CONTROLS: Readonly<Record<string, string>> = {
  ...{ a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"' },
};

function unescaped(quoted: string, at: number): string {
  return quoted.replace(ESCAPE, (_whole, x?: string, u?: string, long?: string, octal?: string, one = '') => {
    const hex = x ?? u ?? long;
    const code = hex === undefined ? octal && Number.parseInt(octal, 8) : Number.parseInt(hex, 16);
    if (typeof code === 'number' && code <= 0x10ffff) return String.fromCodePoint(code);
    const control = CONTROLS[String(one)];
    if (control === undefined) throw new NoRule('a string has an escape that there is not', at);
    return control;
  });
}

function took(reader: Reader, sign: string): boolean {
  skipSpace(reader);
  if (!reader.text.startsWith(sign, reader.at)) return false;
  reader.at += sign.length;
  return true;
}

function expect(reader: Reader, sign: string): void {
  if (!took(reader, sign)) throw unexpected(reader, `\`${sign}\``);
}

function atEnd(reader: Reader): boolean {
  skipSpace(reader);
  return reader.at === reader.text.length;
}

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.text[reader.at] ?? '')) reader.at += 1;
}

function unexpected(reader: Reader, wanted: string): NoRule {
  const found = atEnd(reader) ? 'it ends' : `there is \`${reader.text.slice(reader.at, reader.at + 10)}\``;
  return new NoRule(`${found} where ${wanted} was expected`, reader.at);
}
