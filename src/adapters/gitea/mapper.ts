import type {
  CommitStatus,
  ForgeComment,
  ForgeRepository,
  ForgeUser,
  Permission,
  PullRequest,
  StatusState,
} from '../../ports/forge.ts';
import { parseCommitSha } from '../../shared/brand.ts';
import type { WireComment, WirePull, WireRepository, WireStatus, WireUser } from './schema.ts';

/** A deleted account shows as "Ghost" with the id -1. */
export function toUser(user: WireUser | null | undefined): ForgeUser | undefined {
  if (user === null || user === undefined || !/^[1-9]/.test(user.id)) return undefined;
  return { id: user.id, login: user.login };
}

export function toRepository(repository: WireRepository): ForgeRepository {
  return {
    id: repository.id,
    owner: repository.owner.login,
    name: repository.name,
    cloneUrl: repository.clone_url,
    webUrl: repository.html_url,
    archived: repository.archived,
    defaultBranch: repository.default_branch,
  };
}

/**
 * Undefined where the answer does not say what the comment stands on. Of the two web
 * addresses only the one that fits is filled; the number is its last part.
 */
export function toComment(comment: WireComment): ForgeComment | undefined {
  const onPullRequest = comment.pull_request_url !== '';
  const address = onPullRequest ? comment.pull_request_url : comment.issue_url;
  const number = /\/([1-9]\d{0,14})\/?$/.exec(address)?.[1];
  if (number === undefined) return undefined;
  return {
    id: comment.id,
    number: Number(number),
    onPullRequest,
    author: comment.original_author === '' ? toUser(comment.user) : undefined,
    body: comment.body,
    createdAt: comment.created_at,
    updatedAt: comment.updated_at,
    url: comment.html_url,
  };
}

/** Undefined where the head is no commit of 40 hex digits. */
export function toPullRequest(pull: WirePull): PullRequest | undefined {
  const headSha = parseCommitSha(pull.head.sha);
  if (headSha === undefined) return undefined;
  return {
    number: pull.number,
    title: pull.title,
    state: pull.state,
    draft: pull.draft ?? false,
    author: toUser(pull.user),
    headSha,
    headRef: pull.head.ref,
    baseRef: pull.base.ref,
    sameRepository: isSameRepository(pull),
    url: pull.html_url,
  };
}

/**
 * An AGit push names the base repository as the head's though its author may have no rights
 * there: it has no label, and its ref is no branch. A deleted branch also has no branch left
 * that would prove anything.
 */
function isSameRepository({ head, base }: WirePull): boolean {
  if (head.repo?.id === undefined || head.repo.id !== base.repo?.id) return false;
  return head.label !== '' && !head.ref.startsWith('refs/');
}

/** `owner` is an admin; a word we do not know is nothing. */
export function toPermission(word: string): Permission {
  switch (word) {
    case 'owner':
    case 'admin':
      return 'admin';
    case 'write':
    case 'read':
      return word;
    default:
      return 'none';
  }
}

/** The newest of each context, newest first. Time is in whole seconds here, the id is exact. */
export function newestOfEach(statuses: readonly WireStatus[]): CommitStatus[] {
  const newest = new Map<string, WireStatus>();
  for (const status of statuses.toSorted((one, other) => other.id - one.id)) {
    if (!newest.has(status.context)) newest.set(status.context, status);
  }
  return [...newest.values()].map((status) => ({
    context: status.context,
    state: toState(status.status ?? ''),
    description: status.description,
    targetUrl: status.target_url === '' ? undefined : status.target_url,
  }));
}

/** The server stores any word: what others wrote is read by what it means for a merge. */
function toState(word: string): StatusState {
  switch (word) {
    case 'pending':
    case 'success':
    case 'failure':
    case 'error':
      return word;
    case 'skipped':
      return 'success';
    case 'warning':
      return 'failure';
    default:
      return 'error';
  }
}
