import { expect, test } from 'vitest';
import { refusalComment, STICKY_MARKER, stickyComment } from './comment.ts';
import { ENDINGS } from './testing/endings.ts';
import { installs, opening, reportOn, unfinished, upgradeUntilData } from './testing/stories.ts';

test.each(Object.entries(ENDINGS))(
  'the comment on a run that ends with %s reads as it was approved',
  async (name, run) => {
    await expect(stickyComment(reportOn(run))).toMatchFileSnapshot(`testing/comments/${name}.md.txt`);
  },
);

test('the comment on a run that is under way shows what has ended, what runs and what is to come', async () => {
  const run = unfinished([...opening(), ...installs(), ...upgradeUntilData()]);
  await expect(stickyComment(reportOn(run))).toMatchFileSnapshot('testing/comments/under-way.md.txt');
});

test('the comment on a run that waits for a slot says so', () => {
  const run = unfinished([...opening().slice(0, 2), { type: 'waiting', reason: 'all 4 slots are taken' }]);
  expect(stickyComment(reportOn(run))).toContain('custom-html waits for a free slot');
});

test('the answer to somebody without permission names them without notifying them', async () => {
  await expect(refusalComment('mallory')).toMatchFileSnapshot('testing/comments/refusal.md.txt');
});

test('an answer to somebody without permission can not be taken for the sticky comment', () => {
  expect(refusalComment('mallory')).not.toContain(STICKY_MARKER);
});

test.each(Object.entries(ENDINGS))(
  'the marker is the first line, alone, of the comment on %s',
  (_name, run) => {
    expect(stickyComment(reportOn(run)).split('\n')[0]).toBe(STICKY_MARKER);
  },
);

test('no paragraph is wrapped, because forges show each newline in a comment as a line break', () => {
  const text = stickyComment(reportOn(ENDINGS['success'] ?? never()));
  const lines = text.split('\n');
  const wrapped = lines.filter((line, index) => isProse(line) && isProse(lines[index + 1] ?? ''));
  expect(wrapped).toEqual([]);
});

function isProse(line: string): boolean {
  return /^(?!```)[A-Za-z▰▱*`]/.test(line);
}

function never(): never {
  throw new Error('there is no such story');
}
