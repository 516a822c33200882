import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseRunId, parseStackName } from './brand.ts';
import { newRunId } from './ids.ts';

const zeros = (count: number) => new Uint8Array(count);

test('run identifiers sort by age', () => {
  const start = Date.UTC(2025, 0, 1);
  const later = [0, 1, 59, 3600, 86_400, 40_000_000, 3_000_000_000].map((seconds) =>
    newRunId(start + seconds * 1000, zeros),
  );
  expect([...later].sort()).toEqual(later);
  expect(new Set(later).size).toBe(later.length);
});

test('two runs of the same second differ by chance', () => {
  const now = Date.UTC(2026, 5, 1);
  const bytes =
    (...values: number[]) =>
    () =>
      Uint8Array.from(values);
  expect(newRunId(now, bytes(0, 1))).not.toBe(newRunId(now, bytes(0, 2)));
  expect(newRunId(now, bytes(0, 1)).slice(0, 7)).toBe(newRunId(now, bytes(0, 2)).slice(0, 7));
});

test('every chance gives an identifier that parses and fits into the name of a stack', () => {
  for (let round = 0; round < 500; round += 1) {
    const id = newRunId(Date.UTC(2026, 0, 1) + round * 1000, (count) => randomBytes(count));
    expect(parseRunId(id)).toBe(id);
    expect(parseStackName(`customht-${id}f`)).toBeDefined();
  }
  expect(newRunId(Date.UTC(2026, 0, 1), () => Uint8Array.from([255, 255]))).toHaveLength(9);
});

test('a clock before the beginning of time still gives an identifier', () => {
  expect(newRunId(0, zeros)).toBe('000000000');
});
