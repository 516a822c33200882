import { expect, test } from 'vitest';
import { median, resultOf } from './result.ts';
import { scriptText } from './script-text.ts';

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([9])).toBe(9);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('the result compares medians, not rounds', () => {
  const rounds = [
    { ours: 16, script: 160, floor: 14 },
    { ours: 40, script: 150, floor: 13 },
    { ours: 15, script: 155, floor: 30 },
  ];
  expect(resultOf(rounds)).toEqual({
    rounds: 3,
    ours_s: 16,
    script_s: 155,
    ratio: 0.103,
    floor_s: 14,
    overFloor: 1.143,
  });
});

test.each(['operator', 'floor'] as const)('%s.sh is one whole script', async (name) => {
  const text = await scriptText(name);
  expect(text).toMatch(/^#!\/usr\/bin\/env bash\n/);
  expect(text).toContain('clean_up() {');
  expect(text).not.toContain('common.sh');
});
