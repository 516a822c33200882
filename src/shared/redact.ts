/** Replaces registered secrets in everything that leaves the process. */
export interface Redactor {
  /**
   * Registers a secret before its first use, and gives what forgets it again. Values under
   * 6 characters would blank ordinary text and are refused.
   */
  register(secret: string): () => void;
  redact(text: string): string;
  /** For text that comes in pieces: a secret that two pieces share is not to be read either. */
  stream(write: (text: string) => void): RedactingStream;
}

export interface RedactingStream {
  /** Passes on what can be told to be no part of a secret, at once. */
  write(text: string): void;
  /** Passes on what was held back. */
  end(): void;
}

const SHORTEST = 6;
const INSTEAD = '[redacted]';

export function createRedactor(): Redactor {
  /** How often each secret is registered: two runs may share one that their suite has. */
  const secrets = new Map<string, number>();
  let known: Forms | undefined;
  const forms = (): Forms => {
    known ??= formsOf(secrets.keys());
    return known;
  };
  const count = (secret: string, by: 1 | -1): void => {
    const times = (secrets.get(secret) ?? 0) + by;
    if (times > 0) secrets.set(secret, times);
    else secrets.delete(secret);
    known = undefined;
  };
  const redact = (text: string): string => {
    const { pattern } = forms();
    return pattern === undefined ? text : text.replace(pattern, INSTEAD);
  };
  return {
    register(secret) {
      if (secret.length < SHORTEST) return () => undefined;
      count(secret, 1);
      let registered = true;
      return () => {
        if (registered) count(secret, -1);
        registered = false;
      };
    },
    redact,
    stream(write) {
      let held = '';
      const pass = (text: string) => (text === '' ? undefined : write(text));
      return {
        write(text) {
          const seen = split(held + text, forms());
          held = seen.held;
          pass(seen.passed);
        },
        end() {
          const rest = held;
          held = '';
          pass(redact(rest));
        },
      };
    },
  };
}

/** How the secrets may be written. */
interface Forms {
  /** Undefined where there is nothing to hide. */
  readonly pattern: RegExp | undefined;
  readonly longest: number;
  readonly byFirst: ReadonlyMap<string, readonly string[]>;
}

function formsOf(secrets: Iterable<string>): Forms {
  const all = new Set<string>();
  for (const secret of secrets) for (const form of waysToWrite(secret)) all.add(form);
  // Of two forms of which one begins with the other, the longer has to be tried first.
  const longestFirst = [...all].sort((a, b) => b.length - a.length);
  return {
    pattern: all.size === 0 ? undefined : new RegExp(longestFirst.map(escapeRegExp).join('|'), 'g'),
    longest: longestFirst[0]?.length ?? 0,
    byFirst: Map.groupBy(longestFirst, (form) => form.charAt(0)),
  };
}

/** What of a text may go on now, and its end, which may be the beginning of a secret. */
function split(text: string, { pattern, longest, byFirst }: Forms): { passed: string; held: string } {
  if (pattern === undefined) return { passed: text, held: '' };
  const open = firstOpen(text, longest, byFirst);
  let passed = '';
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index >= open) break;
    passed += text.slice(at, match.index) + INSTEAD;
    at = match.index + match[0].length;
  }
  const end = Math.max(at, open);
  return { passed: passed + text.slice(at, end), held: text.slice(end) };
}

/** The first place from which on the text is the beginning of a form that it does not have the end of. */
function firstOpen(text: string, longest: number, byFirst: Forms['byFirst']): number {
  for (let at = Math.max(0, text.length - longest + 1); at < text.length; at += 1) {
    const rest = text.slice(at);
    const candidates = byFirst.get(text.charAt(at)) ?? [];
    if (candidates.some((form) => form.length > rest.length && form.startsWith(rest))) return at;
  }
  return text.length;
}

/** A secret as it may turn up, and each of its lines where it has several. */
function waysToWrite(secret: string): string[] {
  const whole = [secret, secret.trim(), secret.replace(/\r?\n/g, '\r\n')];
  const lines = secret.includes('\n') ? secret.split(/\r?\n/) : [];
  return [...new Set([...whole, ...lines])]
    .filter((text) => text.length >= SHORTEST)
    .flatMap((text) => [text, ...inAddresses(text), ...inJson(text), ...inHex(text), ...inBase64(text)]);
}

function inAddresses(text: string): string[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  const strict = encoded.replace(/[-_.!~*'()]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams({ '': text }).toString().slice(1);
  // Some writers have small digits, and only forms a plus for a space.
  const small = (one: string) => one.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [encoded, strict, form, form.replaceAll('+', '%20')].flatMap((one) => [one, small(one)]);
}

function inJson(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const unicode = (one: string) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return [
    plain,
    // As Go and careful browsers' writers have it.
    plain.replace(/[<>&\u2028\u2029]/g, unicode),
    // As writers of ASCII have it.
    plain.replace(/[\u007f-\uffff]/g, unicode),
  ];
}

function inHex(text: string): string[] {
  const hex = Buffer.from(text).toString('hex');
  return [hex, hex.toUpperCase()];
}

/** In the three ways in which it may lie across groups of three bytes; characters that others share are left out. */
function inBase64(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const own = encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
