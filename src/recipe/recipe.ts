import type { CommitSha } from '../shared/brand.ts';
import { isSeatrialError, SeatrialError } from '../shared/errors.ts';
import { type AbraExport, exportsOf } from './abra-sh.ts';
import { type ComposeFile, parseCompose } from './compose.ts';
import { type EnvEntry, envOf, parseEnvSample } from './env-sample.ts';
import type { Finding } from './finding.ts';
import type { Repository, RepositoryFile } from './git.ts';

/** A recipe at one commit. */
export interface Recipe {
  readonly name: string;
  readonly sha: CommitSha;
  /** Two commits with the same tree are the same recipe. */
  readonly tree: string;
  readonly files: readonly RepositoryFile[];
  /** The compose files that `.env.sample` switches on, in merge order. */
  readonly compose: readonly ComposeFile[];
  /** Further compose files, which nothing switches on by default; those that can be read. */
  readonly inactive: readonly ComposeFile[];
  /** Undefined where there is no `.env.sample`. */
  readonly envSample: readonly EnvEntry[] | undefined;
  readonly exports: readonly AbraExport[];
  /** `.env.sample` with the exports of `abra.sh`, which win. */
  readonly env: Readonly<Record<string, string>>;
  /** The recipe version that `app` carries as a label, before interpolation of anything else. */
  readonly version: string | undefined;
  /** What is wrong with files that a deployment does not need. */
  readonly findings: readonly Finding[];
}

/** Throws `recipe` errors `not-a-recipe`, `not-yaml`, `not-compose`, `env-sample` that name file and line. */
export async function readRecipe(
  repository: Repository,
  name: string,
  sha: CommitSha,
  signal: AbortSignal,
): Promise<Recipe> {
  const files = await repository.files(sha, signal);
  const text = (path: string) => files.find((file) => file.path === path)?.content.toString('utf8');
  const sample = text('.env.sample');
  const envSample = sample === undefined ? undefined : parseEnvSample(sample);
  const exports = exportsOf(text('abra.sh') ?? '');
  const env = {
    ...envOf(envSample ?? []),
    ...Object.fromEntries(exports.map((entry) => [entry.name, entry.value])),
  };
  const active = (env['COMPOSE_FILE'] ?? 'compose.yml').split(':').filter((path) => path !== '');
  const compose = active.map((path) => {
    const content = text(path);
    if (content === undefined) throw notARecipe(name, sha, path, env['COMPOSE_FILE'] !== undefined);
    return parseCompose(path, content);
  });
  const others = files
    .map(({ path }) => path)
    .filter((path) => /(^|\/)compose(\.[^/]+)?\.ya?ml$/.test(path) && !active.includes(path))
    .map((path) => readInactive(path, text(path) ?? ''));
  if (!compose.some((file) => file.services.length > 0)) throw noServices(compose[0]?.path ?? 'compose.yml');
  return {
    name,
    sha,
    tree: await repository.treeOf(sha, signal),
    files,
    compose,
    inactive: others.flatMap((other) => ('root' in other ? [other] : [])),
    envSample,
    exports,
    env,
    version: versionOf(compose),
    findings: others.flatMap((other) => ('root' in other ? [] : [other])),
  };
}

/** A file that nothing switches on keeps nothing from being deployed. */
function readInactive(path: string, text: string): ComposeFile | Finding {
  try {
    return parseCompose(path, text);
  } catch (error) {
    if (!isSeatrialError(error)) throw error;
    const line = error.facts['line'];
    return {
      code: error.code,
      severity: 'warning',
      file: path,
      line: typeof line === 'number' ? line : undefined,
      sentence: error.message,
      remedy: error.remedy ?? 'Correct the file.',
    };
  }
}

function versionOf(compose: readonly ComposeFile[]): string | undefined {
  const labels = compose.flatMap((file) => file.labels);
  return labels.find(
    (label) => /^coop-cloud\..*\.version$/.test(label.key) && !label.key.endsWith('chaos-version'),
  )?.value;
}

function notARecipe(name: string, sha: CommitSha, path: string, listed: boolean): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code: listed ? 'B39' : 'not-a-recipe',
    sentence: listed
      ? `${path}, which COMPOSE_FILE in .env.sample names, does not exist in ${name} at ${sha.slice(0, 10)}.`
      : `${name} at ${sha.slice(0, 10)} is no recipe: it has no ${path}.`,
    remedy: 'A Co-op Cloud recipe is a git repository with a compose.yml at its root.',
    facts: { file: path },
  });
}

function noServices(path: string): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code: 'not-compose',
    sentence: `${path} is no compose file of a recipe: it has no services.`,
    remedy: 'A recipe needs at least the service `app`.',
    facts: { file: path },
  });
}
