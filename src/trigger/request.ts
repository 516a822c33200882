import type { CommitSha } from '../shared/brand.ts';

/** Who asks for what. Born from a comment or at the command line, and changed by nobody. */
export interface TestRequest {
  readonly id: string;
  /** Name of the recipe; the repository's name. */
  readonly recipe: string;
  /** Where the recipe is fetched from: a directory or a clone address. */
  readonly source: string;
  /** The one commit that is tested. */
  readonly head: CommitSha;
  /** Branch or commit that the change is meant for. */
  readonly base: string;
  /** More refs that lead to the head, such as refs/pull/1/head. */
  readonly refs: readonly string[];
  /** Stages asked for; empty means all. */
  readonly only: readonly StageName[];
  readonly origin: RequestOrigin;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type RequestOrigin =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'forge';
      /** Configured name of the forge. */
      readonly forge: string;
      readonly repositoryId: string;
      readonly owner: string;
      readonly repository: string;
      readonly pull: number;
      readonly commentId: string;
      readonly requester: string;
      /** The change comes from a branch of the repository itself: whoever pushed it may write there. */
      readonly ownBranch: boolean;
    };

/** The stages of a run, in the order in which their faults are named. */
export const STAGES = ['install', 'upgrade', 'backup-restore'] as const;
export type StageName = (typeof STAGES)[number];

export function parseStageName(text: string): StageName | undefined {
  return STAGES.find((stage) => stage === text);
}
