import { expect, test } from 'vitest';
import { exportsOf } from './abra-sh.ts';

test('exports are read line by line, and nothing is executed', () => {
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
  expect(asEnv(text)).toEqual({ APP_CONF_VERSION: 'v2', DB_HOOK_VERSION: 'v12', LATER: 'v3' });
});

test('what stands behind a value becomes part of it, as abra has it', () => {
  expect(asEnv('export X_VERSION=v3 # why')).toEqual({ X_VERSION: 'v3 # why' });
});

test('each export knows its line', () => {
  expect(exportsOf('# versions\nexport A_VERSION=v1\n')).toEqual([
    { name: 'A_VERSION', value: 'v1', line: 2 },
  ]);
});

function asEnv(text: string): Record<string, string> {
  return Object.fromEntries(exportsOf(text).map(({ name, value }) => [name, value]));
}
