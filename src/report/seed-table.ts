import { SEED_MOMENTS } from '../journal/seed-row.ts';
import type { ReportedSeed } from './schema.ts';

/** The table seed × moment: where data was planted, and what a verifier read there at each moment. */
export interface SeedTable {
  readonly moments: readonly string[];
  readonly lines: readonly SeedLine[];
}

export interface SeedLine {
  readonly place: string;
  /** One for each moment; undefined where nobody looked. */
  readonly readings: readonly (ReportedSeed | undefined)[];
}

/**
 * Each stage plants seeds of its own (`upgrade:content`, `backup:content`); for readers they
 * are one line, since they lie at the same place and no moment belongs to two of them. Data
 * that was planted and never looked at again says nothing: then the table is empty.
 */
export function seedTable(seeds: readonly ReportedSeed[]): SeedTable {
  const moments = SEED_MOMENTS.filter((moment) => seeds.some((seed) => seed.moment === moment));
  if (moments.length < 2 && seeds.every(({ asDemanded }) => asDemanded)) return { moments: [], lines: [] };
  const groups = new Map<string, ReportedSeed[]>();
  for (const seed of seeds) {
    const key = JSON.stringify([dataOf(seed), seed.place]);
    groups.set(key, [...(groups.get(key) ?? []), seed]);
  }
  const lines = [...groups.values()].map((group) => ({
    place: placeOf(group, seeds),
    readings: moments.map((moment) => worst(group.filter((seed) => seed.moment === moment))),
  }));
  return { moments, lines };
}

/** `upgrade:content` and `backup:content` are both about `content`. */
function dataOf({ seed }: ReportedSeed): string {
  return seed.slice(seed.indexOf(':') + 1);
}

function placeOf(group: readonly ReportedSeed[], all: readonly ReportedSeed[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const others = all.some((seed) => seed.place === first.place && dataOf(seed) !== dataOf(first));
  return others ? `${dataOf(first)}, ${first.place}` : first.place;
}

function worst(seeds: readonly ReportedSeed[]): ReportedSeed | undefined {
  return seeds.find(({ asDemanded }) => !asDemanded) ?? seeds[0];
}

/** A reading in a word or two. */
export function readingWords({ state, what, asDemanded, moment }: ReportedSeed): string {
  switch (state) {
    case 'intact':
      return asDemanded ? 'there' : 'still there';
    case 'missing':
      return asDemanded || moment === 'planted' ? 'gone' : 'lost';
    case 'changed':
      return what === null ? 'changed' : `changed: ${what}`;
  }
}
