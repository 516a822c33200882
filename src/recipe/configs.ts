import type { ComposeFile } from './compose.ts';
import { pathWithin } from './paths.ts';
import { versionVariableOf } from './secrets.ts';
import type { FileMount } from './service-parts.ts';
import type { RecipeService } from './services.ts';
import { type Env, type Part, type Place, partsByName, type Written, writtenAt } from './written.ts';

/** A config that the compose files declare. Swarm configs never change: new content needs a new name. */
export interface RecipeConfig extends Place {
  /** Compose key: what services mount. */
  readonly key: string;
  /** Undefined where it has no `name:`; it is then called `<stack>_<key>`. */
  readonly name: Written | undefined;
  /** The variable of `name:` that `abra.sh` exports. */
  readonly versionVariable: string | undefined;
  /** As written; undefined where the config is external. */
  readonly source: Written | undefined;
  /** `source` as a path of the recipe, from its root; undefined where it leads out of the recipe. */
  readonly path: string | undefined;
  /** `golang` makes Swarm render it on the node. */
  readonly templateDriver: string | undefined;
  readonly external: boolean;
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
  const oldName = writtenAt(parts, env, 'external', 'name');
  const name = writtenAt(parts, env, 'name') ?? oldName;
  const source = writtenAt(parts, env, 'file');
  const last = parts.at(-1);
  return {
    key,
    file: last?.file ?? '',
    line: last?.line ?? 1,
    name,
    versionVariable: name === undefined ? undefined : versionVariableOf(name.raw),
    source,
    path: source === undefined ? undefined : pathWithin(folder, source.value),
    templateDriver: writtenAt(parts, env, 'template_driver')?.value,
    external: oldName !== undefined || writtenAt(parts, env, 'external')?.value === 'true',
    mountedBy: services.flatMap((service) =>
      service.configs
        .filter((mount) => mount.source === key)
        .map((mount) => ({ ...mount, service: service.name })),
    ),
  };
}
