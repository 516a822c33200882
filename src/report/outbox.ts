import type { RunEvent } from '../journal/event.ts';
import type { RunId } from '../shared/brand.ts';
import type { RequestOrigin, StageName, TestRequest } from '../trigger/request.ts';
import type { Refusal } from '../trigger/store.ts';

/**
 * Something that has to reach a forge: facts only, its text is made when it is posted. One
 * thing each, so that what a forge refuses for good (a comment on a locked conversation)
 * does not keep the rest from being said.
 */
export type Outgoing =
  /** We have seen the comment. */
  | { readonly kind: 'reaction'; readonly requestId: string }
  | { readonly kind: 'pending'; readonly requestId: string }
  /** The sticky comment as the run stands when it is posted. */
  | { readonly kind: 'comment'; readonly requestId: string; readonly run: RunId }
  | { readonly kind: 'stage'; readonly requestId: string; readonly run: RunId; readonly stage: StageName }
  | { readonly kind: 'settled'; readonly requestId: string; readonly run: RunId }
  | { readonly kind: 'refusal'; readonly refusal: Refusal };

export interface OutboxRow {
  readonly id: number;
  readonly forge: string;
  readonly outgoing: Outgoing;
  readonly attempts: number;
}

/** What publishing needs to be remembered; kept by the database. */
export interface OutboxStore {
  /** The oldest row of each pull request that is due, so that order is kept within one. */
  due(now: number): readonly OutboxRow[];
  posted(id: number): void;
  /** Not posted: tried again at that time (milliseconds since the epoch), or given up with a reason. */
  postponed(id: number, until: number, why: string): void;
  abandoned(id: number, why: string): void;
  pending(): number;
  request(id: string): TestRequest | undefined;
  /** Id of our comment on a pull request. */
  sticky(forge: string, repositoryId: string, pull: number): string | undefined;
  setSticky(forge: string, repositoryId: string, pull: number, commentId: string): void;
}

/** What an event of a run means for the forge that asked for it. */
export function outgoingOf(event: RunEvent, run: RunId, requestId: string): readonly Outgoing[] {
  switch (event.type) {
    case 'admitted':
      return [{ kind: 'comment', requestId, run }];
    case 'stage-ended':
      return [
        { kind: 'stage', requestId, run, stage: event.stage },
        { kind: 'comment', requestId, run },
      ];
    default:
      return [];
  }
}

/** What follows from an accepted request. */
export function acknowledgement(requestId: string): readonly Outgoing[] {
  return [
    { kind: 'reaction', requestId },
    { kind: 'pending', requestId },
  ];
}

/** What follows from a verdict. */
export function ended(run: RunId, requestId: string): readonly Outgoing[] {
  return [
    { kind: 'comment', requestId, run },
    { kind: 'settled', requestId, run },
  ];
}

export type ForgeOrigin = Extract<RequestOrigin, { kind: 'forge' }>;
