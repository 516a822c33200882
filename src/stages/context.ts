import type { RunKey } from '../integrity/seed.ts';
import type { Cause, CheckResult } from '../journal/check.ts';
import type { RunEvent } from '../journal/event.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { PlannedApp } from '../plan/plan.ts';
import type { OpenBackup } from '../ports/backup.ts';
import type { Deployer } from '../ports/deployer.ts';
import type { Engine } from '../ports/engine.ts';
import type { OpenRouter } from '../ports/router.ts';
import type { Clock } from '../shared/clock.ts';
import { asSeatrialError, isCancellation, isSeatrialError } from '../shared/errors.ts';
import type { Stack } from '../stack/stack.ts';
import type { Suite } from '../suite/suite.ts';
import type { StageName } from '../trigger/request.ts';
import type { ImageTrouble } from './image-trouble.ts';

/** All that the stages of one path work with. */
export interface StageContext {
  readonly stage: StageName;
  readonly app: PlannedApp;
  /** The app as it is deployed from the head. */
  readonly head: Stack;
  /** The app as the previous release deploys it. */
  readonly previous: Stack | undefined;
  /** Images that cannot be had, and why; learnt before any slot was taken. */
  readonly images: ReadonlyMap<string, ImageTrouble>;
  readonly suite: Suite;
  readonly key: RunKey;
  readonly engine: Engine;
  readonly deployer: Deployer;
  readonly router: OpenRouter;
  readonly backup: OpenBackup;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  emit(event: RunEvent): void;
}

/** A check that did not pass; thrown by what a check runs, caught by `check`. */
export class CheckFault extends Error {
  readonly outcome: 'fail' | 'invalid' | 'error';
  readonly reason: Cause;

  constructor(outcome: 'fail' | 'invalid' | 'error', reason: Cause) {
    super(reason.sentence);
    this.name = 'CheckFault';
    this.outcome = outcome;
    this.reason = reason;
  }
}

/** Thrown after the result of a check that did not pass has been recorded: the stage ends here. */
export class StageStopped extends Error {
  constructor() {
    super('the stage ends with the check before');
    this.name = 'StageStopped';
  }
}

export function fail(cause: Cause): never {
  throw new CheckFault('fail', cause);
}

/**
 * Runs one check and records how it ended. What it returns is handed on; a string becomes the
 * note of the result. Throws StageStopped after anything but a pass.
 */
export async function check<T>(
  context: StageContext,
  id: string,
  title: string,
  run: () => Promise<T>,
): Promise<T> {
  const started = context.clock.monotonic();
  const record = (result: Pick<CheckResult, 'outcome'> & Partial<CheckResult>) =>
    context.emit({
      type: 'check',
      check: {
        stage: context.stage,
        id,
        title,
        took: Math.round(context.clock.monotonic() - started),
        ...result,
      },
    });
  try {
    const value = await run();
    record({ outcome: 'pass', ...(typeof value === 'string' ? { note: value } : {}) });
    return value;
  } catch (error) {
    record(resultOf(error, context.signal));
    throw new StageStopped();
  }
}

function resultOf(error: unknown, signal: AbortSignal): Pick<CheckResult, 'outcome'> & Partial<CheckResult> {
  if (error instanceof CheckFault) return { outcome: error.outcome, cause: error.reason };
  if (signal.aborted && isCancellation(signal.reason))
    return { outcome: 'aborted', note: asSeatrialError(signal.reason).message };
  const known = asSeatrialError(signal.aborted ? signal.reason : error);
  const evidence = Object.entries(known.facts).map(([name, value]) => `${name}: ${String(value)}`);
  if (!isSeatrialError(error)) evidence.push(String(error instanceof Error ? error.stack : error));
  return { outcome: 'error', cause: { code: known.code, sentence: known.message, evidence } };
}
