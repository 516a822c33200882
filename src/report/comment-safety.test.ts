import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { refusalComment, STICKY_MARKER, stickyComment } from './comment.ts';
import { ALL_HOSTILE, HOSTILE } from './testing/hostile.ts';
import { hostileRefusal, hostileReport } from './testing/hostile-report.ts';
import { lively, outsideCode, withoutFences } from './testing/markdown-reader.ts';

const EVERYWHERE = [...HOSTILE, ALL_HOSTILE].flatMap((text) => [
  { text, ending: 'failed', report: hostileReport(text) },
  { text, ending: 'was refused', report: hostileRefusal(text) },
]);

describe.each(EVERYWHERE)('a comment on a run that $ending and is full of $text', ({ text, report }) => {
  const comment = stickyComment(report);

  test('notifies nobody, refers to nothing and holds no link and no HTML but our own', () => {
    expect(lively(outsideCode(comment))).toEqual([]);
  });

  test('has its marker as the first line, once, and every other one is shown as text', () => {
    expect(comment.startsWith(`${STICKY_MARKER}\n`)).toBe(true);
    expect(outsideCode(comment).split(STICKY_MARKER)).toHaveLength(2);
  });

  test('closes everything that it opens, and what follows is ordinary text', () => {
    const outside = withoutFences(comment);
    expect(count(outside, /^<details>$/gm)).toBe(count(outside, /^<\/details>$/gm));
    expect(outside.trimEnd()).toMatch(/Comment `!testme` to test again\.$/);
  });

  test('keeps the columns of its tables', () => {
    for (const table of tables(withoutFences(comment))) expect(new Set(table.map(columns)).size).toBe(1);
  });

  test('is as safe while the run is under way', () => {
    const running = stickyComment({ ...report, outcome: null, phase: 'testing' });
    expect(lively(outsideCode(running))).toEqual([]);
  });

  test('is as safe when it refuses somebody of that name', () => {
    const refusal = refusalComment(text).replace(/^<!-- .* -->/, '');
    expect(lively(outsideCode(refusal))).toEqual([]);
  });
});

test('a comment stays below 60 000 characters, its fences and details closed, however much there is to say', () => {
  for (const size of [1_000, 20_000, 70_000, 500_000]) {
    const log = Array.from(
      { length: Math.ceil(size / 50) },
      (_, line) => `line ${line} \`\`\` of a log that nobody wants to read`,
    );
    const comment = stickyComment(hostileReport(log.join('\n')));
    expect(comment.length).toBeLessThan(60_000);
    const outside = withoutFences(comment);
    expect(count(outside, /^<details>$/gm)).toBe(count(outside, /^<\/details>$/gm));
    expect(comment).toContain('Comment `!testme` to test again.');
  }
});

test.each(['&', '<', '`', '@', '*', '|', '\\\\', '🚢'])(
  'a comment stays below 60 000 characters when all is %s',
  (sign) => {
    for (const length of [50, 500, 5000])
      for (const report of [hostileReport(sign.repeat(length)), hostileRefusal(sign.repeat(length))])
        expect(stickyComment(report).length).toBeLessThan(60_000);
  },
);

test('a log is cut from the front: its last line is what tells', () => {
  const lines = Array.from({ length: 5000 }, (_, line) => `line ${line} of the log`);
  const comment = stickyComment({
    ...hostileReport([...lines, 'the very last words'].join('\n')),
    reproduce: 'again',
  });
  expect(comment).toContain('[…]\n');
  expect(comment).toMatch(/the very last words\n`{3,}/);
  expect(comment).not.toMatch(/^line 10 of/m);
});

test('a comment with thousands of checks and adjustments says how many it leaves out', () => {
  const report = hostileReport('x');
  const [adjustment] = report.adjustments;
  const adjustments = Array.from(
    { length: 5000 },
    () => adjustment ?? { service: null, what: '', reason: '' },
  );
  const comment = stickyComment({ ...report, adjustments });
  expect(comment.length).toBeLessThan(60_000);
  expect(comment).toContain('and 4940 more in `report.json`');
});

test('a comment with thousands of refusals says how many it leaves out, and offers no feature that it would cut', () => {
  const [refusal] = hostileRefusal('x').refusals;
  const refusals = Array.from({ length: 5000 }, (_, index) => ({
    ...{ code: 'bind-mount', sentence: 's', remedy: 'r', file: 'f', service: null, requirement: 27 },
    ...refusal,
    ...{ line: index + 1, feature: `f${index}${'x'.repeat(index === 1 ? 5000 : 0)}` },
    ...{ approvable: index !== 2, added: true },
  }));
  const comment = stickyComment({ ...hostileReport('x'), outcome: 'refused', refusals });
  expect(comment.length).toBeLessThan(60_000);
  expect(comment).toContain('And 4980 more in `report.json`.');
  expect(comment.match(/^feature = .*$/gm)).toHaveLength(18);
});

test('no template prints a value but through a helper that knows what is right at that place', () => {
  const directory = new URL('./templates/', import.meta.url);
  for (const name of readdirSync(directory)) {
    const source = readFileSync(new URL(name, directory), 'utf8');
    const bare = [...source.matchAll(/\{\{(?![#/]|else)\s*([^}]*)\}\}/g)].map((match) => match[1] ?? '');
    expect(bare.filter((inside) => !inside.includes(' ') && inside !== 'marker')).toEqual([]);
    expect(source).not.toContain('{{{');
  }
});

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Runs of lines that are rows. */
function tables(text: string): readonly (readonly string[])[] {
  return text
    .split(/\n(?!\|)/)
    .map((part) => part.split('\n').filter((line) => line.startsWith('|')))
    .filter((rows) => rows.length > 0);
}

function columns(row: string): number {
  return row.replace(/\\[\\|]/g, '').split('|').length;
}
