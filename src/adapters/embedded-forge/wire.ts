import { type Access, atLeast } from './access.ts';
import type { Comment } from './comments.ts';
import type { Core } from './core.ts';
import { pullRef } from './pulls.ts';
import type { Reaction } from './reactions.ts';
import { type Repository, repositoryById } from './repositories.ts';
import type { Status } from './statuses.ts';
import type { Thread } from './threads.ts';
import { authorById, type User } from './users.ts';

/** Values as they go over the wire, in the words of Gitea's contract. */
export type Wire = Readonly<Record<string, unknown>>;

/** `self`: shown to the account itself, or to a site admin. */
export function wireUser(core: Core, user: User, self = false): Wire {
  return {
    id: user.id,
    login: user.login,
    login_name: '',
    source_id: 0,
    full_name: user.fullName,
    email: `${user.login.toLowerCase()}@noreply.localhost`,
    avatar_url: '',
    html_url: `${core.url}/${user.login}`,
    language: '',
    is_admin: self && user.admin,
    created: time(user.created),
    restricted: false,
    active: self,
    prohibit_login: false,
    location: '',
    website: '',
    description: '',
    visibility: 'public',
    followers_count: 0,
    following_count: 0,
    starred_repos_count: 0,
    username: user.login,
  };
}

/** `access`: of whoever asks. */
export function wireRepository(core: Core, repository: Repository, access: Access): Wire {
  const { owner, name } = repository;
  const web = `${core.url}/${owner}/${name}`;
  return {
    id: repository.id,
    owner: wireUser(core, authorById(core.database, repository.ownerId)),
    name,
    full_name: `${owner}/${name}`,
    description: '',
    empty: false,
    private: repository.private,
    fork: repository.forkOf !== undefined,
    template: false,
    mirror: false,
    html_url: web,
    url: `${core.url}/api/v1/repos/${owner}/${name}`,
    clone_url: `${web}.git`,
    default_branch: repository.defaultBranch,
    archived: repository.archived,
    created_at: time(repository.created),
    updated_at: time(repository.created),
    permissions: {
      admin: atLeast(access, 'admin'),
      push: atLeast(access, 'write'),
      pull: atLeast(access, 'read'),
    },
    has_code: true,
    has_issues: true,
    has_pull_requests: true,
    internal: false,
    object_format_name: 'sha1',
  };
}

export function wireThreadUrl(core: Core, repository: Repository, number: number, onPull: boolean): string {
  return `${core.url}/${repository.owner}/${repository.name}/${onPull ? 'pulls' : 'issues'}/${number}`;
}

/** Of the two web addresses only the one that fits is filled, as on a real Gitea. */
export function wireComment(core: Core, repository: Repository, comment: Comment): Wire {
  const thread = wireThreadUrl(core, repository, comment.number, comment.onPull);
  return {
    id: comment.id,
    html_url: `${thread}#issuecomment-${comment.id}`,
    pull_request_url: comment.onPull ? thread : '',
    issue_url: comment.onPull ? '' : thread,
    user: wireUser(core, authorById(core.database, comment.authorId)),
    original_author: '',
    original_author_id: 0,
    body: comment.body,
    assets: [],
    created_at: time(comment.created),
    updated_at: time(comment.updated),
  };
}

export function wireReaction(core: Core, reaction: Reaction): Wire {
  return {
    user: wireUser(core, authorById(core.database, reaction.userId)),
    content: reaction.content,
    created_at: time(reaction.created),
  };
}

/** The state stands in `status` here, though a request has it in `state`. */
export function wireStatus(core: Core, repository: Repository, status: Status): Wire {
  const { owner, name } = repository;
  return {
    id: status.number,
    status: status.state,
    target_url: status.targetUrl,
    description: status.description,
    url: `${core.url}/api/v1/repos/${owner}/${name}/statuses/${status.sha}`,
    context: status.context,
    creator: wireUser(core, authorById(core.database, status.creatorId)),
    created_at: time(status.created),
    updated_at: time(status.created),
  };
}

/** Reads the tips of both branches from git at this very moment. */
export async function wirePullRequest(
  core: Core,
  base: Repository,
  thread: Thread,
  access: Access,
): Promise<Wire> {
  const { pull } = thread;
  if (pull === undefined) throw new TypeError(`thread ${thread.number} is no pull request`);
  const head = repositoryById(core.database, pull.headRepositoryId);
  const ref = pullRef(thread.number);
  const branchTip = head && (await core.git.commitOfRef(head.id, `refs/heads/${pull.headBranch}`));
  const headSha = branchTip ?? (await core.git.commitOfRef(base.id, ref)) ?? '';
  const baseSha = (await core.git.commitOfRef(base.id, `refs/heads/${pull.baseBranch}`)) ?? '';
  const web = wireThreadUrl(core, base, thread.number, true);
  const draft = /^\[?wip(?::|\])/i.test(thread.title);
  return {
    id: thread.id,
    url: web,
    html_url: web,
    number: thread.number,
    user: wireUser(core, authorById(core.database, thread.authorId)),
    title: thread.title,
    body: thread.body,
    labels: [],
    milestone: null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_reviewers_teams: [],
    state: thread.state,
    draft,
    is_locked: thread.locked,
    mergeable: !draft && thread.state === 'open',
    merged: false,
    merged_at: null,
    merge_commit_sha: null,
    merged_by: null,
    allow_maintainer_edit: false,
    base: {
      label: pull.baseBranch,
      ref: pull.baseBranch,
      sha: baseSha,
      repo_id: base.id,
      repo: wireRepository(core, base, access),
    },
    head: {
      label: pull.headBranch,
      ref: branchTip === undefined ? ref : pull.headBranch,
      sha: headSha,
      repo_id: head?.id ?? -1,
      repo: head === undefined ? null : wireRepository(core, head, head.id === base.id ? access : 'read'),
    },
    merge_base: (await core.git.mergeBase(base.id, baseSha, headSha)) ?? '',
    due_date: null,
    created_at: time(thread.created),
    updated_at: time(thread.updated),
    closed_at: thread.closed === undefined ? null : time(thread.closed),
  };
}

/** Whole seconds. */
function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
