import { expect, test } from 'vitest';
import { recipeReference } from './recipe-reference.ts';

test.each([
  ['a name', { TYPE: 'ghost' }, { name: 'ghost', version: undefined, address: undefined }],
  [
    'a name and a version',
    { TYPE: 'ghost:1.2.0+5.0' },
    { name: 'ghost', version: '1.2.0+5.0', address: undefined },
  ],
  ['a commit of a changed work tree', { TYPE: 'ghost:abc123+U' }, { name: 'ghost', version: 'abc123' }],
  ['RECIPE before TYPE', { TYPE: 'old', RECIPE: 'new' }, { name: 'new' }],
  ['TYPE where RECIPE is empty', { TYPE: 'old', RECIPE: '' }, { name: 'old' }],
  [
    'an address',
    { TYPE: 'https://git.example.org/us/ghost.git:1.0.0+5.0' },
    { name: 'ghost', version: '1.0.0+5.0', address: 'https://git.example.org/us/ghost.git' },
  ],
  [
    'an address with a port and no version',
    { TYPE: 'ssh://git@git.example.org:2222/us/ghost.git' },
    { name: 'ghost', version: undefined, address: 'ssh://git@git.example.org:2222/us/ghost.git' },
  ],
  [
    'an address as scp has them',
    { TYPE: 'git@git.example.org:us/ghost:abc' },
    { name: 'ghost', version: 'abc' },
  ],
])('an environment names its recipe by %s', (_, env, reference) => {
  expect(recipeReference(env)).toMatchObject(reference);
});

test.each([{}, { TYPE: '' }, { TYPE: ':1.0.0' }, { RECIPE: ' ', TYPE: '' }])('%j names no recipe', (env) => {
  expect(recipeReference(env)).toBeUndefined();
});
