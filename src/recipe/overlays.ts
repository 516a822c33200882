import { SeatrialError } from '../shared/errors.ts';
import { parseCompose } from './compose.ts';
import { decodeText } from './decode.ts';
import { pathWithin } from './paths.ts';
import { type Recipe, withCompose } from './recipe.ts';

/** Where `COMPOSE_FILE` says nothing. */
const USUAL = 'compose.yml';

/**
 * The recipe with the compose files that a `COMPOSE_FILE` of ours names switched on, in that
 * order. Throws `input` error `overlay` where the recipe has no such file, and what `parseCompose`
 * throws.
 */
export function withOverlays(recipe: Recipe, composeFile: string): Recipe {
  // What the sample itself says has been followed already.
  if (composeFile === (recipe.env['COMPOSE_FILE'] ?? USUAL)) return recipe;
  const named = composeFile.split(':').filter((path) => path !== '');
  const paths = [...new Set(named.map((path) => pathWithin('', path) ?? path))];
  const known = [...recipe.compose, ...recipe.inactive];
  const compose = paths.map((path) => {
    const parsed = known.find((file) => file.path === path);
    if (parsed !== undefined) return parsed;
    const file = recipe.files.find((candidate) => candidate.path === path);
    if (file === undefined) throw noOverlay(recipe, path);
    return parseCompose(path, decodeText(path, file.content));
  });
  const inactive = known.filter(({ path }) => !paths.includes(path));
  return withCompose(recipe, compose, inactive);
}

function noOverlay(recipe: Recipe, path: string): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'overlay',
    sentence: `The suite switches on ${path}, which ${recipe.name} at ${recipe.sha.slice(0, 10)} does not have.`,
    remedy: `Correct COMPOSE_FILE under [env] in recipes/${recipe.name}/recipe.toml.`,
    facts: { file: path },
  });
}
