import type { RunId } from '../shared/brand.ts';

/**
 * Slots of the cluster, shared by every controller that uses this swarm.
 *
 * Contract: a run takes all the slots it asks for or none. A lease is alive while its holder
 * beats; `lost` fires before any observer may hold the run for dead. Releasing twice succeeds.
 */
export interface Leases {
  /** Undefined where fewer than `min` slots are free under `cap`; else between `min` and `want`. */
  acquire(request: LeaseRequest, signal: AbortSignal): Promise<Lease | undefined>;
  /** Runs that hold slots or beat, whoever their controller is. */
  holders(signal: AbortSignal): Promise<readonly Holder[]>;
  /**
   * Takes a run's slots and heartbeat away. A dead run's only after its objects are gone; a
   * living run's holder finds its lease lost at the next beat.
   */
  forget(run: RunId, signal: AbortSignal): Promise<void>;
  /** While admission is stopped, nobody on this swarm gets a slot. */
  stopAdmission(signal: AbortSignal): Promise<void>;
  resumeAdmission(signal: AbortSignal): Promise<void>;
  /** Waits long enough to know which of these runs are dead: their heartbeat did not move. */
  dead(runs: readonly RunId[], signal: AbortSignal): Promise<readonly RunId[]>;
}

export interface LeaseRequest {
  readonly run: RunId;
  readonly controller: string;
  readonly min: number;
  readonly want: number;
  /** MAX_TESTS of this controller. */
  readonly cap: number;
}

export interface Holder {
  readonly run: RunId;
  readonly controller: string;
  readonly slots: number;
  readonly hasHeartbeat: boolean;
}

export interface Lease {
  readonly run: RunId;
  readonly slots: number;
  /** Aborted, with a reason, once the lease can no longer be shown to be ours. */
  readonly lost: AbortSignal;
  /** Gives some slots back while the run goes on. */
  reduce(slots: number, signal: AbortSignal): Promise<void>;
  release(signal: AbortSignal): Promise<void>;
}
