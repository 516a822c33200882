import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployment } from '../../ports/deployer.ts';
import { parseEnvSample } from '../../recipe/env-sample.ts';
import { checkOut, makeWorkTree } from '../../recipe/work-tree.ts';
import type { StackName } from '../../shared/brand.ts';
import { SeatrialError } from '../../shared/errors.ts';
import type { AbraHome } from './call.ts';
import { envFile } from './env-file.ts';

/** "default" is the local engine. */
const SERVER = ['servers', 'default'] as const;

/** Makes a stack's private `ABRA_DIR`, as `abra app new` would, but at the very commit and without its questions. */
export async function makeHome(
  directory: string,
  path: string,
  { stack, origin }: Deployment,
  signal: AbortSignal,
): Promise<AbraHome> {
  const servers = join(directory, ...SERVER);
  await mkdir(servers, { recursive: true, mode: 0o700 });
  const env = {
    ...withoutVersion(origin.env, origin.recipe),
    DOMAIN: origin.domain,
    STACK_NAME: stack,
    COMPOSE_FILE: [...origin.compose, supplementName(stack)].join(':'),
  };
  await writeFile(join(servers, `${origin.domain}.env`), envFile(env, modifiersOf(origin)), { mode: 0o600 });
  const recipe = recipeIn(directory, origin.recipe);
  await makeWorkTree({ repository: origin.repository, sha: origin.sha, directory: recipe, path, signal });
  return { directory, app: origin.domain };
}

/** The `ABRA_DIR` that is there already; undefined where there is none. */
export async function findHome(directory: string): Promise<AbraHome | undefined> {
  const files = await readdir(join(directory, ...SERVER)).catch(() => []);
  const [file] = files.filter((name) => name.endsWith('.env'));
  return file === undefined ? undefined : { directory, app: file.slice(0, -'.env'.length) };
}

/**
 * Puts the recipe back to its commit, whatever abra did to it, and adds our supplement, untracked.
 * Throws `internal` error `other-commit` where the files are not those that were rendered.
 */
export async function placeSupplement(
  home: AbraHome,
  path: string,
  { stack, origin }: Deployment,
  signal: AbortSignal,
): Promise<void> {
  const directory = recipeIn(home.directory, origin.recipe);
  await checkOut({ directory, sha: origin.sha, path, signal });
  for (const file of origin.files) {
    const there = await readFile(join(directory, file.path)).catch(() => undefined);
    if (there?.equals(file.content) !== true) throw otherFile(file.path, origin.sha);
  }
  await writeFile(join(directory, supplementName(stack)), origin.supplement, { mode: 0o644 });
}

function recipeIn(directory: string, recipe: string): string {
  return join(directory, 'recipes', recipe);
}

/** Carries the run's own name, so that no recipe has a file of that name already. */
function supplementName(stack: StackName): string {
  return `compose.seatrial.${stack}.yml`;
}

/** With a version behind the recipe's name abra would check that one out. */
function withoutVersion(env: Readonly<Record<string, string>>, recipe: string): Record<string, string> {
  const { TYPE: _, RECIPE: __, ...rest } = env;
  return { TYPE: recipe, ...rest };
}

/** What the sample asks of generated secrets, for the case that abra has to make one. */
function modifiersOf({ files }: Deployment['origin']): Record<string, Readonly<Record<string, string>>> {
  const sample = files.find(({ path }) => path === '.env.sample');
  if (sample === undefined) return {};
  const entries = parseEnvSample(Buffer.from(sample.content).toString('utf8'));
  return Object.fromEntries(entries.map(({ key, modifiers }) => [key, modifiers]));
}

function otherFile(file: string, sha: string): SeatrialError {
  return new SeatrialError({
    kind: 'internal',
    code: 'other-commit',
    sentence: `What abra would deploy is not what was checked: ${file} is not as in commit ${sha.slice(0, 10)}.`,
    facts: { file, sha },
  });
}
