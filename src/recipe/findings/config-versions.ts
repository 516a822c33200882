import type { Doubt } from '../abra-sh.ts';
import type { RecipeConfig } from '../configs.ts';
import { envOf } from '../env-sample.ts';
import type { Finding } from '../finding.ts';
import { fillIn, variablesIn } from '../interpolate.ts';
import type { Recipe } from '../recipe.ts';
import type { Env, Place } from '../written.ts';
import { fileText, found, isOffered, type View } from './view.ts';

/** Configs without a name of their own, or without their file. */
export function configFindings(view: View): readonly Finding[] {
  return view.configs.flatMap((config) => [...unnamed(view, config), ...withoutFile(view, config)]);
}

/** B26 and B27: the name ends where the version should stand. */
function unnamed(view: View, config: RecipeConfig): Finding[] {
  const { name } = config;
  if (name === undefined) return [];
  const missing = variablesIn(name.raw).find(
    (use) => use.fallback === undefined && (view.env[use.name] ?? '') === '',
  )?.name;
  if (missing === undefined || (view.overlay !== undefined && isOffered(view.recipe, missing))) return [];
  const doubtful = view.recipe.abraSh.doubtful.find((line) => line.name === missing && !line.taken);
  if (doubtful !== undefined) {
    return [
      found(
        'B27',
        'error',
        { file: 'abra.sh', line: doubtful.line },
        `abra does not take this export of \`${missing}\` (${WHY[doubtful.why]}), so the name of config \`${config.key}\` ends without its version.`,
        `Write \`export ${missing}=v1\` at the start of a line: no quotes, nothing computed, nothing behind it.`,
      ),
    ];
  }
  return [
    found(
      'B26',
      'error',
      name,
      `The name of config \`${config.key}\` lacks its version: \`${missing}\` is not set, neither in abra.sh nor in .env.sample.`,
      `Add \`export ${missing}=v1\` to abra.sh.`,
    ),
  ];
}

const WHY: Readonly<Record<Doubt, string>> = {
  quoted: 'the value has quotes',
  computed: 'the value is computed',
  indented: 'the line does not begin with `export`',
  empty: 'the value is empty',
  'no-word': 'the value does not begin with a letter or digit',
  comment: 'a comment stands behind the value',
  'more-words': 'more words stand behind the value',
  'second-equals': 'the value has an equals sign',
  'not-exported': 'the line lacks `export`',
};

function withoutFile(
  view: View,
  { key, path, source, external, mountedBy, ...place }: RecipeConfig,
): Finding[] {
  if (external || source === undefined || source.value.includes('$')) return [];
  if (path !== undefined && isThere(view.recipe, path)) return [];
  return [
    found(
      'config-file-missing',
      view.overlay === undefined || mountedBy.length > 0 ? 'error' : 'warning',
      source,
      `Config \`${key}\` is made from ${source.value}, which is not in the recipe.`,
      `Add the file, or correct the path; paths count from the recipe's root (the config is declared in ${place.file} line ${place.line}).`,
    ),
  ];
}

function isThere(recipe: Recipe, path: string): boolean {
  return recipe.files.some((file) => file.path === path);
}

/** B25 (B10 where it is a hook's script): new content under a name that is taken. */
export function configVersionFindings(view: View, base: View): readonly Finding[] {
  const operators: Env = { ...base.env, ...exported(view.recipe) };
  return view.configs.flatMap((config) => {
    const before = base.configs.find(({ key }) => key === config.key);
    const [content, old] = [contentOf(view.recipe, config), contentOf(base.recipe, before)];
    if (before === undefined || content === undefined || old === undefined || content === old) return [];
    const [name, taken] = [nameOf(config, view.env), nameOf(before, base.env)];
    if (name === taken) return [unchanged(view, config)];
    if (nameOf(config, operators) !== taken) return [];
    return [
      found(
        'B25',
        'warning',
        versionPlace(view.recipe, config),
        `${config.path} changed and the version of config \`${config.key}\` is raised in .env.sample alone: installed apps keep their own value, so their config keeps its name and Swarm refuses the new content.`,
        `Export ${config.versionVariable} from abra.sh, where it reaches installed apps too.`,
      ),
    ];
  });
}

function unchanged(view: View, config: RecipeConfig): Finding {
  const { versionVariable: variable } = config;
  const value = variable === undefined ? undefined : view.env[variable];
  const where = versionPlace(view.recipe, config);
  const stays = variable === undefined ? 'its name stayed the same' : `\`${variable}\` did not`;
  return found(
    'B25',
    'error',
    where,
    `${config.path} changed, but ${stays}: config \`${config.key}\` keeps its name, and Swarm does not change the content of a config (“only updates to Labels are allowed”).`,
    variable === undefined
      ? `Give the config a name with a version: \`name: \${STACK_NAME}_${config.key}_\${${config.key.toUpperCase()}_VERSION}\`, and export it from abra.sh.`
      : `Write \`export ${variable}=${raised(value)}\` in abra.sh.`,
  );
}

/** Where the version stands that has to be raised. */
function versionPlace(recipe: Recipe, config: RecipeConfig): Place {
  const variable = config.versionVariable;
  const line = recipe.exports.findLast(({ name }) => name === variable)?.line;
  if (line !== undefined) return { file: 'abra.sh', line };
  const sample = [...(recipe.envSample ?? [])].findLast(({ key }) => key === variable)?.line;
  if (sample !== undefined) return { file: '.env.sample', line: sample };
  return config.name ?? config;
}

function raised(value: string | undefined): string {
  const [, front, number] = /^(.*?)(\d+)$/.exec(value ?? '') ?? [];
  return number === undefined ? 'v2' : `${front ?? ''}${Number(number) + 1}`;
}

function nameOf(config: RecipeConfig, env: Env): string {
  return config.name === undefined ? `\0${config.key}` : fillIn(config.name.raw, env);
}

function contentOf(recipe: Recipe, config: RecipeConfig | undefined): string | undefined {
  return config?.path === undefined || config.external ? undefined : fileText(recipe, config.path);
}

function exported(recipe: Recipe): Env {
  return Object.fromEntries(recipe.exports.map(({ name, value }) => [name, value]));
}

/** B27 where the value is taken, but with more than its author meant. */
export function exportFindings(recipe: Recipe): readonly Finding[] {
  const used = (variable: string) =>
    [...recipe.compose, ...recipe.inactive].some(
      (file) => fileText(recipe, file.path)?.includes(variable) === true,
    );
  const offered = { ...envOf(recipe.commented), ...recipe.env };
  return recipe.abraSh.doubtful.flatMap((line) => {
    if (!used(line.name) || (!line.taken && offered[line.name] === undefined)) return [];
    const effect = !line.taken
      ? `does not take this export of \`${line.name}\` (${WHY[line.why]}), so another value of it counts`
      : `takes all that stands behind the equals sign as the value of \`${line.name}\``;
    return [
      found(
        'B27',
        'warning',
        { file: 'abra.sh', line: line.line },
        `abra reads abra.sh line by line and ${effect}.`,
        `Write \`export ${line.name}=v1\` and nothing else on the line.`,
      ),
    ];
  });
}
