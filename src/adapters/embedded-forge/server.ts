import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, ApiCall } from './api-call.ts';
import type { Core } from './core.ts';
import { answerGit, parseGitRequest } from './git-http.ts';
import { HttpProblem } from './http-problem.ts';
import { threadPage } from './pages.ts';
import { matchRoute } from './routes.ts';
import { type User, userByToken } from './users.ts';

/** Bytes of a request to the API. */
const LARGEST_BODY = 8 * 1024 * 1024;

/** Answers one request, whatever happens. */
export async function answer(core: Core, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const api = request.url?.startsWith('/api/v1/') === true;
  try {
    response.sendDate = false;
    response.setHeader('date', new Date(core.now() * 1000).toUTCString());
    const url = addressOf(core, request);
    const parts = segments(url.pathname);
    const caller = callerOf(core, request.headers.authorization);
    if (api) {
      sendJson(response, await answerApi(core, request, url, parts, caller));
      return;
    }
    const git = parseGitRequest(parts, url.searchParams);
    if (git !== undefined) return await answerGit(core, request, response, git, caller);
    const page = request.method === 'GET' ? threadPage(core, parts, caller) : undefined;
    if (page === undefined) throw new HttpProblem(404, 'Not found.');
    sendText(response, 200, 'text/html; charset=utf-8', page);
  } catch (error) {
    sendProblem(core, response, api, error);
  }
}

function addressOf(core: Core, request: IncomingMessage): URL {
  const url = URL.parse(`${core.url}${request.url}`);
  if (url === null) throw new HttpProblem(400, 'this is no address');
  return url;
}

/** `token T`, `Bearer T`, or basic authentication with the token as password. A wrong one is refused. */
function callerOf(core: Core, header: string | undefined): User | undefined {
  if (header === undefined) return undefined;
  const [scheme = '', credentials = ''] = header.split(' ', 2);
  const token = scheme.toLowerCase() === 'basic' ? basicToken(credentials) : credentials;
  const user = userByToken(core.database, token);
  if (user === undefined) {
    throw new HttpProblem(401, 'invalid username, password or token');
  }
  return user;
}

/** As on a real Gitea the token may also stand for the user name. */
function basicToken(credentials: string): string {
  const text = Buffer.from(credentials, 'base64').toString();
  const colon = text.indexOf(':');
  const password = text.slice(colon + 1);
  return password === '' || password === 'x-oauth-basic' ? text.slice(0, colon) : password;
}

function segments(path: string): string[] {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    throw new HttpProblem(400, 'the path is not encoded as it should be');
  }
}

async function answerApi(
  core: Core,
  request: IncomingMessage,
  url: URL,
  parts: readonly string[],
  caller: User | undefined,
): Promise<Answer> {
  const match = matchRoute(request.method ?? '', parts.slice(2));
  if (match.kind === 'other-method') throw new HttpProblem(405, '');
  if (match.kind === 'unknown') throw new HttpProblem(404, 'not found');
  const body = await readJson(request);
  const call: ApiCall = {
    core,
    caller,
    params: match.params,
    path: url.pathname,
    query: url.searchParams,
    body,
  };
  return match.handler(call);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new HttpProblem(413, 'the body is too long');
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new HttpProblem(422, 'the body is no JSON');
  }
}

function sendJson(response: ServerResponse, { status, headers, body }: Answer): void {
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  if (body === undefined) {
    response.writeHead(status).end();
    return;
  }
  sendText(response, status, 'application/json;charset=utf-8', JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text);
}

/** What we did not foresee is a 500 with an empty message, as a real Gitea says it to non-admins. */
function sendProblem(core: Core, response: ServerResponse, api: boolean, error: unknown): void {
  const problem = error instanceof HttpProblem ? error : new HttpProblem(500, '');
  if (problem !== error && !core.signal.aborted) core.report(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, headers, message } = problem;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (!api) {
    sendText(response, status, 'text/plain; charset=utf-8', message);
    return;
  }
  if (message === '' && status !== 500) {
    sendJson(response, { status });
    return;
  }
  const body = { message, url: `${core.url}/api/swagger`, ...(status === 404 ? { errors: null } : {}) };
  sendJson(response, { status, body });
}
