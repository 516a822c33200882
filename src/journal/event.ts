import type { Plan, SkippedStage } from '../plan/plan.ts';
import type { Finding } from '../recipe/finding.ts';
import type { Adjustment } from '../stack/adjust/adjustment.ts';
import type { Refusal } from '../stack/policy/refusal.ts';
import type { StageName, TestRequest } from '../trigger/request.ts';
import type { Cause, CheckResult } from './check.ts';
import type { LedgerRow } from './ledger.ts';
import type { SeedRow } from './seed-row.ts';

/** Everything that happens in a run, in order; what is shown anywhere is a fold of these. */
export type RunEvent =
  | { readonly type: 'started'; readonly request: TestRequest; readonly controller: string }
  | { readonly type: 'planned'; readonly plan: Plan }
  /** Nothing of it will be deployed: the policy or the reader of its files said no. */
  | { readonly type: 'refused'; readonly cause: Cause; readonly refusals: readonly Refusal[] }
  /** What is known from the files alone; it moves neither outcome nor level. */
  | { readonly type: 'findings'; readonly findings: readonly Finding[] }
  /** What deploys in this run, with its version. */
  | { readonly type: 'equipped'; readonly deployer: string }
  | { readonly type: 'waiting'; readonly reason: string }
  | { readonly type: 'admitted'; readonly slots: number }
  | { readonly type: 'stage-started'; readonly stage: StageName }
  | { readonly type: 'progress'; readonly stage: StageName | undefined; readonly text: string }
  | { readonly type: 'adjusted'; readonly adjustments: readonly Adjustment[] }
  | { readonly type: 'check'; readonly check: CheckResult }
  | { readonly type: 'seed'; readonly row: SeedRow }
  | { readonly type: 'stage-ended'; readonly stage: StageName; readonly took: number }
  | { readonly type: 'stage-skipped'; readonly skipped: SkippedStage }
  | { readonly type: 'teardown-started' }
  | {
      readonly type: 'torn-down';
      readonly residue: readonly Residue[];
      /** What steps of the teardown that failed had to say. */
      readonly troubles: readonly string[];
      /** New since the start and neither labelled nor in the ledger; perhaps somebody else's. */
      readonly unexplained: readonly Residue[];
      readonly took: number;
    };

/** Something of ours that is still there. */
export interface Residue {
  readonly kind: LedgerRow['kind'];
  readonly name: string;
}

export interface RecordedEvent {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly event: RunEvent;
}
