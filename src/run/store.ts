import type { RecordedEvent, RunEvent } from '../journal/event.ts';
import type { Ledger, LedgerRow } from '../journal/ledger.ts';
import type { RunId } from '../shared/brand.ts';
import type { ProcessMark } from '../shared/process-mark.ts';
import type { TestRequest } from '../trigger/request.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** What runs need to be remembered; kept by the database. */
export interface RunStore {
  begin(run: NewRun): void;
  append(run: RunId, event: RunEvent): RecordedEvent;
  events(run: RunId): readonly RecordedEvent[];
  ledger(run: RunId): Ledger;
  /** Rows of all runs that are not seen to be gone. */
  openLedgerRows(): readonly LedgerRow[];
  /** The verdict and what has to be posted about it, in one transaction. The second verdict of a run is refused. */
  conclude(run: RunId, verdict: Verdict): void;
  /** Ends a run without a verdict, because its request is begun once more. */
  abandon(run: RunId): void;
  /** As if it had never begun: its request could not even be planned. */
  forget(run: RunId): void;
  get(run: RunId): RunRecord | undefined;
  /** Newest first. */
  list(limit: number): readonly RunRecord[];
  unfinished(): readonly RunRecord[];
}

export interface NewRun {
  readonly id: RunId;
  readonly request: TestRequest;
  readonly controller: string;
  /** The process that carries it out, so that a later one can tell whether it lives. */
  readonly process: ProcessMark;
  readonly at: number;
}

export interface RunRecord extends NewRun {
  readonly endedAt: number | undefined;
  readonly verdict: Verdict | undefined;
}
