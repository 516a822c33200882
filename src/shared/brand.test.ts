import { describe, expect, test } from 'vitest';
import { parseCommitSha, parseRunId, parseStackName } from './brand.ts';

describe('a commit id', () => {
  const sha = '0123456789abcdef0123456789abcdef01234567';

  test('is forty hex digits, upper case folded, white space around it dropped', () => {
    expect(parseCommitSha(sha)).toBe(sha);
    expect(parseCommitSha(`${sha.toUpperCase()}\n`)).toBe(sha);
  });

  test.each([
    ['a branch', 'main'],
    ['a short id', sha.slice(0, 39)],
    ['one digit too many', `${sha}0`],
    ['two ids', `${sha}\n${sha}`],
    ['a digit that is none', `${sha.slice(0, 39)}g`],
    ['an option', `--${sha.slice(2)}`],
    ['nothing', ''],
  ])('is not %s', (_, text) => {
    expect(parseCommitSha(text)).toBeUndefined();
  });
});

describe('a run identifier', () => {
  test('is nine digits and lower-case letters', () => {
    expect(parseRunId('00zohv67h')).toBe('00zohv67h');
  });

  test.each(['00zohv67', '00zohv67h0', '00ZOHV67H', '00zohv67-', '../../etc', ''])('is not “%s”', (text) => {
    expect(parseRunId(text)).toBeUndefined();
  });
});

describe('the name of a stack', () => {
  test('has at most 24 characters, so that a secret of it fits into 64', () => {
    const longest = `a${'b'.repeat(23)}`;
    expect(parseStackName(longest)).toBe(longest);
    expect(parseStackName(`${longest}c`)).toBeUndefined();
  });

  test.each(['1abc', '-abc', 'abc-', 'Abc', 'a_b', 'a.b', 'a', ''])('is not “%s”', (text) => {
    expect(parseStackName(text)).toBeUndefined();
  });
});
