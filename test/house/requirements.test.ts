import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ATTACKS } from '../hostile/attacks.ts';

const root = join(import.meta.dirname, '..', '..');

interface Requirement {
  readonly number: number;
  readonly about: string;
  /** Attacks that are refused, tests of how stacks and runs are made, or both because neither proves it alone. */
  readonly by: 'attacks' | 'tests' | 'both';
}

/** What the threat model asks of recipes and runs. */
const REQUIREMENTS: readonly Requirement[] = [
  { number: 20, about: 'what a checkout may bring along', by: 'attacks' },
  { number: 23, about: 'limits for the readers of files', by: 'attacks' },
  { number: 24, about: 'no files and code from elsewhere', by: 'attacks' },
  { number: 25, about: 'variables of the run alone', by: 'tests' },
  { number: 26, about: 'paths within the recipe, also when they are read', by: 'both' },
  { number: 27, about: 'what is mounted', by: 'attacks' },
  { number: 28, about: 'the socket of Docker', by: 'attacks' },
  { number: 29, about: 'power over the host, and unknown keys', by: 'both' },
  { number: 30, about: 'ports', by: 'attacks' },
  { number: 31, about: 'what belongs to others', by: 'attacks' },
  { number: 32, about: 'nodes', by: 'attacks' },
  { number: 33, about: 'limits for services, and for an app as a whole', by: 'both' },
  { number: 34, about: 'names and labels of the run on everything', by: 'both' },
  { number: 35, about: 'requests for the app alone', by: 'attacks' },
  { number: 36, about: 'images that stay what they were when the run began', by: 'both' },
  { number: 37, about: 'what recipes execute runs in their own containers', by: 'tests' },
  { number: 40, about: 'networks of the run alone', by: 'both' },
  { number: 41, about: 'what a run reaches outside', by: 'both' },
  { number: 42, about: 'secrets of the run alone', by: 'both' },
];
const ATTACKED = new Set(ATTACKS.map(({ requirement }) => requirement));
const TITLED = numbersInTitles();

test.each(REQUIREMENTS)('requirement $number ($about) is proven by $by of its number', ({ number, by }) => {
  if (by !== 'attacks') expect([...TITLED]).toContain(number);
  if (by !== 'tests') expect([...ATTACKED]).toContain(number);
});

test('no test has the number of a requirement that is not among these', () => {
  const known = REQUIREMENTS.map(({ number }) => number);
  expect([...TITLED, ...ATTACKED].filter((number) => !known.includes(number))).toEqual([]);
});

/** Titles of tests, where they are written down, begin with the number of the requirement that they prove. */
function numbersInTitles(): ReadonlySet<number> {
  const files = globSync(['src/**/*.test.ts', 'test/*/*.ts'], { cwd: root });
  const titles = files.flatMap((file) => [
    ...readFileSync(join(root, file), 'utf8').matchAll(/(?:test|describe|\))\(\s*['"`]requirement (\d+):/g),
  ]);
  return new Set(titles.map(([, number]) => Number(number)));
}
