import { accessOf, atLeast, isCollaborator } from './access.ts';
import { insertComment } from './comments.ts';
import type { Core } from './core.ts';
import { HttpProblem } from './http-problem.ts';
import { forkOwnedBy, type Repository, repositoryById } from './repositories.ts';
import {
  changeThread,
  insertThread,
  openPullsFrom,
  type PullSides,
  pullsOf,
  type Thread,
  type ThreadChange,
} from './threads.ts';
import { type User, userByLogin } from './users.ts';

export interface PullRequestOptions {
  readonly title: string;
  readonly body: string;
  /** `branch`, or `user:branch` for the branch of that user's fork. */
  readonly head: string;
  readonly base: string;
}

/** The ref through which the base repository carries the head of a pull request. */
export function pullRef(number: number): string {
  return `refs/pull/${number}/head`;
}

/**
 * Throws an HttpProblem where a real Gitea refuses: 400 no fork, 403 not a
 * collaborator here and no writer there, 404 no such branch or user, 409 exists already, 422 nothing to merge.
 */
export async function openPullRequest(
  core: Core,
  base: Repository,
  author: User,
  options: PullRequestOptions,
): Promise<Thread> {
  const unchanged = 'Invalid PullRequest: There are no changes between the head and the base';
  if (options.head === options.base) throw new HttpProblem(422, unchanged);
  const head = headOf(core, base, options.head);
  const headCommit = await core.git.commitOfRef(head.repository.id, `refs/heads/${head.branch}`);
  const baseCommit = await core.git.commitOfRef(base.id, `refs/heads/${options.base}`);
  if (headCommit === undefined || baseCommit === undefined) throw new HttpProblem(404, 'not found');
  const pull = { headRepositoryId: head.repository.id, headBranch: head.branch, baseBranch: options.base };
  const twin = pullsOf(core.database, base.id, 'open').find((other) => sameSides(other.pull, pull));
  if (twin !== undefined) throw new HttpProblem(409, `pull request already exists: number ${twin.number}`);
  const ownHead = atLeast(accessOf(core.database, head.repository, author), 'write');
  if (!ownHead && !isCollaborator(core.database, base, author)) {
    throw new HttpProblem(403, 'user must be a collaborator');
  }
  const thread = insertThread(core.database, {
    repositoryId: base.id,
    authorId: author.id,
    title: options.title,
    body: options.body,
    created: core.now(),
    pull,
  });
  await refreshHead(core, thread);
  return thread;
}

/** Closing and reopening leave an event behind. */
export function editPullRequest(core: Core, thread: Thread, editor: User, change: ThreadChange): Thread {
  const changed = changeThread(core.database, thread, change, core.now());
  if (changed.state !== thread.state) {
    const event = { threadId: thread.id, authorId: editor.id, kind: 'event', body: changed.state } as const;
    insertComment(core.database, { ...event, created: core.now() });
  }
  return changed;
}

/**
 * To be called after a push: the refs of the pull requests follow, and those whose head
 * branch is gone are closed, in the name of whoever pushed.
 */
export async function afterPush(core: Core, headRepositoryId: number, pusher: User): Promise<void> {
  for (const thread of openPullsFrom(core.database, headRepositoryId)) {
    if ((await refreshHead(core, thread)) !== 'branch-gone') continue;
    editPullRequest(core, thread, pusher, { state: 'closed' });
  }
}

/** Brings `refs/pull/N/head` of the base repository to the tip of the head branch. */
export function refreshHead(core: Core, thread: Thread): Promise<'fresh' | 'branch-gone'> {
  return core.inTurn(thread.repositoryId, async () => {
    const { pull } = thread;
    if (pull === undefined) return 'fresh';
    if (repositoryById(core.database, pull.headRepositoryId) === undefined) return 'branch-gone';
    const from = { id: pull.headRepositoryId, ref: `refs/heads/${pull.headBranch}` };
    const to = { id: thread.repositoryId, ref: pullRef(thread.number) };
    const tip = await core.git.commitOfRef(from.id, from.ref);
    if (tip === undefined) return 'branch-gone';
    if (tip === (await core.git.commitOfRef(to.id, to.ref))) return 'fresh';
    if (from.id === to.id) await core.git.setRef(to.id, to.ref, tip);
    else await core.git.copyRef(from, to);
    return 'fresh';
  });
}

function headOf(core: Core, base: Repository, head: string): { repository: Repository; branch: string } {
  const colon = head.indexOf(':');
  if (colon < 0) return { repository: base, branch: head };
  const owner = head.slice(0, colon);
  const branch = head.slice(colon + 1);
  if (owner.toLowerCase() === base.owner.toLowerCase()) return { repository: base, branch };
  const fork = forkOwnedBy(core.database, base.id, owner);
  if (userByLogin(core.database, owner) === undefined) throw new HttpProblem(404, 'not found');
  if (fork === undefined)
    throw new HttpProblem(400, `the user ${owner} does not have a fork of the base repository`);
  return { repository: fork, branch };
}

function sameSides(one: PullSides | undefined, other: PullSides): boolean {
  return (
    one?.headRepositoryId === other.headRepositoryId &&
    one.headBranch === other.headBranch &&
    one.baseBranch === other.baseBranch
  );
}
