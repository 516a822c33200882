import type { DeploymentSecret } from '../ports/deployer.ts';
import type { Labels } from '../ports/engine.ts';
import type { Finding } from '../recipe/finding.ts';
import type { SecretWish } from '../recipe/secrets.ts';
import { SeatrialError } from '../shared/errors.ts';
import { isExternal, type StackFile } from './document.ts';
import { secretValue } from './secret-value.ts';

/** A value that the suite has for a secret. */
export type GivenSecret =
  | { readonly kind: 'value'; readonly value: string }
  /** To be asked of another app of the run. */
  | { readonly kind: 'dependency'; readonly from: string; readonly field: string };

export interface SecretSources {
  readonly recipe: string;
  /** The merged stack, with names filled in. */
  readonly file: StackFile;
  readonly wishes: readonly SecretWish[];
  /** By compose key. */
  readonly given: Readonly<Record<string, GivenSecret>>;
  /** What stands on the swarm already when this is deployed: Swarm keeps it. */
  readonly kept: readonly DeploymentSecret[];
  readonly labels: Labels;
  /** Bytes without end that follow from the run's key and this word. */
  bytes(label: string): Iterator<number, never>;
}

export interface StackSecrets {
  readonly secrets: readonly DeploymentSecret[];
  /** Secrets that nobody has a value for. */
  readonly findings: readonly Finding[];
}

const LONGEST_NAME = 64;

/**
 * A value for every external secret that a service mounts. One name has one value within an app.
 * Throws `recipe` errors B28 and B29 for names that Swarm refuses, and `input` error
 * `dependencies-unsupported` where the suite wants a value from another app.
 */
export function secretsOf(sources: SecretSources): StackSecrets {
  const secrets: DeploymentSecret[] = [];
  const findings: Finding[] = [];
  for (const key of mountedKeys(sources.file)) {
    const entry = sources.file.secrets?.[key];
    if (entry === undefined || !isExternal(entry)) continue;
    const name = entry?.name ?? key;
    refuseName(sources, key, name);
    const value = chosenValue(sources, key, name);
    if (value === undefined) findings.push(notInserted(sources, key));
    else {
      const version = name.slice(name.lastIndexOf('_') + 1);
      secrets.push({ key, name, version, labels: sources.labels, value });
    }
  }
  return { secrets, findings };
}

/** Secrets that no service mounts are not made, by abra neither. */
function mountedKeys(file: StackFile): string[] {
  const mounts = Object.values(file.services).flatMap(({ secrets }) => secrets ?? []);
  return [...new Set(mounts.map(({ source }) => source))];
}

function refuseName(sources: SecretSources, key: string, name: string): void {
  const wish = wishOf(sources, key);
  const where = wish === undefined ? {} : { file: wish.file, line: wish.line };
  if (name.endsWith('_') || name === '') {
    throw new SeatrialError({
      kind: 'recipe',
      code: 'B29',
      sentence: `The name of the secret ${key} is ${name === '' ? 'empty' : name}: its version variable is not set.`,
      remedy: `Add a line such as SECRET_${key.toUpperCase()}_VERSION=v1 to .env.sample.`,
      facts: { secret: key, name, ...where },
    });
  }
  if (name.length <= LONGEST_NAME) return;
  throw new SeatrialError({
    kind: 'recipe',
    code: 'B28',
    sentence: `The secret ${key} is called ${name} on the swarm, which has ${name.length} characters; Swarm allows ${LONGEST_NAME}.`,
    remedy: 'Shorten what stands behind ${STACK_NAME} in the name of the secret.',
    facts: { secret: key, name, characters: name.length, ...where },
  });
}

function chosenValue(sources: SecretSources, key: string, name: string): string | undefined {
  const kept = sources.kept.find((secret) => secret.name === name);
  if (kept !== undefined) return kept.value;
  const given = sources.given[key];
  if (given?.kind === 'value') return given.value;
  if (given?.kind === 'dependency') throw noDependencies(sources.recipe, key, given.from);
  const wish = wishOf(sources, key);
  if (wish?.generate === false) return undefined;
  const { length, charset } = wish ?? { length: undefined, charset: undefined };
  return secretValue({ length, charset }, sources.bytes(`secret:${name}`));
}

function wishOf({ wishes }: SecretSources, key: string): SecretWish | undefined {
  return wishes.findLast((wish) => wish.key === key);
}

function notInserted(sources: SecretSources, key: string): Finding {
  const wish = wishOf(sources, key);
  return {
    code: 'B34',
    severity: 'error',
    file: wish?.file,
    line: wish?.line,
    sentence: `The secret ${key} has to be inserted by hand (generate=false), and nobody says with what.`,
    remedy: `Add ${key} under [secrets] to recipes/${sources.recipe}/recipe.toml.`,
  };
}

function noDependencies(recipe: string, key: string, from: string): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'dependencies-unsupported',
    sentence: `The secret ${key} is to come from ${from}, and apps that a recipe depends on cannot be deployed yet.`,
    remedy: `Give ${key} a value of its own under [secrets] in recipes/${recipe}/recipe.toml.`,
    facts: { secret: key, from },
  });
}
