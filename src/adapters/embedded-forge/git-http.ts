import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Access, accessOf, atLeast } from './access.ts';
import { answerWithCgi } from './cgi.ts';
import type { Core } from './core.ts';
import { HttpProblem } from './http-problem.ts';
import { afterPush } from './pulls.ts';
import { type Repository, redirectedRepository, repositoryByPath } from './repositories.ts';
import type { User } from './users.ts';

export interface GitRequest {
  readonly owner: string;
  readonly name: string;
  readonly action: 'info/refs' | 'git-upload-pack' | 'git-receive-pack';
  readonly service: string | undefined;
}

/** Reads `/O/R.git/info/refs` and the like, with or without `.git`; undefined for anything else. */
export function parseGitRequest(parts: readonly string[], query: URLSearchParams): GitRequest | undefined {
  const [owner, repository, ...rest] = parts;
  const action = rest.join('/');
  if (owner === undefined || repository === undefined) return undefined;
  if (action !== 'info/refs' && action !== 'git-upload-pack' && action !== 'git-receive-pack') {
    return undefined;
  }
  const service = action === 'info/refs' ? (query.get('service') ?? undefined) : action;
  return { owner, name: repository.replace(/\.git$/, ''), action, service };
}

/** Git over HTTP (smart protocol only) by git's own http-backend. Throws HttpProblem to refuse. */
export async function answerGit(
  core: Core,
  request: IncomingMessage,
  response: ServerResponse,
  asked: GitRequest,
  caller: User | undefined,
): Promise<void> {
  const { service } = asked;
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack') {
    throw new HttpProblem(403, 'Only the smart protocol is served here.');
  }
  const pushing = service === 'git-receive-pack';
  const repository = repositoryFor(core, asked, caller, pushing ? 'write' : 'read');
  if (pushing && repository.archived) throw new HttpProblem(403, 'This repository is archived.');
  await answerWithCgi(request, response, {
    file: 'git',
    args: ['http-backend'],
    env: environmentOf(core, request, asked, repository, caller),
    beforeEnd: async () => {
      if (pushing && request.method === 'POST' && caller) await afterPush(core, repository.id, caller);
    },
  });
}

/** Strangers are asked who they are before they learn whether the repository exists. */
function repositoryFor(core: Core, asked: GitRequest, caller: User | undefined, needed: Access): Repository {
  const { owner, name } = asked;
  const found = repositoryByPath(core.database, owner, name);
  const moved = found === undefined ? redirectedRepository(core.database, owner, name) : undefined;
  const repository = found ?? moved;
  const access = repository === undefined ? 'none' : accessOf(core.database, repository, caller);
  if (!atLeast(access, needed) && caller === undefined) {
    throw new HttpProblem(401, 'Who are you?', { 'www-authenticate': 'Basic realm="embedded forge"' });
  }
  if (repository === undefined || !atLeast(access, 'read')) throw new HttpProblem(404, 'Not found.');
  if (!atLeast(access, needed)) throw new HttpProblem(403, 'You may not push to this repository.');
  if (moved !== undefined) {
    const query = asked.action === 'info/refs' ? `?service=${asked.service}` : '';
    const location = `${core.url}/${moved.owner}/${moved.name}.git/${asked.action}${query}`;
    throw new HttpProblem(301, '', { location });
  }
  return repository;
}

/** Absent headers must be absent variables: an empty CONTENT_LENGTH means no body to git. */
function environmentOf(
  core: Core,
  request: IncomingMessage,
  asked: GitRequest,
  repository: Repository,
  caller: User | undefined,
): Record<string, string> {
  const variables: Record<string, string | undefined> = {
    GIT_PROJECT_ROOT: core.git.root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${repository.id}.git/${asked.action}`,
    QUERY_STRING: asked.action === 'info/refs' ? `service=${asked.service}` : '',
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: request.headers['content-type'],
    CONTENT_LENGTH: request.headers['content-length'],
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
    GIT_PROTOCOL: protocolOf(request.headers['git-protocol']),
    REMOTE_USER: caller?.login,
    REMOTE_ADDR: request.socket.remoteAddress,
  };
  const given = Object.entries(variables).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { ...core.git.environment, ...Object.fromEntries(given) };
}

function protocolOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[a-z0-9=:.]{1,80}$/.test(header) ? header : undefined;
}
