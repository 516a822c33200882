/**
 * Whose move it is: `recipe` the recipe's author, `input` the person at the command line,
 * `environment` the operator of this machine or forge, `internal` us.
 */
export type ErrorKind = 'recipe' | 'input' | 'environment' | 'internal';

export interface ErrorFacts {
  readonly [name: string]: string | number | boolean | readonly string[] | undefined;
}

export interface SeatrialErrorOptions {
  readonly kind: ErrorKind;
  /** A slug that programs may match on. */
  readonly code: string;
  /** One sentence for a person, made from the facts; never parsed. */
  readonly sentence: string;
  /** What the reader can do about it. */
  readonly remedy?: string;
  readonly facts?: ErrorFacts;
  /** True where trying again once may help: registry, disk pressure, lost node. */
  readonly transient?: boolean;
  readonly cause?: unknown;
}

/** The one error class: everything thrown on purpose is one of these. */
export class SeatrialError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly remedy: string | undefined;
  readonly facts: ErrorFacts;
  readonly transient: boolean;

  constructor(options: SeatrialErrorOptions) {
    super(options.sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SeatrialError';
    this.kind = options.kind;
    this.code = options.code;
    this.remedy = options.remedy;
    this.facts = options.facts ?? {};
    this.transient = options.transient ?? false;
  }
}

export function isSeatrialError(value: unknown): value is SeatrialError {
  return value instanceof SeatrialError;
}

/** Turns anything thrown into a SeatrialError; what we did not foresee is `internal`. */
export function asSeatrialError(value: unknown): SeatrialError {
  if (isSeatrialError(value)) return value;
  const message = value instanceof Error ? value.message : String(value);
  return new SeatrialError({ kind: 'internal', code: 'unexpected', sentence: message, cause: value });
}

/** Codes of reasons with which somebody wanted a run to end; any other abort is trouble. */
const CANCELLATIONS = new Set(['cancelled', 'superseded', 'signal']);

/** The reason for which somebody ends a run on purpose. */
export function cancellation(code: 'cancelled' | 'superseded' | 'signal', sentence: string): SeatrialError {
  return new SeatrialError({ kind: 'environment', code, sentence });
}

/** Whether an abort was wanted, and is no error of ours or the environment's. */
export function isCancellation(reason: unknown): boolean {
  return isSeatrialError(reason) && CANCELLATIONS.has(reason.code);
}
