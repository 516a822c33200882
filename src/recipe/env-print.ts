import { SeatrialError } from '../shared/errors.ts';

/**
 * Prints an environment as an `.env` file that abra, like `parseEnvSample`, reads back to the
 * same values, in the order given. Throws `input` error `env-unprintable` for a key that no
 * such file can have, and for the few values that its quoting rules cannot express: those with
 * an end of line, or a quote at the start, that end in a backslash or a double quote.
 */
export function printEnv(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => {
      const printed = printedValue(value);
      if (!/^[A-Za-z0-9_.]+$/.test(key) || printed === undefined) throw unprintable(key);
      return `${key}=${printed}\n`;
    })
    .join('');
}

function printedValue(value: string): string | undefined {
  if (!NEEDS_QUOTES.test(value)) return value.replaceAll('$', '\\$');
  if (!value.includes("'") && !value.includes('\r\n') && !value.endsWith('\\')) return `'${value}'`;
  // The reader takes any quote behind a backslash for a part of the value, and cuts quotes off the end.
  if (/[\\"]$/.test(value)) return undefined;
  const escaped = value
    .replace(/[\\"$]/g, '\\$&')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

/** Lines, blanks at the ends, what begins like a quoted value, and what reads like a comment. */
const NEEDS_QUOTES = /[\n\r]|^[\s\u0085"']|[\s\u0085]$|[\s\u0085]#/;

function unprintable(key: string): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'env-unprintable',
    sentence: `The value of ${JSON.stringify(key)} cannot be written into an .env file.`,
    remedy: 'Give it another ending than a backslash or a double quote, or write it on one line.',
    facts: { key },
  });
}
