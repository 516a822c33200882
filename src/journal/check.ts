import type { StageName } from '../trigger/request.ts';

/** Stages of a run as results name them; the last is ours alone. */
export type ResultStage = StageName | 'teardown';

export type CheckOutcome = 'pass' | 'fail' | 'invalid' | 'error' | 'skipped' | 'aborted';

/** Why something went wrong, for people and programs. */
export interface Cause {
  /** `B…` of the recipe format's list of faults, else a slug of docs/causes.md. */
  readonly code: string;
  readonly sentence: string;
  readonly where?: { readonly file: string; readonly line: number } | { readonly service: string };
  /** Lines that show it: logs, engine's words, digests. */
  readonly evidence: readonly string[];
}

export interface CheckResult {
  readonly stage: ResultStage;
  /** A slug, unique in its stage. */
  readonly id: string;
  /** What was claimed, as a sentence. */
  readonly title: string;
  readonly outcome: CheckOutcome;
  /** With `fail`, `invalid` and `error`. */
  readonly cause?: Cause;
  /** With `skipped` and `aborted`: who decided and why; with `pass` what was seen, where it helps. */
  readonly note?: string;
  /** Milliseconds. */
  readonly took: number;
}
