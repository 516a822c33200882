import { describe, expect, test } from 'vitest';
import { readAbraScript } from './abra-sh.ts';

describe('the exports of an abra.sh', () => {
  test('are read line by line, and nothing is executed', () => {
    const text = [
      '#!/bin/bash',
      'export APP_CONF_VERSION=v1',
      'export DB_HOOK_VERSION=v12\r',
      '  export INDENTED=v1',
      '# export COMMENTED=v1',
      'export QUOTED="v1"',
      'export COMPUTED=$(rm -rf /)',
      'export EMPTY=',
      'PLAIN=v1',
      'export LATER=v3',
      'restore() {',
      '  export INSIDE=v1',
      '}',
      'export APP_CONF_VERSION=v2',
    ].join('\n');
    const pairs = readAbraScript(text).exports.map(({ name, value }) => [name, value]);
    expect(Object.fromEntries(pairs)).toEqual({
      APP_CONF_VERSION: 'v2',
      DB_HOOK_VERSION: 'v12',
      LATER: 'v3',
    });
  });

  test('take all that stands behind the equals sign, as abra has it', () => {
    expect(readAbraScript('export X_VERSION=v3 # why').exports[0]?.value).toBe('v3 # why');
  });

  test('know their lines', () => {
    expect(readAbraScript('# versions\nexport A_VERSION=v1\n').exports).toEqual([
      { name: 'A_VERSION', value: 'v1', line: 2 },
    ]);
  });
});

describe('what looks like an export and is none, or another one than it looks', () => {
  test.each([
    ['in double quotes', 'export A="v1"', 'quoted', false],
    ['in single quotes', "export A='v1'", 'quoted', false],
    ['computed by a command', 'export A=$(date)', 'computed', false],
    ['computed from a word on', 'export A=v`date`', 'computed', true],
    ['taken from a variable', 'export A=$B', 'computed', false],
    ['indented', '  export A=v1', 'indented', false],
    ['empty', 'export A=', 'empty', false],
    ['no word', 'export A=-v1', 'no-word', false],
    ['followed by a comment', 'export A=v1 # why', 'comment', true],
    ['followed by another one', 'export A=v1 B=v2', 'more-words', true],
    ['with a second equals sign', 'export A=v1=2', 'second-equals', true],
    ['a version without export', 'A_VERSION=v1', 'not-exported', false],
  ])('%s', (_, text, why, taken) => {
    const { doubtful, exports } = readAbraScript(`\n${text}\n`);
    expect(doubtful).toEqual([{ name: text.match(/\bA(_VERSION)?\b/)?.[0], line: 2, why, taken }]);
    expect(exports.length).toBe(taken ? 1 : 0);
  });

  test.each([
    ['a plain export', 'export A=v1'],
    ['another variable', 'FILE=dump.sql'],
    ['a comment', '# export A="v1"'],
    ['what a function does', 'backup() {\n  export A="v1"\nB_VERSION=x\n}'],
    ['a function on one line', 'one() { export A="v1"; }'],
  ])('is not %s', (_, text) => {
    expect(readAbraScript(text).doubtful).toEqual([]);
  });

  test('is told again behind the end of a function', () => {
    expect(readAbraScript('one() { :; }\nexport A="v1"').doubtful).toHaveLength(1);
    expect(readAbraScript('two()\n{\n  :\n}\nexport A="v1"').doubtful).toHaveLength(1);
  });
});

test('the functions of an abra.sh are those that a shell would know', () => {
  const text = [
    'set_up () {',
    '  inner() { :; }',
    '}',
    'function second {',
    '}',
    'function third() {',
    '}',
    'with-dash(){ :; }',
    'fourth()',
    '{',
    '}',
    '# no() {',
    'echo called()',
  ].join('\n');
  expect(readAbraScript(text).functions).toEqual([
    { name: 'set_up', line: 1 },
    { name: 'second', line: 4 },
    { name: 'third', line: 6 },
    { name: 'with-dash', line: 8 },
    { name: 'fourth', line: 9 },
  ]);
});
