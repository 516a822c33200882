import type { StackName } from '../shared/brand.ts';
import { isSeatrialError, SeatrialError } from '../shared/errors.ts';
import type { Labels } from './engine.ts';

/** Which requests go where, and what the router does with them on the way. */
export interface Route {
  readonly host: string;
  /** All of them have to hold. */
  readonly conditions: readonly RouteCondition[];
  /** Of the routes that a request fits, the one with the highest number has it. */
  readonly priority: number;
  /** The service's name on the app's network. */
  readonly service: string;
  readonly port: number;
  /** How the service is spoken to; the certificate of an `https` one is not looked at. */
  readonly scheme: 'http' | 'https';
  /** Name of the network on which both live. */
  readonly network: string;
  /** In this order. */
  readonly steps: readonly RouteStep[];
}

/** Holds where one of the values fits, or with `not` where none does. */
export type RouteCondition = { readonly values: readonly string[]; readonly not: boolean } & (
  | { readonly kind: 'path' | 'path-prefix' | 'path-pattern' | 'method' }
  | { readonly kind: 'header' | 'header-pattern' | 'query'; readonly name: string }
);

export type RouteStep =
  | { readonly kind: 'strip-prefix'; readonly prefixes: readonly string[] }
  | { readonly kind: 'add-prefix'; readonly prefix: string }
  /** Pattern of a whole URL; `$1` in the target is its first group. */
  | {
      readonly kind: 'redirect';
      readonly pattern: string;
      readonly target: string;
      readonly permanent: boolean;
    }
  /** An empty value takes the header away. */
  | { readonly kind: 'request-header' | 'response-header'; readonly name: string; readonly value: string }
  /** Hashes are those of bcrypt. */
  | {
      readonly kind: 'password';
      readonly users: readonly { readonly name: string; readonly hash: string }[];
    };

/** What the apps of a run, its tests and its browsers trust besides what everybody trusts. */
export interface Trust {
  /** Certificate of an authority, PEM. */
  readonly ca: string;
  /** SHA-256 of its public key in base64, as Chromium takes it. */
  readonly spki: string;
}

/** How an app is visited. */
export interface Address {
  /** `https://<host>`, or an address of the node itself where there is no router in between. */
  readonly url: string;
  /** Who can use this very URL: browsers, tests and the other containers alike, or the controller alone. */
  readonly reach: 'everywhere' | 'controller';
  /** What a visitor connects to instead of looking the host up. */
  readonly connect: { readonly host: string; readonly port: number };
  readonly trust: Trust | undefined;
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

/** Makes the apps of a run reachable under their host names, from the host and from each other. */
export interface Router {
  /** The operator's network that the apps have to be on; undefined where each app has one of its own. */
  readonly network: string | undefined;
  /** Before anything is rendered or created; `expires` is in seconds since the epoch. */
  prepare(run: string, expires: number): Promise<RunRouter>;
}

/** The router of one run. */
export interface RunRouter {
  /** What the apps are to trust; undefined where nothing is injected. */
  readonly trust: Trust | undefined;
  /** Names of the containers that `open` will create, for the ledger. */
  readonly containers: readonly string[];
  /**
   * The networks must exist before; everything it creates carries the labels. Returns at
   * once; the router comes up meanwhile, and `ask` waits for it. Where routes stand on
   * networks of their own, the router answers there to their host names.
   */
  open(routes: readonly Route[], labels: Labels, signal: AbortSignal): Promise<OpenRouter>;
}

export interface OpenRouter {
  /** How the app with this host is visited. Throws as `ask` does. */
  address(host: string, signal: AbortSignal): Promise<Address>;
  /**
   * Where the app takes a request and does not answer in time, the answer is the router's 504.
   * Throws `environment` error `router-unreachable` where the router itself did not come up or
   * cannot be reached.
   */
  ask(ask: Ask, signal: AbortSignal): Promise<Answer>;
  /** Waits until nothing is under way any more and removes what `open` created. */
  close(signal: AbortSignal): Promise<void>;
}

/** The name by which the router reaches a service of a stack. */
export function serviceAddress(stack: StackName, service: string): string {
  return `${stack}_${service}`;
}

/** The answer of a router that waited in vain for the app; undefined for any other trouble. */
export function answerTooLate(error: unknown): Answer | undefined {
  if (!isSeatrialError(error) || error.code !== 'unanswered') return undefined;
  return { from: 'router', status: 504, headers: {}, body: Buffer.from(error.message) };
}

/** The error of a router that cannot be asked. */
export function routerUnreachable(why: string): SeatrialError {
  return new SeatrialError({
    kind: 'environment',
    code: 'router-unreachable',
    sentence: `The router of the run does not answer: ${why}`,
    transient: true,
  });
}
