import { atLeast } from './access.ts';
import { type Answer, numberParam, type RepositoryCall, signedIn } from './api-call.ts';
import { HttpProblem } from './http-problem.ts';
import { paged } from './paging.ts';
import { editPullRequest, openPullRequest, refreshHead } from './pulls.ts';
import { newIssueBody, newPullBody, parseBody, pullChangeBody } from './request-bodies.ts';
import { insertThread, pullsOf, type Thread, type ThreadChange, threadByNumber } from './threads.ts';
import { authorById } from './users.ts';
import { wirePullRequest, wireThreadUrl, wireUser } from './wire.ts';

/** Newest first. */
export async function listPullRequests(call: RepositoryCall): Promise<Answer> {
  const asked = call.query.get('state') ?? 'open';
  const state = asked === 'closed' || asked === 'all' ? asked : 'open';
  const { page, headers } = paged(call, pullsOf(call.core.database, call.repository.id, state), true);
  const body = await Promise.all(page.map((thread) => wired(call, thread)));
  return { status: 200, headers, body };
}

export async function createPullRequest(call: RepositoryCall): Promise<Answer> {
  const options = parseBody(newPullBody, call.body);
  const thread = await openPullRequest(call.core, call.repository, signedIn(call), options);
  return { status: 201, body: await wired(call, thread) };
}

export async function getPullRequest(call: RepositoryCall): Promise<Answer> {
  const thread = pullOf(call);
  await refreshHead(call.core, thread);
  return { status: 200, body: await wired(call, thread) };
}

/** Answers 201, as a real Gitea does for this PATCH. */
export async function patchPullRequest(call: RepositoryCall): Promise<Answer> {
  const { title, body, state } = parseBody(pullChangeBody, call.body);
  const thread = pullOf(call);
  const editor = signedIn(call);
  if (editor.id !== thread.authorId && !atLeast(call.access, 'write')) throw new HttpProblem(403, '');
  const change: ThreadChange = {
    ...(title === undefined ? {} : { title }),
    ...(body === undefined ? {} : { body }),
    ...(state === undefined ? {} : { state: stateOf(state) }),
  };
  const changed = editPullRequest(call.core, thread, editor, change);
  await refreshHead(call.core, changed);
  return { status: 201, body: await wired(call, changed) };
}

export function createIssue(call: RepositoryCall): Answer {
  const { title, body } = parseBody(newIssueBody, call.body);
  const thread = insertThread(call.core.database, {
    repositoryId: call.repository.id,
    authorId: signedIn(call).id,
    title,
    body,
    created: call.core.now(),
    pull: undefined,
  });
  const web = wireThreadUrl(call.core, call.repository, thread.number, false);
  const user = wireUser(call.core, authorById(call.core.database, thread.authorId));
  return { status: 201, body: { id: thread.id, number: thread.number, title, body, html_url: web, user } };
}

function stateOf(word: string): 'open' | 'closed' {
  if (word === 'open' || word === 'closed') return word;
  throw new HttpProblem(412, `unknown state: ${word}`);
}

function pullOf(call: RepositoryCall): Thread {
  const thread = threadByNumber(call.core.database, call.repository.id, numberParam(call, 'number'));
  if (thread?.pull === undefined) throw new HttpProblem(404, 'not found');
  return thread;
}

function wired(call: RepositoryCall, thread: Thread): Promise<unknown> {
  return wirePullRequest(call.core, call.repository, thread, call.access);
}
