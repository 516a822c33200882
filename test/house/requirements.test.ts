import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ATTACKS } from '../hostile/attacks.ts';

const root = join(import.meta.dirname, '..', '..');

/** What the threat model asks of recipes and runs, and which of it a rule over files alone cannot prove. */
const REQUIREMENTS: readonly {
  readonly number: number;
  readonly about: string;
  readonly beyondRules?: true;
}[] = [
  { number: 20, about: 'what a checkout may bring along' },
  { number: 23, about: 'limits for the readers of files' },
  { number: 24, about: 'no files and code from elsewhere' },
  { number: 25, about: 'variables of the run alone', beyondRules: true },
  { number: 26, about: 'paths within the recipe, also when they are read', beyondRules: true },
  { number: 27, about: 'what is mounted' },
  { number: 28, about: 'the socket of Docker' },
  { number: 29, about: 'power over the host, and unknown keys', beyondRules: true },
  { number: 30, about: 'ports' },
  { number: 31, about: 'what belongs to others' },
  { number: 32, about: 'nodes' },
  { number: 33, about: 'limits for services, and for an app as a whole', beyondRules: true },
  { number: 34, about: 'names and labels of the run on everything', beyondRules: true },
  { number: 35, about: 'requests for the app alone' },
  { number: 36, about: 'images that stay what they were when the run began', beyondRules: true },
  { number: 37, about: 'what recipes execute runs in their own containers', beyondRules: true },
  { number: 40, about: 'networks of the run alone', beyondRules: true },
  { number: 41, about: 'what a run reaches outside', beyondRules: true },
  { number: 42, about: 'secrets of the run alone', beyondRules: true },
];
const ATTACKED = new Set(ATTACKS.map(({ requirement }) => requirement));
const TITLED = numbersInTitles();

test.each(REQUIREMENTS)('requirement $number ($about) has tests of its number', ({ number, beyondRules }) => {
  if (beyondRules) expect([...TITLED]).toContain(number);
  else expect([...TITLED, ...ATTACKED]).toContain(number);
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
