import { describe, expect, test } from 'vitest';
import { cell, code, fence, html, md, prose } from './markdown.ts';
import { ALL_HOSTILE, HOSTILE } from './testing/hostile.ts';
import { lively, outsideCode, withoutFences } from './testing/markdown-reader.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const INVISIBLE = /[\u0000\u001b\u061c\u200f\u202a-\u202e\u2028\u2066-\u2069\ufeff]/;
const everything = [...HOSTILE, ALL_HOSTILE];

describe.each(everything)('text from a stranger: %j', (text) => {
  test('notifies nobody, refers to nothing and is no link or HTML, as text, sentence, code and cell', () => {
    for (const form of [md(text), prose(text), code(text), cell(prose(text)), cell(md(text))])
      expect(lively(outsideCode(form))).toEqual([]);
  });

  test('stays on one line outside of fences', () => {
    for (const form of [md(text), prose(text), code(text)]) expect(form).not.toContain('\n');
  });

  test('holds no control, terminal or direction characters', () => {
    for (const form of [md(text), prose(text), code(text), fence(text), html(text)])
      expect(form).not.toMatch(INVISIBLE);
  });

  test('does not leave its fence', () => {
    expect(withoutFences(`${fence(text)}\nafter`)).toBe('after');
  });

  test('does not leave its cell', () => {
    expect(cellsOf(`| ${cell(prose(text))} | ${cell(code(text))} |`)).toBe(2);
  });

  test('does not leave an HTML element, and wakes nobody there', () => {
    expect(html(text)).not.toMatch(/[<>]|@\w|[#!]\d|:\/\//);
  });
});

test('a fence holds whatever backticks and line ends are put into it', () => {
  const random = seeded(7);
  const pieces = ['`', '``', '```', '````', '~~~', '\n', '\r\n', '\r', ' ', 'text', '\\', '    '];
  for (let round = 0; round < 3000; round += 1) {
    const length = Math.floor(random() * 14);
    const text = Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join('');
    expect(withoutFences(`before\n${fence(text)}\nafter`), JSON.stringify(text)).toBe('before\nafter');
    expect(outsideCode(`a ${code(text)} b`), JSON.stringify(text)).toBe('a § b');
    expect(lively(outsideCode(prose(`${text}@alice${text}`))), JSON.stringify(text)).toEqual([]);
  }
});

test('a mention is stopped by code, since neither a backslash nor an entity stops it on every forge', () => {
  expect(md('thanks @alice')).toBe('thanks `@alice`');
  expect(md('see #12 and !3')).toBe('see `#12` and `!3`');
});

test('what needs no escape is left alone, so that a comment reads well in a mail too', () => {
  const text =
    'Service app now mounts a volume at /usr/share/nginx/html, where 1.1.0+1.22.1 (of May) mounts none.';
  expect(md(text)).toBe(text);
});

test('a sentence keeps its code, and what it quotes becomes code', () => {
  expect(prose('Service `app` says “unknown directive @x”.')).toBe(
    'Service `app` says `unknown directive @x`.',
  );
});

test('two code spans that touch stay two', () => {
  expect(outsideCode(prose('`one``two`@three'))).toBe('§\u200d§\u200d§');
});

test('a pipe in a cell is shown, also in code and after a backslash', () => {
  expect(cell(code('a|b'))).toBe('`a\\|b`');
  expect(cellsOf(`| ${cell(code('a\\|b'))} |`)).toBe(1);
});

/** Cells of a row as the strictest reader splits them: at each pipe without a backslash right before it, in pairs. */
function cellsOf(row: string): number {
  return row.replace(/\\[\\|]/g, '').split('|').length - 2;
}

/** The same numbers each time: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
