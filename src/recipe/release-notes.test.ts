import { expect, test } from 'vitest';
import { recipeOf } from '../../test/support/recipe.ts';

test('release notes come in the order of releases, and those of the next one last', () => {
  const { notes } = recipeOf({
    'compose.yml': 'services: {app: {image: x}}\n',
    'release/1.10.0+2.0': 'ten',
    'release/1.9.0+2.0': 'nine',
    'release/next': 'soon',
    'release/.gitkeep': '',
    'release/README.md': 'about',
    'release/old/1.0.0+1.0': 'elsewhere',
    'docs/release/1.0.0+1.0': 'elsewhere',
  });
  expect(notes).toEqual([
    { version: '1.9.0+2.0', file: 'release/1.9.0+2.0', text: 'nine' },
    { version: '1.10.0+2.0', file: 'release/1.10.0+2.0', text: 'ten' },
    { version: 'next', file: 'release/next', text: 'soon' },
  ]);
});
