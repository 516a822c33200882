import { describe, expect, test } from 'vitest';
import { cut, lastLines, list, oneLine, plain } from './text.ts';

describe('text from strangers', () => {
  test('loses colours, links and titles of terminals', () => {
    expect(plain('\u001b[31mred\u001b[0m \u001b]8;;http://evil\u0007link\u001b]8;;\u0007')).toBe('red link');
    expect(plain('\u001b]0;title\u001b\\after')).toBe('after');
  });

  test('loses control and bidirectional characters, keeps tabs and newlines', () => {
    expect(plain('a\u0000b\u0007c\td\ne\u009bf\u202eg\u2066h')).toBe('abc\td\nefgh');
  });

  test('has one kind of line end', () => {
    expect(plain('a\r\nb\rc')).toBe('a\nb\nc');
  });
});

test('cutting counts code points and breaks no character in two', () => {
  expect(cut('⚓⚓⚓', 3)).toBe('⚓⚓⚓');
  expect(cut('😀😀😀😀', 3)).toBe('😀😀…');
  expect(cut('😀😀😀😀', 3).isWellFormed()).toBe(true);
});

test('one line is one line', () => {
  expect(oneLine('  a\n\n\tb\u001b[1m c \r\n')).toBe('a b c');
});

test('the last lines leave out the empty ones and keep their order', () => {
  expect(lastLines('one\n\ntwo  \n \nthree\n', 2)).toEqual(['two', 'three']);
  expect(lastLines('', 3)).toEqual([]);
});

test('lists read like a sentence', () => {
  expect(list([])).toBe('');
  expect(list(['a'])).toBe('a');
  expect(list(['a', 'b'])).toBe('a and b');
  expect(list(['a', 'b', 'c'])).toBe('a, b and c');
});
