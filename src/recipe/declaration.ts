import { variablesIn } from './interpolate.ts';
import { type Env, type Part, type Place, type Written, writtenAt } from './written.ts';

/** A config or secret as the compose files declare it: neither ever changes on a swarm, new content needs a new name. */
export interface Declaration extends Place {
  /** Compose key: what services mount. */
  readonly key: string;
  /** Undefined where it has no `name:`; it is then called `<stack>_<key>`. */
  readonly name: Written | undefined;
  /** The variable of `name:` that says which version is in use. */
  readonly versionVariable: string | undefined;
  readonly external: boolean;
}

export function declarationOf(key: string, parts: readonly Part[], env: Env): Declaration {
  // `external: {name: …}` is an older way to say both.
  const oldName = writtenAt(parts, env, 'external', 'name');
  const name = writtenAt(parts, env, 'name') ?? oldName;
  const last = parts.at(-1);
  return {
    ...{ key, name, file: last?.file ?? '', line: last?.line ?? 1 },
    versionVariable: name === undefined ? undefined : versionVariableOf(name.raw),
    external: oldName !== undefined || writtenAt(parts, env, 'external')?.value === 'true',
  };
}

/** By convention the last variable of a name; the stack's own is none. */
function versionVariableOf(name: string): string | undefined {
  return variablesIn(name)
    .map((use) => use.name)
    .filter((variable) => variable !== 'STACK_NAME')
    .at(-1);
}
