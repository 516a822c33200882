import type { ComposeFile } from './compose.ts';
import { type Declaration, declarationOf } from './declaration.ts';
import { pathWithin } from './paths.ts';
import type { FileMount } from './service-parts.ts';
import type { RecipeService } from './services.ts';
import { type Env, type Part, partsByName, type Written, writtenAt } from './written.ts';

/** A config that the compose files declare; `abra.sh` exports the version in its name. */
export interface RecipeConfig extends Declaration {
  /** As written; undefined where the config is external. */
  readonly source: Written | undefined;
  /** `source` as a path of the recipe, from its root; undefined where it leads out of the recipe. */
  readonly path: string | undefined;
  /** `golang` makes Swarm render it on the node. */
  readonly templateDriver: string | undefined;
  readonly mountedBy: readonly (FileMount & { readonly service: string })[];
}

/** Docker resolves relative paths against the folder of the first compose file. */
export function configsOf(
  compose: readonly ComposeFile[],
  services: readonly RecipeService[],
  env: Env,
): readonly RecipeConfig[] {
  const folder = compose[0]?.path.replace(/[^/]*$/, '') ?? '';
  return [...partsByName(compose, 'configs')].map(([key, parts]) =>
    configOf(key, parts, folder, services, env),
  );
}

function configOf(
  key: string,
  parts: readonly Part[],
  folder: string,
  services: readonly RecipeService[],
  env: Env,
): RecipeConfig {
  const source = writtenAt(parts, env, 'file');
  return {
    ...declarationOf(key, parts, env),
    source,
    path: source === undefined ? undefined : pathWithin(folder, source.value),
    templateDriver: writtenAt(parts, env, 'template_driver')?.value,
    mountedBy: services.flatMap((service) =>
      service.configs
        .filter((mount) => mount.source === key)
        .map((mount) => ({ ...mount, service: service.name })),
    ),
  };
}
