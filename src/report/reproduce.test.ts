import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { reproduceLine, shellWord } from './reproduce.ts';
import { HOSTILE } from './testing/hostile.ts';
import { REQUEST } from './testing/stories.ts';

test('one line does the same run again, without a forge', () => {
  expect(reproduceLine(REQUEST)).toBe(
    `npx seatrial run custom-html --source https://git.example.org/recipes/custom-html.git --head ${REQUEST.head} --base main`,
  );
});

test('a run of some stages is run again with these stages', () => {
  expect(reproduceLine({ ...REQUEST, only: ['install', 'upgrade'] })).toMatch(/ --only install,upgrade$/);
});

test('a user and a password in an address stay out of the line', () => {
  const line = reproduceLine({ ...REQUEST, source: 'https://bot:secret@git.example.org/recipes/x.git' });
  expect(line).toContain('--source https://git.example.org/recipes/x.git ');
  expect(line).not.toContain('secret');
});

test('a value that looks like an option stays a value', () => {
  expect(reproduceLine({ ...REQUEST, base: '--upload-pack=x' })).toContain(' --base=--upload-pack=x');
});

test.each([...HOSTILE, "it's", '$(touch /tmp/x)', '`id`', '; rm -rf ~', 'a"b', '~/x', '*'])(
  'a shell takes %j as one word',
  (text) => {
    const word = text.replaceAll('\u0000', '');
    const printed = execFileSync('/bin/sh', ['-c', `printf '%s|' ${shellWord(word)}`], { encoding: 'utf8' });
    expect(printed).toBe(`${word.toWellFormed().replace(/\s+/g, ' ')}|`);
  },
);
