import { type Answer, param, type RepositoryCall, signedIn } from './api-call.ts';
import { HttpProblem } from './http-problem.ts';
import { paged } from './paging.ts';
import { parseBody, statusBody } from './request-bodies.ts';
import { insertStatus, latestStatuses, type Status, statusesOf } from './statuses.ts';
import { wireRepository, wireStatus } from './wire.ts';

/**
 * As careless as a real Gitea: any state and address is stored, a branch name posts on its
 * tip, and an unknown commit is an internal error.
 */
export async function postStatus(call: RepositoryCall): Promise<Answer> {
  const { state, context, description, target_url: targetUrl } = parseBody(statusBody, call.body);
  const creator = signedIn(call);
  const sha = await commitOf(call, param(call, 'sha'));
  if (sha === undefined) throw new HttpProblem(500, '');
  const status = insertStatus(call.core.database, call.repository.id, {
    sha,
    state,
    context: context.trim(),
    description: description.trim(),
    targetUrl,
    creatorId: creator.id,
    created: call.core.now(),
  });
  return { status: 201, body: wireStatus(call.core, call.repository, status) };
}

/** All history, newest first; nothing for an unknown commit. */
export function listStatuses(call: RepositoryCall): Answer {
  const found = statusesOf(call.core.database, call.repository.id, param(call, 'sha'));
  const { page, headers } = paged(call, found, true);
  const body = page.map((status) => wireStatus(call.core, call.repository, status));
  return { status: 200, headers, body };
}

/** The newest status of each context, in pages: state and count are those of the page. */
export async function combinedStatus(call: RepositoryCall): Promise<Answer> {
  const sha = await commitOf(call, param(call, 'ref'));
  if (sha === undefined) throw new HttpProblem(404, 'not found');
  const latest = latestStatuses(call.core.database, call.repository.id, sha);
  const { page, headers } = paged(call, latest, true);
  const repository = wireRepository(call.core, call.repository, call.access);
  const statuses = page.map((status) => wireStatus(call.core, call.repository, status));
  const body = {
    state: combined(page),
    sha,
    total_count: page.length,
    statuses: statuses.length === 0 ? null : statuses,
    repository,
    commit_url: `${repository['url']}/commits/${sha}`,
    url: `${repository['url']}/commits/${sha}/status`,
  };
  return { status: 200, headers, body };
}

async function commitOf(call: RepositoryCall, text: string): Promise<string | undefined> {
  const { git } = call.core;
  if (/^[0-9a-f]{40}$/.test(text)) return git.commitOfId(call.repository.id, text);
  const { id } = call.repository;
  const branch = await git.commitOfRef(id, `refs/heads/${text}`);
  return branch ?? (await git.commitOfRef(id, `refs/tags/${text}`)) ?? (await git.commitOfId(id, text));
}

function combined(statuses: readonly Status[]): string {
  const states = statuses.map((status) => status.state);
  if (states.some((state) => ['error', 'failure', 'warning'].includes(state))) return 'failure';
  const done = states.length > 0 && states.every((state) => ['success', 'skipped'].includes(state));
  return done ? 'success' : 'pending';
}
