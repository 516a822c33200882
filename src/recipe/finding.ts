/**
 * Something that can be known from a recipe's files alone. Findings are a list beside the
 * level and never move it; only a `refusal` keeps a stack from being deployed.
 */
export interface Finding {
  /** `B…` of the recipe format's list of faults, else a slug of docs/causes.md. */
  readonly code: string;
  /** `refusal`: not deployed unless a maintainer allows it; `error`: will fail; `warning`: may fail; `note`: good to know. */
  readonly severity: Severity;
  /** Path in the recipe; undefined where it is about no file. */
  readonly file: string | undefined;
  /** From 1. */
  readonly line: number | undefined;
  /** Names the right cause. */
  readonly sentence: string;
  /** What to write instead. */
  readonly remedy: string;
}

export type Severity = 'refusal' | 'error' | 'warning' | 'note';
