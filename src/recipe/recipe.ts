import type { CommitSha } from '../shared/brand.ts';
import { isSeatrialError, SeatrialError } from '../shared/errors.ts';
import { type AbraExport, type AbraScript, readAbraScript } from './abra-sh.ts';
import { refuseSwollen } from './amount.ts';
import { type ComposeFile, parseCompose } from './compose.ts';
import { composePaths } from './compose-paths.ts';
import { configsOf, type RecipeConfig } from './configs.ts';
import { type Database, databasesOf } from './databases.ts';
import { decodeText } from './decode.ts';
import { commentedEntries, type EnvEntry, envOf, parseEnvSample } from './env-sample.ts';
import type { Finding } from './finding.ts';
import type { Repository } from './git.ts';
import { pathWithin } from './paths.ts';
import { type ReadmeMetadata, readmeMetadata } from './readme.ts';
import { type ReleaseNote, releaseNotesOf } from './release-notes.ts';
import type { LeftOut, RepositoryFile } from './repository-file.ts';
import { type SecretWish, secretsOf } from './secrets.ts';
import { type RecipeService, servicesOf } from './services.ts';
import { type NamedFile, refuseForeign, treeFindings } from './tree-findings.ts';
import { recipeVersionLabel, type VersionLabel, versionLabelsOf } from './version-label.ts';

/** A recipe at one commit. */
export interface Recipe extends Composed {
  readonly name: string;
  readonly sha: CommitSha;
  /** Two commits with the same tree are the same recipe. */
  readonly tree: string;
  readonly files: readonly RepositoryFile[];
  /** Links, submodules and the like, which are no files of the recipe. */
  readonly leftOut: readonly LeftOut[];
  /** Undefined where there is no `.env.sample`. */
  readonly envSample: readonly EnvEntry[] | undefined;
  /** Assignments of `.env.sample` behind a `#`: what an operator may switch on. */
  readonly commented: readonly EnvEntry[];
  readonly abraSh: AbraScript;
  readonly exports: readonly AbraExport[];
  /** `.env.sample` with the exports of `abra.sh`, which win. */
  readonly env: Readonly<Record<string, string>>;
  /** Undefined where the README has no metadata block. */
  readonly metadata: ReadmeMetadata | undefined;
  readonly notes: readonly ReleaseNote[];
  /** What is wrong with files that a deployment does not need. */
  readonly findings: readonly Finding[];
}

/** What follows from the compose files that are switched on. */
export interface Composed {
  /** In merge order. */
  readonly compose: readonly ComposeFile[];
  /** Further compose files, which nothing switches on; those that can be read. */
  readonly inactive: readonly ComposeFile[];
  /** Merged over the compose files, as are the following. */
  readonly services: readonly RecipeService[];
  readonly configs: readonly RecipeConfig[];
  readonly secrets: readonly SecretWish[];
  readonly databases: readonly Database[];
  /** The recipe version that `app` carries as a label, else another service. */
  readonly version: string | undefined;
  readonly versionLabels: readonly VersionLabel[];
}

/** Throws what `recipeFrom` throws, and `input` error `repository-refused`. */
export async function readRecipe(
  repository: Repository,
  name: string,
  sha: CommitSha,
  signal: AbortSignal,
): Promise<Recipe> {
  const tree = await repository.treeOf(sha, signal);
  return recipeFrom({ name, sha, tree, ...(await repository.files(sha, signal)) });
}

/**
 * Throws `recipe` errors that name file and line: `not-a-recipe`, `B39`, `not-compose`,
 * `env-sample`, `path-leaves`, `too-much-text`, what `parseSource` and `refuseForeign` throw.
 */
