import { describe, expect, test } from 'vitest';
import { keyBytes } from '../shared/key-bytes.ts';
import { secretValue } from './secret-value.ts';
import { WORDS } from './words.ts';

const KEY = new Uint8Array(32).fill(7);
let labels = 0;

describe('a value', () => {
  test('has as many characters as asked, of letters and digits', () => {
    expect(made(32)).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(made(1)).toHaveLength(1);
  });

  test.each([
    ['hex', /^[0-9a-f]{500}$/],
    ['special', /^[!@#$%^&*_+=-]{500}$/],
    ['safespecial', /^[!@#%^&*_+=-]{500}$/],
    ['default', /^[A-Za-z0-9]{500}$/],
    ['alnum', /^[A-Za-z0-9]{500}$/],
    ['default,nonsense', /^[A-Za-z0-9]{500}$/],
    ['HEX', /^[0-9a-f]{500}$/],
  ])('of the charset %s has its characters alone', (charset, pattern) => {
    expect(made(500, charset)).toMatch(pattern);
  });

  test('of two charsets has characters of both', () => {
    const value = made(500, 'default,special');
    expect(value).toMatch(/^[A-Za-z0-9!@#$%^&*_+=-]{500}$/);
    expect(value).toMatch(/[A-Za-z0-9]/);
    expect(value).toMatch(/[!@#$%^&*]/);
  });

  test('has every character about as often as any other', () => {
    const counts = new Map<string, number>();
    for (const one of made(62_000)) counts.set(one, (counts.get(one) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // A byte taken modulo 62 would give the first eight characters a quarter more than the others.
    expect(Math.max(...counts.values())).toBeLessThan(1150);
    expect(Math.min(...counts.values())).toBeGreaterThan(850);
  });

  test('without a length is a passphrase of six words', () => {
    const words = made(undefined).split('-');
    expect(words).toHaveLength(6);
    expect(words.every((word) => /^[a-z]+$/.test(word))).toBe(true);
  });

  test('follows from its key and label alone', () => {
    const value = (label: string) => secretValue({ length: 20, charset: undefined }, keyBytes(KEY, label));
    expect(value('one')).toBe(value('one'));
    expect(value('one')).not.toBe(value('two'));
  });
});

test('there are as many different words as a byte has values, none too short to be hidden in output', () => {
  expect(new Set(WORDS).size).toBe(256);
});

function made(length: number | undefined, charset?: string): string {
  labels += 1;
  return secretValue({ length, charset }, keyBytes(KEY, `test ${labels}`));
}
