import type { TestRequest } from './request.ts';

/** A comment, named so that no two forges or repositories can be taken for each other. */
export interface CommentKey {
  readonly forge: string;
  readonly repositoryId: string;
  readonly commentId: string;
}

/** What became of a comment that was looked at. */
export type Decision =
  | { readonly kind: 'accepted'; readonly request: TestRequest }
  /** Somebody without permission asked: answered once for each person and pull request. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'ignored'; readonly why: string };

export interface Refusal {
  readonly forge: string;
  readonly repositoryId: string;
  readonly owner: string;
  readonly repository: string;
  readonly pull: number;
  readonly login: string;
}

/** What polling needs to be remembered; kept by the database. */
export interface TriggerStore {
  /** Milliseconds since the epoch by the forge's clock; undefined before the first poll. */
  cursor(forge: string, repositoryId: string): number | undefined;
  setCursor(forge: string, repositoryId: string, cursor: number): void;
  isDecided(key: CommentKey): boolean;
  /**
   * Remembers the comment and what follows from it (the job, the acknowledgement, the polite
   * answer) in one transaction. False where the comment was decided before: then nothing happens.
   */
  decide(key: CommentKey, decision: Decision, at: number): boolean;
}
