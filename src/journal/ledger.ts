import type { RunId } from '../shared/brand.ts';

/** Kinds of things that we create outside of ourselves. */
export type LedgerKind =
  | 'stack'
  | 'service'
  | 'container'
  | 'volume'
  | 'network'
  | 'secret'
  | 'config'
  | 'directory';

/** A thing that exists, or may. */
export interface LedgerRow {
  readonly run: RunId;
  readonly kind: LedgerKind;
  readonly name: string;
}

/**
 * What has been created outside and is not yet seen to be gone. Rows are written before
 * anything is created, so that a crash leaves a row without a thing and never the reverse.
 */
export interface Ledger {
  intend(kind: LedgerKind, names: readonly string[]): void;
  gone(kind: LedgerKind, names: readonly string[]): void;
  open(): readonly LedgerRow[];
}
