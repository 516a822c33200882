import { type Access, accessOf, atLeast } from './access.ts';
import type { Core } from './core.ts';
import { HttpProblem } from './http-problem.ts';
import { type Repository, redirectedRepository, repositoryByPath } from './repositories.ts';
import type { User } from './users.ts';

/** A request to the API, taken apart. */
export interface ApiCall {
  readonly core: Core;
  readonly caller: User | undefined;
  /** Decoded parts of the path by their names in the route. */
  readonly params: Readonly<Record<string, string>>;
  /** As it was asked for, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON, to be checked by the handler. */
  readonly body: unknown;
}

export interface RepositoryCall extends ApiCall {
  readonly repository: Repository;
  readonly access: Access;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; undefined sends an empty body. */
  readonly body?: unknown;
}

export type Handler = (call: ApiCall) => Answer | Promise<Answer>;
export type RepositoryHandler = (call: RepositoryCall) => Answer | Promise<Answer>;

export interface RepositoryNeeds {
  /** Anonymous callers are turned away with 401. */
  readonly signedIn?: boolean;
  /** Below it: 403. Without read access the repository does not exist (404). */
  readonly access?: Access;
  /** An archived repository answers 423. */
  readonly notArchived?: boolean;
}

/** Finds the repository of the path, and what the caller may do there, before the handler runs. */
export function inRepository(needs: RepositoryNeeds, handler: RepositoryHandler): Handler {
  return (call) => {
    const owner = param(call, 'owner');
    const name = param(call, 'name');
    const repository = findRepository(call, owner, name);
    const access = accessOf(call.core.database, repository, call.caller);
    if (!atLeast(access, 'read')) throw new HttpProblem(404, 'not found');
    if (needs.signedIn === true) signedIn(call);
    if (needs.access !== undefined && !atLeast(access, needs.access)) {
      throw new HttpProblem(403, 'user should have a permission to write to a repo');
    }
    if (needs.notArchived === true && repository.archived) {
      throw new HttpProblem(423, `${repository.owner}/${repository.name} is archived`);
    }
    return handler({ ...call, repository, access });
  };
}

export function signedIn(call: ApiCall): User {
  if (call.caller === undefined) throw new HttpProblem(401, 'token is required');
  return call.caller;
}

export function param(call: ApiCall, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new TypeError(`the route has no ${name}`);
  return value;
}

/** A number in the path; anything else names nothing and gives 0. */
export function numberParam(call: ApiCall, name: string): number {
  const text = param(call, name);
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** A renamed repository answers every method with 301, as Gitea 1.26 does. */
function findRepository(call: ApiCall, owner: string, name: string): Repository {
  const { core } = call;
  const found = repositoryByPath(core.database, owner, name);
  if (found !== undefined) return found;
  const moved = redirectedRepository(core.database, owner, name);
  if (moved === undefined) throw new HttpProblem(404, 'not found');
  const rest = call.path.split('/').slice(6).join('/');
  const here = `${core.url}/api/v1/repos/${moved.owner}/${moved.name}${rest === '' ? '' : `/${rest}`}`;
  const query = call.query.size === 0 ? '' : `?${call.query}`;
  throw new HttpProblem(301, '', { location: here + query });
}
