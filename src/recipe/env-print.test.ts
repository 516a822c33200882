import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { thrownBy } from '../../test/support/errors.ts';
import { isSeatrialError } from '../shared/errors.ts';
import { printEnv } from './env-print.ts';
import { commentedEntries, envOf, parseEnvSample } from './env-sample.ts';

/** Characters that mean something in an env file, more often than chance would have them. */
const CHARACTERS = fc.oneof(
  fc.constantFrom('"', "'", '\\', '$', '{', '}', '#', ' ', '\t', '\n', '\r', '=', ':', '`', '(', '\u00a0'),
  fc.constantFrom('A', 'B', 'n', 'r', 'export ', 'A=', '$A', '${A}', '\r\n', ' # ', 'ü', '𝄞'),
  fc.string({ unit: 'grapheme', maxLength: 3 }),
);
const TEXT = fc.array(CHARACTERS, { maxLength: 40 }).map((parts) => parts.join(''));
const KEY = fc.stringMatching(/^[A-Za-z0-9_.]{1,12}$/);

describe('an env file that we print', () => {
  test('says the same when it is read back, whatever the values are', () => {
    fc.assert(
      fc.property(fc.dictionary(KEY, TEXT, { noNullPrototype: true }), (values) => {
        const printable = Object.fromEntries(Object.entries(values).filter(([, value]) => prints(value)));
        expect(envOf(parseEnvSample(printEnv(printable)))).toEqual(printable);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['plain', 'b', 'A=b\n'],
    ['empty', '', 'A=\n'],
    ['with dollars', '$x ${Y}', 'A=\\$x \\${Y}\n'],
    ['with a comment sign', 'a # b', "A='a # b'\n"],
    ['with lines', 'one\ntwo', "A='one\ntwo'\n"],
    ['with lines and a single quote', "it's\n$5", 'A="it\'s\\n\\$5"\n'],
    ['with backticks', ', `www.example.com`', 'A=, `www.example.com`\n'],
    ['with a # at its start', '#b', 'A=#b\n'],
  ])('has values %s', (_, value, text) => {
    expect(printEnv({ A: value })).toBe(text);
    expect(envOf(parseEnvSample(text))).toEqual({ A: value });
  });

  test('keeps the order', () => {
    expect(printEnv({ Z: '1', A: '2' })).toBe('Z=1\nA=2\n');
  });

  test.each([
    ['a key with a dash', { 'k-x': '1' }, 'k-x'],
    ['an empty key', { '': '1' }, ''],
    ['lines, a single quote and a double quote at the end', { A: 'it\'s\n"' }, 'A'],
    ['lines, a single quote and a backslash at the end', { A: "it's\n\\" }, 'A'],
  ])('is refused for %s', async (_, values, key) => {
    const error = await thrownBy(() => printEnv(values));
    expect(error).toMatchObject({ kind: 'input', code: 'env-unprintable', facts: { key } });
  });
});

describe('reading an env file', () => {
  test('gives entries or one error with a line, for any text', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        const lines = text.split('\n').length;
        try {
          for (const { line } of [...parseEnvSample(text), ...commentedEntries(text)])
            expect(line >= 1 && line <= lines).toBe(true);
        } catch (error) {
          if (!isSeatrialError(error)) throw error;
          expect(error).toMatchObject({ kind: 'recipe', code: 'env-sample' });
          expect(error.facts['line']).toBeGreaterThan(0);
          expect(error.facts['line']).toBeLessThanOrEqual(lines);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['blanks', ' '],
    ['newlines', '\n'],
    ['letters', 'A'],
    ['comment signs', ' #'],
    ['exports', 'export '],
    ['empty values', 'A=""'],
    ['open quotes', 'A="'],
    ['dollars', 'A=$'],
    ['backslashes', 'A=\\'],
    ['names with blanks', 'A '],
    ['modifiers', 'A=v # a=b '],
    ['words in comments', '# A=b c=d'],
    ['braces', 'A=${A}'],
  ])('takes time in proportion to its length, also for 100 kB of %s', (_, unit) => {
    const text = (first: string, bytes: number) => first + unit.repeat(Math.ceil(bytes / unit.length));
    for (const first of ['', 'A=', 'A="', "A='", '#', 'A="x" ']) {
      const begun = performance.now();
      attempt(text(first, 100_000));
      expect(performance.now() - begun).toBeLessThan(1000);
    }
  });
});

function attempt(text: string): void {
  try {
    parseEnvSample(text);
    commentedEntries(text);
  } catch (error) {
    if (!isSeatrialError(error)) throw error;
  }
}

function prints(value: string): boolean {
  try {
    printEnv({ A: value });
    return true;
  } catch (error) {
    if (!isSeatrialError(error)) throw error;
    return false;
  }
}
