import type { RunEvent } from '../journal/event.ts';
import type { RunId } from '../shared/brand.ts';
import type { RequestOrigin, StageName, TestRequest } from '../trigger/request.ts';
import type { Refusal } from '../trigger/store.ts';

/** Something that has to reach a forge: facts only, its text is made when it is posted. */
export type Outgoing =
  | { readonly kind: 'acknowledgement'; readonly requestId: string }
  | { readonly kind: 'progress'; readonly requestId: string; readonly run: RunId }
  | { readonly kind: 'stage'; readonly requestId: string; readonly run: RunId; readonly stage: StageName }
  | { readonly kind: 'verdict'; readonly requestId: string; readonly run: RunId }
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
      return [{ kind: 'progress', requestId, run }];
    case 'stage-ended':
      return [{ kind: 'stage', requestId, run, stage: event.stage }];
    default:
      return [];
  }
}

export type ForgeOrigin = Extract<RequestOrigin, { kind: 'forge' }>;