export function recipeFrom(commit: Pick<Recipe, 'name' | 'sha' | 'tree' | 'files' | 'leftOut'>): Recipe {
  const { name, sha, files, leftOut } = commit;
  refuseForeign(ALWAYS_READ, { files, leftOut });
  const sample = strictTextOf(files, '.env.sample');
  const envSample = sample === undefined ? undefined : parseEnvSample(sample);
  const abraSh = readAbraScript(textOf(files, 'abra.sh') ?? '');
  const env = {
    ...envOf(envSample ?? []),
    ...Object.fromEntries(abraSh.exports.map((entry) => [entry.name, entry.value])),
  };
  const composeFile = envSample?.findLast(({ key }) => key === 'COMPOSE_FILE');
  const active = composePaths(env['COMPOSE_FILE'], composeFile?.line);
  const own = {
    ...commit,
    ...{ envSample, abraSh, env },
    commented: sample === undefined ? [] : commentedEntries(sample),
    exports: abraSh.exports,
    metadata: readmeMetadata(textOf(files, 'README.md') ?? ''),
    notes: releaseNotesOf(files),
  };
  refuseForeign(
    active.paths.map((path) => ({
      path,
      by: composeFile === undefined ? undefined : { file: '.env.sample', line: composeFile.line },
    })),
    own,
  );
  const compose = active.paths.map((path) => {
    const text = strictTextOf(files, path);
    if (text === undefined) throw notARecipe(name, sha, path, composeFile?.line);
    return parseCompose(path, text);
  });
  const others = files
    .map(({ path }) => path)
    .filter((path) => /(^|\/)compose(\.[^/]+)?\.ya?ml$/.test(path) && !active.paths.includes(path))
    .map((path) => readInactive(path, () => strictTextOf(files, path) ?? ''));
  if (!compose.some((file) => file.services.length > 0)) throw noServices(compose[0]?.path ?? 'compose.yml');
  return {
    ...own,
    ...composedOf(
      own,
      compose,
      others.flatMap((other) => ('root' in other ? [other] : [])),
    ),
    findings: [
      ...treeFindings(own),
      ...active.findings,
      ...others.flatMap((other) => ('root' in other ? [] : [other])),
    ],
  };
}

/** The same recipe with other compose files switched on. Throws what `refuseForeign` throws. */
export function withCompose(
  recipe: Recipe,
  compose: readonly ComposeFile[],
  inactive: readonly ComposeFile[],
): Recipe {
  return { ...recipe, ...composedOf(recipe, compose, inactive) };
}

const ALWAYS_READ: readonly NamedFile[] = ['.env.sample', 'abra.sh'].map((path) => ({ path, by: undefined }));

function textOf(files: readonly RepositoryFile[], path: string): string | undefined {
  return files.find((file) => file.path === path)?.content.toString('utf8');
}

function strictTextOf(files: readonly RepositoryFile[], path: string): string | undefined {
  const content = files.find((file) => file.path === path)?.content;
  return content === undefined ? undefined : decodeText(path, content);
}

function composedOf(
  own: Pick<Recipe, 'files' | 'leftOut' | 'envSample' | 'commented' | 'env'>,
  compose: readonly ComposeFile[],
  inactive: readonly ComposeFile[],
): Composed {
  const { env, commented } = own;
  refuseSwollen([...compose, ...inactive], env);
  const services = servicesOf(compose, env);
  const configs = configsOf(compose, services, env);
  const secrets = secretsOf({ compose, services, envSample: own.envSample ?? [], commented, env });
  refuseForeign(filesNamedBy(compose, services, configs, secrets), own);
  const versionLabels = versionLabelsOf(compose, env);
  return {
    ...{ compose, inactive, services, configs, secrets, versionLabels },
    databases: databasesOf(services),
    version: recipeVersionLabel(versionLabels)?.value,
  };
}

/** Files that Docker would read for a deployment. */
function filesNamedBy(
  compose: readonly ComposeFile[],
  services: readonly RecipeService[],
  configs: readonly RecipeConfig[],
  secrets: readonly SecretWish[],
): NamedFile[] {
  const folder = compose[0]?.path.replace(/[^/]*$/, '') ?? '';
  const named = [
    ...configs.map(({ source }) => source),
    ...secrets.map(({ path }) => path),
    ...services.flatMap(({ envFiles }) => envFiles),
  ];
  return named.flatMap((written) => {
    const path = written === undefined ? undefined : pathWithin(folder, written.value);
    return path === undefined || written === undefined ? [] : [{ path, by: written }];
  });
}

/** A file that nothing switches on keeps nothing from being deployed. */
function readInactive(path: string, text: () => string): ComposeFile | Finding {
  try {
    return parseCompose(path, text());
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

function notARecipe(name: string, sha: CommitSha, path: string, line: number | undefined): SeatrialError {
  const listed = line !== undefined;
  return new SeatrialError({
    kind: 'recipe',
    code: listed ? 'B39' : 'not-a-recipe',
    sentence: listed
      ? `${path}, which COMPOSE_FILE in .env.sample line ${line} names, does not exist in ${name} at ${sha.slice(0, 10)}.`
      : `${name} at ${sha.slice(0, 10)} is no recipe: it has no ${path}.`,
    remedy: listed
      ? 'Correct the name, or remove it from COMPOSE_FILE.'
      : 'A Co-op Cloud recipe is a git repository with a compose.yml at its root.',
    facts: listed ? { file: '.env.sample', line, path } : { file: path },
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
