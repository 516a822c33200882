import type { ComposeFile } from './compose.ts';
import { type Declaration, declarationOf } from './declaration.ts';
import type { EnvEntry } from './env-sample.ts';
import type { RecipeService } from './services.ts';
import { type Env, type Part, type Place, partsByName, type Written, writtenAt } from './written.ts';

/** A secret that the compose files declare, and how its value is asked for. */
export interface SecretWish extends Declaration {
  /** Letters of a random password; undefined asks for a passphrase of words. */
  readonly length: number | undefined;
  /** As written: `default`, `hex`, `special`, …, also names that nobody knows. */
  readonly charset: string | undefined;
  /** False where it has to be inserted by hand. */
  readonly generate: boolean;
  /** Empty where no service mounts it: abra makes no such secret. */
  readonly mountedBy: readonly MountedBy[];
  /** Path of a file with the value, as written; only where it is not external. */
  readonly path: Written | undefined;
}

export interface MountedBy extends Place {
  readonly service: string;
  /** Name below `/run/secrets`, or a path. */
  readonly target: string;
}

export interface SecretSources {
  readonly compose: readonly ComposeFile[];
  readonly services: readonly RecipeService[];
  readonly envSample: readonly EnvEntry[];
  /** A secret of a feature that is switched off in the sample has its modifiers here. */
  readonly commented: readonly EnvEntry[];
  readonly env: Env;
}

export function secretsOf(sources: SecretSources): readonly SecretWish[] {
  return [...partsByName(sources.compose, 'secrets')].map(([key, parts]) => secretOf(key, parts, sources));
}

function secretOf(key: string, parts: readonly Part[], sources: SecretSources): SecretWish {
  const { env, services } = sources;
  const declaration = declarationOf(key, parts, env);
  const { versionVariable } = declaration;
  const modifiers = versionVariable === undefined ? {} : modifiersOf(versionVariable, sources);
  return {
    ...declaration,
    length: lengthOf(modifiers['length']),
    charset: modifiers['charset'],
    generate: modifiers['generate'] !== 'false',
    mountedBy: mountsOf(key, services),
    path: writtenAt(parts, env, 'file'),
  };
}

function modifiersOf(variable: string, sources: SecretSources): Readonly<Record<string, string>> {
  const last = (entries: readonly EnvEntry[]) => entries.filter((entry) => entry.key === variable).at(-1);
  return (last(sources.envSample) ?? last(sources.commented))?.modifiers ?? {};
}

/** Swarm takes no larger secret. */
const LONGEST = 500_000;

function lengthOf(text: string | undefined): number | undefined {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? Math.min(number, LONGEST) : undefined;
}

function mountsOf(key: string, services: readonly RecipeService[]): readonly MountedBy[] {
  return services.flatMap((service) =>
    service.secrets
      .filter((mount) => mount.source === key)
      .map(({ target, file, line }) => ({ service: service.name, target: target ?? key, file, line })),
  );
}
