import { type Handler, inRepository } from './api-call.ts';
import {
  createComment,
  deleteReaction,
  editComment,
  getComment,
  listReactions,
  listRepositoryComments,
  listThreadComments,
  postReaction,
  removeComment,
} from './api-comments.ts';
import {
  createIssue,
  createPullRequest,
  getPullRequest,
  listPullRequests,
  patchPullRequest,
} from './api-pulls.ts';
import {
  getApiSettings,
  getOwnUser,
  getPermission,
  getRepository,
  getRepositoryById,
  getUiSettings,
  getVersion,
} from './api-repositories.ts';
import { combinedStatus, listStatuses, postStatus } from './api-statuses.ts';

interface Route {
  readonly method: string;
  readonly parts: readonly string[];
  readonly handler: Handler;
}

export type Match =
  | { readonly kind: 'found'; readonly handler: Handler; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'other-method' }
  | { readonly kind: 'unknown' };

/** `parts`: decoded segments of the path behind `/api/v1/`. */
export function matchRoute(method: string, parts: readonly string[]): Match {
  let known = false;
  for (const route of ROUTES) {
    const params = matchParts(route.parts, parts);
    if (params === undefined) continue;
    if (route.method === method) return { kind: 'found', handler: route.handler, params };
    known = true;
  }
  return { kind: known ? 'other-method' : 'unknown' };
}

function matchParts(
  pattern: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, want] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (want.startsWith(':')) params[want.slice(1)] = part;
    else if (want !== part) return undefined;
  }
  return params;
}

function route(method: string, path: string, handler: Handler): Route {
  return { method, parts: path.split('/'), handler };
}

const REPOSITORY = 'repos/:owner/:name';
const COMMENT = `${REPOSITORY}/issues/comments/:id`;
const THREAD_COMMENTS = `${REPOSITORY}/issues/:number/comments`;

const reading = {};
const signedIn = { signedIn: true };
const changing = { signedIn: true, notArchived: true };

// The order matters: `issues/comments/…` stands before `issues/:number/…`.
const ROUTES: readonly Route[] = [
  route('GET', 'version', getVersion),
  route('GET', 'settings/api', getApiSettings),
  route('GET', 'settings/ui', getUiSettings),
  route('GET', 'user', getOwnUser),
  route('GET', 'repositories/:id', getRepositoryById),
  route('GET', REPOSITORY, inRepository(reading, getRepository)),
  route('GET', `${REPOSITORY}/collaborators/:login/permission`, inRepository(signedIn, getPermission)),
  route('GET', `${REPOSITORY}/issues/comments`, inRepository(reading, listRepositoryComments)),
  route('GET', COMMENT, inRepository(reading, getComment)),
  route('PATCH', COMMENT, inRepository(changing, editComment)),
  route('DELETE', COMMENT, inRepository(signedIn, removeComment)),
  route('GET', `${COMMENT}/reactions`, inRepository(reading, listReactions)),
  route('POST', `${COMMENT}/reactions`, inRepository(signedIn, postReaction)),
  route('DELETE', `${COMMENT}/reactions`, inRepository(signedIn, deleteReaction)),
  route('POST', `${REPOSITORY}/issues`, inRepository(changing, createIssue)),
  route('GET', THREAD_COMMENTS, inRepository(reading, listThreadComments)),
  route('POST', THREAD_COMMENTS, inRepository(changing, createComment)),
  route('GET', `${REPOSITORY}/pulls`, inRepository(reading, listPullRequests)),
  route('POST', `${REPOSITORY}/pulls`, inRepository(changing, createPullRequest)),
  route('GET', `${REPOSITORY}/pulls/:number`, inRepository(reading, getPullRequest)),
  route('PATCH', `${REPOSITORY}/pulls/:number`, inRepository(signedIn, patchPullRequest)),
  route('GET', `${REPOSITORY}/statuses/:sha`, inRepository(reading, listStatuses)),
  route('POST', `${REPOSITORY}/statuses/:sha`, inRepository({ signedIn: true, access: 'write' }, postStatus)),
  route('GET', `${REPOSITORY}/commits/:ref/status`, inRepository(reading, combinedStatus)),
];
