import { expect, test } from 'vitest';
import { recipeOf } from '../../test/support/recipe.ts';
import { withOverlays } from './overlays.ts';

const BASE = 'version: "3.8"\nservices: {app: {image: x}}\n';
const SSO =
  'version: "3.8"\nservices: {app: {secrets: [sso]}}\nsecrets: {sso: {external: true, name: "s_sso_v1"}}\n';
const recipe = recipeOf({
  'compose.yml': BASE,
  'compose.smtp.yml': BASE,
  'more/sso.yaml': SSO,
  '.env.sample': 'COMPOSE_FILE=compose.yml\n',
});

test('an overlay that the suite switches on comes after the base, and what it declares is there', () => {
  expect(recipe.secrets).toEqual([]);
  const wider = withOverlays(recipe, 'compose.yml::./more/sso.yaml:compose.yml');
  expect(wider.compose.map(({ path }) => path)).toEqual(['compose.yml', 'more/sso.yaml']);
  expect(wider.inactive.map(({ path }) => path)).toEqual(['compose.smtp.yml']);
  expect(wider.secrets.map(({ key }) => key)).toEqual(['sso']);
});

test('what the sample says itself stays as it was read', () => {
  expect(withOverlays(recipe, 'compose.yml')).toBe(recipe);
});

test.each(['compose.none.yml', '../compose.yml', '/etc/compose.yml'])('%s is not in the recipe', (path) => {
  expect(() => withOverlays(recipe, `compose.yml:${path}`)).toThrow(`The suite switches on ${path}`);
});
