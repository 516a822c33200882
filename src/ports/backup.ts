import type { Labels } from './engine.ts';

/** Part of a volume that goes into the backup; no paths means all of it. */
export interface VolumeSelection {
  /** The volume's name on the engine. */
  readonly volume: string;
  /** Relative to the volume's root. */
  readonly paths: readonly string[];
}

export interface Snapshot {
  readonly id: string;
  readonly files: number;
  readonly bytes: number;
}

/**
 * A backup repository that lives as long as its run. Volumes are put back under the same
 * names, over what is there, as backup-bot-two does: files that the snapshot lacks stay.
 */
export interface Backup {
  /** Names of the volume and containers that will be created, for the ledger. */
  names(run: string): { readonly volume: string; readonly containers: readonly string[] };
  open(run: string, labels: Labels, signal: AbortSignal): Promise<OpenBackup>;
}

export interface OpenBackup {
  save(volumes: readonly VolumeSelection[], signal: AbortSignal): Promise<Snapshot>;
  restore(snapshot: Snapshot, volumes: readonly VolumeSelection[], signal: AbortSignal): Promise<void>;
  /** Waits until nothing is under way any more and removes the repository. */
  close(signal: AbortSignal): Promise<void>;
}
