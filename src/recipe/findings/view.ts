import type { ComposeFile, PlacedLabel } from '../compose.ts';
import { configsOf, type RecipeConfig } from '../configs.ts';
import { envOf } from '../env-sample.ts';
import type { Finding, Severity } from '../finding.ts';
import { variablesIn } from '../interpolate.ts';
import type { Recipe } from '../recipe.ts';
import { type SecretWish, secretsOf } from '../secrets.ts';
import { type RecipeService, servicesOf } from '../services.ts';
import type { Env, Place } from '../written.ts';

/** One way to deploy a recipe: with what is switched on, or with one overlay more. */
export interface View {
  readonly recipe: Recipe;
  /** The overlay that is tried; undefined for what is switched on by default. */
  readonly overlay: ComposeFile | undefined;
  readonly files: readonly ComposeFile[];
  readonly env: Env;
  readonly services: readonly RecipeService[];
  readonly configs: readonly RecipeConfig[];
  readonly secrets: readonly SecretWish[];
  /** Services over every compose file, to tell what some other overlay brings. */
  readonly anywhere: readonly RecipeService[];
}

/** As long as names of our stacks can get. */
const OUR_STACK = 's'.repeat(24);

/** What is switched on by default comes first. */
export function viewsOf(recipe: Recipe): readonly [View, ...View[]] {
  const all = [...recipe.compose, ...recipe.inactive];
  const anywhere = servicesOf(all, standIns(recipe, recipe.env));
  const off = envOf(recipe.commented);
  const view = (overlay: ComposeFile | undefined): View => {
    const files = overlay === undefined ? recipe.compose : [...recipe.compose, overlay];
    // Who switches a feature on also takes the `#` from the variables that it needs.
    const needed = overlay === undefined ? {} : neededBy(fileText(recipe, overlay.path) ?? '', off);
    const env = standIns(recipe, { ...needed, ...recipe.env });
    const services = servicesOf(files, env);
    const sources = { compose: files, services, env, envSample: recipe.envSample ?? [] };
    return {
      ...{ recipe, overlay, files, env, services, anywhere },
      configs: configsOf(files, services, env),
      secrets: secretsOf({ ...sources, commented: recipe.commented }),
    };
  };
  return [view(undefined), ...recipe.inactive.filter((file) => isOverlay(recipe, file.path)).map(view)];
}

/** Files for developers are never put on top of what operators deploy, unless the sample offers them. */
function isOverlay(recipe: Recipe, path: string): boolean {
  const forDevelopers =
    /(^|\/)(tests?|dev|examples?|docs|lab|\.[^/]+)\/|(^|\/)compose\.(override|dev|devel|development|local|tests?|testing|ci|debug|build)\.ya?ml$/;
  return !forDevelopers.test(path) || (fileText(recipe, '.env.sample') ?? '').includes(path);
}

function neededBy(overlay: string, off: Env): Env {
  const names = variablesIn(overlay)
    .filter(({ fallback }) => fallback === undefined)
    .map(({ name }) => name);
  return Object.fromEntries(Object.entries(off).filter(([name]) => names.includes(name)));
}

function standIns(recipe: Recipe, env: Env): Env {
  return { STACK_NAME: OUR_STACK, DOMAIN: `${recipe.name}.example.com`, ...env };
}

/** A file of the recipe as text; undefined where there is none. */
export function fileText(recipe: Recipe, path: string): string | undefined {
  return recipe.files.find((file) => file.path === path)?.content.toString('utf8');
}

/** Whether a variable has a line in `.env.sample`, be it switched on or not. */
export function isOffered(recipe: Recipe, variable: string): boolean {
  return (
    (recipe.envSample ?? []).some(({ key }) => key === variable) ||
    recipe.commented.some(({ key }) => key === variable)
  );
}

export function serviceAnywhere(view: View, name: string): RecipeService | undefined {
  return view.anywhere.find((service) => service.name === name);
}

/** Labels that a backup bot sees. */
export function backupLabels(service: RecipeService): readonly PlacedLabel[] {
  return service.labels.filter(({ place, key }) => place === 'deploy.labels' && key.startsWith('backupbot.'));
}

export function found(
  code: string,
  severity: Severity,
  place: Place | { readonly file: string } | undefined,
  sentence: string,
  remedy: string,
): Finding {
  const line = place !== undefined && 'line' in place ? place.line : undefined;
  return { code, severity, file: place?.file, line, sentence, remedy };
}
