import { fatal } from './fatal.ts';

export interface EnvLine {
  readonly key: string;
  readonly value: string;
  readonly modifiers: Readonly<Record<string, string>>;
}

/** The parser of the documented rules: keys end at `=` or `:`, upper-case variables that stand earlier are filled in. */
export function parseEnvFile(text: string): readonly EnvLine[] {
  const lines: EnvLine[] = [];
  const known = new Map<string, string>();
  let rest = text.replaceAll('\r\n', '\n');
  for (;;) {
    rest = rest.trimStart();
    if (rest === '') return lines;
    if (rest.startsWith('#')) {
      rest = rest.slice(endOfLine(rest));
      continue;
    }
    const [head, key] = /^(?:export\s+)?([\w.]+)\s*[=:][^\S\n]*/.exec(rest) ?? fatal(badKey(rest));
    rest = rest.slice(head.length);
    const quote = rest[0] === "'" || rest[0] === '"' ? rest[0] : undefined;
    const end = quote === undefined ? endOfLine(rest) : endOfQuote(rest, quote);
    const raw = rest.slice(0, end);
    rest = rest.slice(end);
    const value =
      quote === undefined
        ? filledIn(uncommented(raw), known)
        : quote === "'"
          ? raw.slice(1, -1)
          : filledIn(unescaped(raw.slice(1, -1)), known);
    known.set(key ?? '', value);
    lines.push({ key: key ?? '', value, modifiers: quote === undefined ? modifiersIn(raw) : {} });
  }
}

function badKey(rest: string): string {
  return `unexpected character in variable name near ${JSON.stringify(rest.slice(0, 40))}`;
}

function endOfLine(text: string): number {
  const end = text.indexOf('\n');
  return end < 0 ? text.length : end;
}

/** A quote right behind a backslash does not end the value, in single quotes neither. */
function endOfQuote(text: string, quote: string): number {
  for (let at = 1; at < text.length; at += 1) if (text[at] === quote && text[at - 1] !== '\\') return at + 1;
  return fatal(`unterminated quoted value ${text.slice(0, 40)}`);
}

function uncommented(raw: string): string {
  for (let at = raw.length - 1; at > 0; at -= 1)
    if (raw[at] === '#' && /\s/.test(raw[at - 1] ?? '')) return raw.slice(0, at).trim();
  return raw.trim();
}

function unescaped(raw: string): string {
  return raw
    .replace(/\\./g, (pair) => (pair === '\\n' ? '\n' : pair === '\\r' ? '\r' : pair))
    .replace(/\\([^$])/g, '$1');
}

function filledIn(value: string, known: ReadonlyMap<string, string>): string {
  return value.replace(/(\\)?\$\{?([A-Z0-9_]+)?\}?/g, (whole, backslash?: string, name?: string) =>
    backslash !== undefined ? whole.slice(1) : name === undefined ? whole : (known.get(name) ?? ''),
  );
}

function modifiersIn(raw: string): Record<string, string> {
  const comment = / #(.*)$/.exec(raw)?.[1] ?? '';
  return Object.fromEntries(
    [...comment.matchAll(/([a-z]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
  );
}
