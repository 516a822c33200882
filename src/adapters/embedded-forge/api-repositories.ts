import { accessOf, atLeast } from './access.ts';
import { type Answer, type ApiCall, numberParam, param, type RepositoryCall, signedIn } from './api-call.ts';
import { HttpProblem } from './http-problem.ts';
import { DEFAULT_PAGE, LARGEST_PAGE } from './paging.ts';
import { repositoryById } from './repositories.ts';
import { userByLogin } from './users.ts';
import { wireRepository, wireUser } from './wire.ts';

/** The version whose behaviour is followed. */
const VERSION = '1.26.0+embedded';

export function getVersion(): Answer {
  return { status: 200, body: { version: VERSION } };
}

export function getApiSettings(): Answer {
  const body = {
    max_response_items: LARGEST_PAGE,
    default_paging_num: DEFAULT_PAGE,
    default_git_trees_per_page: 1000,
    default_max_blob_size: 10_485_760,
    default_max_response_size: 104_857_600,
  };
  return { status: 200, body };
}

export function getUiSettings(call: ApiCall): Answer {
  const body = { default_theme: 'plain', allowed_reactions: call.core.allowedReactions, custom_emojis: [] };
  return { status: 200, body };
}

export function getOwnUser(call: ApiCall): Answer {
  return { status: 200, body: wireUser(call.core, signedIn(call), true) };
}

export function getRepository(call: RepositoryCall): Answer {
  return { status: 200, body: wireRepository(call.core, call.repository, call.access) };
}

/** Finds a repository whatever its name is now. */
export function getRepositoryById(call: ApiCall): Answer {
  const repository = repositoryById(call.core.database, numberParam(call, 'id'));
  if (repository === undefined) throw new HttpProblem(404, 'not found');
  const access = accessOf(call.core.database, repository, call.caller);
  if (!atLeast(access, 'read')) throw new HttpProblem(404, 'not found');
  return { status: 200, body: wireRepository(call.core, repository, access) };
}

/** Answered to site admins, to admins of the repository, and to everybody about themselves. */
export function getPermission(call: RepositoryCall): Answer {
  const login = param(call, 'login');
  const caller = signedIn(call);
  const self = caller.login.toLowerCase() === login.toLowerCase();
  if (!self && !atLeast(call.access, 'admin')) {
    throw new HttpProblem(403, 'Only admins can query all permissions, others only their own');
  }
  const user = userByLogin(call.core.database, login);
  if (user === undefined) throw new HttpProblem(404, `user does not exist [name: ${login}]`);
  const access = accessOf(call.core.database, call.repository, user);
  const body = { permission: access, role_name: access, user: wireUser(call.core, user) };
  return { status: 200, body };
}
