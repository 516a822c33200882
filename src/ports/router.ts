import type { StackName } from '../shared/brand.ts';
import type { Labels } from './engine.ts';

/** Where requests for a host name go. */
export interface Route {
  readonly host: string;
  /** The service's name on the app's network. */
  readonly service: string;
  readonly port: number;
  /** Name of the network on which both live. */
  readonly network: string;
}

/** An answer and who gave it: the app itself, or the router because no app could be reached. */
export interface Answer {
  readonly from: 'app' | 'router';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Ask {
  readonly host: string;
  readonly path: string;
  /** Milliseconds for this one request. */
  readonly deadline: number;
  readonly maxBytes: number;
}

/**
 * Makes the apps of one run reachable under their host names, from the host and from each
 * other. The networks must exist before `open`; everything it creates carries the labels.
 */
export interface Router {
  /** The name of the one container that `open` will create, for the ledger. */
  containerName(run: string): string;
  /** Returns at once; the router comes up meanwhile, and `ask` waits for it. */
  open(run: string, routes: readonly Route[], labels: Labels, signal: AbortSignal): Promise<OpenRouter>;
}

export interface OpenRouter {
  /** Throws `environment` error `router-unreachable` where the router itself did not come up or does not answer. */
  ask(ask: Ask, signal: AbortSignal): Promise<Answer>;
  /** Waits until nothing is under way any more and removes the router. */
  close(signal: AbortSignal): Promise<void>;
}

/** The name by which the router reaches a service of a stack. */
export function serviceAddress(stack: StackName, service: string): string {
  return `${stack}_${service}`;
}
