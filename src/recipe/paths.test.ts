import { expect, test } from 'vitest';
import { pathWithin } from './paths.ts';

test.each([
  ['', 'compose.yml', 'compose.yml'],
  ['', './a//b/./c', 'a/b/c'],
  ['sub/', '../compose.yml', 'compose.yml'],
  ['sub/deep', '../other', 'sub/other'],
  ['', '.', ''],
  ['sub', '..', ''],
])('from “%s” the path %s is %s', (folder, path, found) => {
  expect(pathWithin(folder, path)).toBe(found);
});

test.each([
  ['', '..'],
  ['', '../x'],
  ['sub', '../../x'],
  ['sub', 'a/../../../x'],
  ['', '/etc/passwd'],
  ['sub', '/etc'],
  ['', '~/x'],
  ['', ''],
  ['', 'a\0b'],
])('from “%s” the path “%s” is not in the recipe', (folder, path) => {
  expect(pathWithin(folder, path)).toBeUndefined();
});
