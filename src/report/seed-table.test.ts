import { expect, test } from 'vitest';
import type { ReportedSeed } from './schema.ts';
import { readingWords, seedTable } from './seed-table.ts';
import { ENDINGS } from './testing/endings.ts';
import { reportOn } from './testing/stories.ts';

test('seeds of two stages at one place are one line, with a reading for each moment', () => {
  const run = ENDINGS['success'];
  const { moments, lines } = seedTable(run === undefined ? [] : reportOn(run).seeds);
  expect(moments).toEqual([
    'planted',
    'after the upgrade',
    'before the backup',
    'after the wipe',
    'after the restore',
  ]);
  expect(lines.map(({ place, readings }) => [place, ...readings.map((seed) => seed?.state)])).toEqual([
    ['volume content', 'intact', 'intact', 'intact', 'missing', 'intact'],
    ['through the app', 'intact', 'intact', 'intact', 'missing', 'intact'],
  ]);
});

test('two volumes that are both served by the app are told apart', () => {
  const { lines } = seedTable(
    ['upgrade:content', 'upgrade:media'].flatMap((seed) => [
      reading({ seed, place: 'through the app' }),
      reading({ seed, place: 'through the app', moment: 'after the upgrade' }),
    ]),
  );
  expect(lines.map(({ place }) => place)).toEqual(['content, through the app', 'media, through the app']);
});

test('where nobody looked the table is empty at that place', () => {
  const { lines } = seedTable([
    reading({}),
    reading({ place: 'through the app', moment: 'after the upgrade' }),
  ]);
  expect(lines.map(({ readings }) => readings.map((seed) => seed?.moment))).toEqual([
    ['planted', undefined],
    [undefined, 'after the upgrade'],
  ]);
});

test('data that was planted and never looked at again makes no table, unless it was not there', () => {
  expect(seedTable([reading({})]).lines).toEqual([]);
  expect(seedTable([reading({ state: 'missing', asDemanded: false })]).lines).toHaveLength(1);
});

test.each([
  [{}, 'there'],
  [{ state: 'missing', moment: 'after the wipe' }, 'gone'],
  [{ moment: 'after the wipe', asDemanded: false }, 'still there'],
  [{ state: 'missing', moment: 'after the restore', asDemanded: false }, 'lost'],
  [{ state: 'changed', what: 'status 500', asDemanded: false }, 'changed: status 500'],
] as const)('%j reads as “%s”', (seed, words) => {
  expect(readingWords(reading(seed))).toBe(words);
});

function reading(seed: Partial<ReportedSeed>): ReportedSeed {
  return {
    seed: 'upgrade:content',
    place: 'volume content',
    moment: 'planted',
    state: 'intact',
    what: null,
    asDemanded: true,
    ...seed,
  };
}
