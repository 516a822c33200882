import type { CommitSha } from '../shared/brand.ts';

/**
 * A forge in Seatrial's words: GitHub, Gitea, Forgejo or the embedded one.
 *
 * Contract: answers are validated before they are returned. Errors are SeatrialErrors of
 * kind `environment` with one of the codes of `ForgeErrorCode`. No call is repeated by the
 * adapter once the server may have stored something.
 */
export type ForgeErrorCode =
  | 'forge-unauthorised' // 401: the token is bad or expired
  | 'forge-forbidden' // 403
  | 'forge-not-found' // 404: gone, renamed or out of sight
  | 'forge-moved' // 3xx: the repository has another name now
  | 'forge-read-only' // 423, or 403 of an archived repository
  | 'forge-rejected' // 4xx: the request itself was wrong
  | 'forge-limited' // 429 or a rate limit: facts.retryAfter in seconds
  | 'forge-failed' // 5xx, or an answer that makes no sense
  | 'forge-unreachable'; // no answer, or none in time

export interface ForgeUser {
  /** Opaque; survives renames. */
  readonly id: string;
  readonly login: string;
}

export interface ForgeRepository {
  /** Opaque; survives renames. */
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly cloneUrl: string;
  readonly webUrl: string;
  readonly archived: boolean;
  readonly defaultBranch: string;
}

export interface RepositoryPath {
  readonly owner: string;
  readonly name: string;
}

export interface ForgeComment {
  /** Opaque; unique within one forge. */
  readonly id: string;
  /** Number of the issue or pull request it stands on. */
  readonly number: number;
  readonly onPullRequest: boolean;
  /** Undefined where the account is gone or the comment was migrated: then nobody here answers for it. */
  readonly author: ForgeUser | undefined;
  readonly body: string;
  /** Milliseconds since the epoch, by the forge's clock, often in whole seconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly url: string;
}

export interface CommentsPage {
  /** Comments updated at or after `since`, each once, oldest first; all pages read. */
  readonly comments: readonly ForgeComment[];
  /** The forge's own time of the answer, milliseconds since the epoch. */
  readonly serverTime: number;
}

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly state: 'open' | 'closed';
  readonly draft: boolean;
  readonly author: ForgeUser | undefined;
  readonly headSha: CommitSha;
  /** Branch or ref of the head as the forge names it. */
  readonly headRef: string;
  readonly baseRef: string;
  /** Whether head and base are the same repository and not an AGit push. */
  readonly sameRepository: boolean;
  readonly url: string;
}

/** What someone may do; `write` and `admin` may start runs. */
export type Permission = 'none' | 'read' | 'write' | 'admin';

export type StatusState = 'pending' | 'success' | 'failure' | 'error';

export interface CommitStatus {
  /** Fixed, short, ASCII: branch protection matches it by name. */
  readonly context: string;
  readonly state: StatusState;
  /** One line; cut to 140 code points by the adapter. */
  readonly description: string;
  readonly targetUrl: string | undefined;
}

export interface Forge {
  /** The configured name of this instance; part of every key. */
  readonly name: string;
  whoAmI(signal: AbortSignal): Promise<ForgeUser>;
  repository(path: RepositoryPath, signal: AbortSignal): Promise<ForgeRepository>;
  /** `since` in milliseconds since the epoch; undefined asks for nothing but the server's time. */
  commentsSince(path: RepositoryPath, since: number | undefined, signal: AbortSignal): Promise<CommentsPage>;
  /** Undefined where the comment is gone. */
  comment(path: RepositoryPath, id: string, signal: AbortSignal): Promise<ForgeComment | undefined>;
  /** All comments of one pull request, oldest first. */
  commentsOf(path: RepositoryPath, number: number, signal: AbortSignal): Promise<readonly ForgeComment[]>;
  pullRequest(path: RepositoryPath, number: number, signal: AbortSignal): Promise<PullRequest>;
  permission(path: RepositoryPath, user: ForgeUser, signal: AbortSignal): Promise<Permission>;
  /** Succeeds where it stands already, and where the forge does not allow this reaction. */
  react(
    path: RepositoryPath,
    commentId: string,
    reaction: 'eyes' | '+1' | '-1' | 'confused',
    signal: AbortSignal,
  ): Promise<void>;
  createComment(
    path: RepositoryPath,
    number: number,
    body: string,
    signal: AbortSignal,
  ): Promise<ForgeComment>;
  /** Undefined where the comment is gone. */
  editComment(
    path: RepositoryPath,
    id: string,
    body: string,
    signal: AbortSignal,
  ): Promise<ForgeComment | undefined>;
  deleteComment(path: RepositoryPath, id: string, signal: AbortSignal): Promise<void>;
  setStatus(path: RepositoryPath, sha: CommitSha, status: CommitStatus, signal: AbortSignal): Promise<void>;
  /** The newest status of each context. */
  statuses(path: RepositoryPath, sha: CommitSha, signal: AbortSignal): Promise<readonly CommitStatus[]>;
}
