import type { CommitSha } from '../shared/brand.ts';
import { SeatrialError } from '../shared/errors.ts';
import { exportsOf } from './abra-sh.ts';
import { type ComposeFile, parseCompose } from './compose.ts';
import { envOf, parseEnvSample } from './env-sample.ts';
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
  /** `.env.sample` with the exports of `abra.sh`, which win. */
  readonly env: Readonly<Record<string, string>>;
  /** The recipe version that `app` carries as a label, before interpolation of anything else. */
  readonly version: string | undefined;
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
  const env = {
    ...envOf(parseEnvSample(text('.env.sample') ?? '')),
    ...exportsOf(text('abra.sh') ?? ''),
  };
  const compose = (env['COMPOSE_FILE'] ?? 'compose.yml')
    .split(':')
    .filter((path) => path !== '')
    .map((path) => {
      const content = text(path);
      if (content === undefined) throw notARecipe(name, sha, path, env['COMPOSE_FILE'] !== undefined);
      return parseCompose(path, content);
    });
  if (!compose.some((file) => file.services.length > 0)) throw noServices(compose[0]?.path ?? 'compose.yml');
  return {
    name,
    sha,
    tree: await repository.treeOf(sha, signal),
    files,
    compose,
    env,
    version: versionOf(compose),
  };
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
