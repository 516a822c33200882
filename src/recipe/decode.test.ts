import { describe, expect, test } from 'vitest';
import { thrownBy } from '../../test/support/errors.ts';
import { decodeText } from './decode.ts';

describe('a file', () => {
  test('in UTF-8 is its text, and a byte order mark at its start is no part of it', () => {
    expect(decodeText('x', Buffer.from('ä: "€ 😀"\r\n\tb\n'))).toBe('ä: "€ 😀"\r\n\tb\n');
    expect(decodeText('x', Buffer.from('\ufeffa: 1\n'))).toBe('a: 1\n');
  });

  test.each([
    ['in UTF-16 with the low byte first', Buffer.from('\ufeffa', 'utf16le'), 'not-utf8', 1, 'it is UTF-16'],
    ['in UTF-16 with the high byte first', Buffer.from([0xfe, 0xff, 0, 97]), 'not-utf8', 1, 'it is UTF-16'],
    ['with a byte of Latin-1', Buffer.from('a\nb\xe9\n', 'latin1'), 'not-utf8', 2, 'it is not UTF-8'],
    ['with a zero byte', Buffer.from('a\n\n\0'), 'nul-byte', 3, 'it has a zero byte'],
  ])('%s is refused with its line', async (_, bytes, code, line, why) => {
    const error = await thrownBy(() => decodeText('conf/x.yml', bytes));
    expect(error).toMatchObject({
      kind: 'recipe',
      code,
      facts: { file: 'conf/x.yml', line, requirement: 23 },
    });
    expect(error.message).toBe(`conf/x.yml line ${line} is not read: ${why}.`);
  });

  test.each([
    ...['\u0001', '\u0008', '\u000b', '\u000c', '\u000e', '\u001f', '\u007f', '\u0085', '\u009f'],
    ...['\u2028', '\u2029', '\u202a', '\u202e', '\u2066', '\u2069', '\ufeff'],
  ])('with the character %j is refused by its name', async (odd) => {
    const error = await thrownBy(() => decodeText('x', Buffer.from(`a\nb${odd}c\n`)));
    const name = `U+${(odd.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    expect(error.message).toBe(`x line 2 is not read: it has the character ${name}.`);
  });

  test('with a carriage return that ends no line is refused', async () => {
    const error = await thrownBy(() => decodeText('x', Buffer.from('a\rb\n')));
    expect(error.code).toBe('control-character');
  });
});
