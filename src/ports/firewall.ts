import type { Labels } from './engine.ts';

/**
 * Where the apps of a run may connect to, outside of their own networks.
 *
 * - `open`: anywhere but the addresses below.
 * - `registries`: only these hosts, such as package registries that an app needs at its start.
 * - `none`: nowhere; the networks of the run have no way out at all.
 */
export type Egress =
  | { readonly mode: 'open' }
  | { readonly mode: 'registries'; readonly hosts: readonly string[] }
  | { readonly mode: 'none' };

/**
 * Guards a node against the apps of one run while it lasts. Whatever the egress, link-local
 * addresses (the metadata services of clouds among them) and the node's own addresses cannot
 * be connected to by any container that is on the swarm's gateway bridge.
 */
export interface Firewall {
  /** The name of the one container that `open` will create, for the ledger. */
  containerName(run: string): string;
  /** Returns at once; the guard comes up meanwhile. */
  open(run: string, egress: Egress, labels: Labels, signal: AbortSignal): Promise<OpenFirewall>;
}

export interface OpenFirewall {
  /** Aborted with `egress-unguarded` where the limit of an egress cannot be kept any more. */
  readonly lost: AbortSignal;
  /**
   * Resolves when the guard stands: undefined, or why this node cannot be guarded.
   * Throws `environment` error `egress-unguarded` where the egress asks for more than the node can do.
   */
  standing(signal: AbortSignal): Promise<string | undefined>;
  /** Takes the guard away: its rules live no longer than it does, however it ends. */
  close(signal: AbortSignal): Promise<void>;
}
