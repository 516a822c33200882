import { SeatrialError } from './errors.ts';

/** What a probe of a wait found: the thing itself, or what is still missing. */
export type Probed<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly missing: string };

export interface WaitOptions {
  /** Names the deadline; its expiry says "<name>: still missing …". */
  readonly name: string;
  /** Milliseconds from now. */
  readonly deadline: number;
  /** Upper bound between two probes in milliseconds. */
  readonly every: number;
  readonly signal: AbortSignal;
  /** Resolves when something happened that makes an early look worthwhile. */
  readonly wake?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Probes until the thing is there. Throws the signal's reason when aborted, and an
 * `environment` error `deadline` that names what was still missing when time is up.
 */
export async function until<T>(options: WaitOptions, probe: () => Promise<Probed<T>>): Promise<T> {
  const started = performance.now();
  for (;;) {
    options.signal.throwIfAborted();
    const probed = await probe();
    if (probed.done) return probed.value;
    const left = options.deadline - (performance.now() - started);
    if (left <= 0) throw deadlineExpired(options, probed.missing);
    // Timers may fire a moment early: the last look must not come before the deadline.
    await pause(Math.min(options.every, Math.ceil(left) + 1), options);
  }
}

function deadlineExpired(options: WaitOptions, missing: string): SeatrialError {
  const seconds = Math.round(options.deadline / 1000);
  return new SeatrialError({
    kind: 'environment',
    code: 'deadline',
    sentence: `${options.name}: after ${seconds} s still missing: ${missing}`,
    facts: { deadline: options.name, seconds, missing },
  });
}

async function pause(milliseconds: number, options: WaitOptions): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  try {
    await Promise.race([elapsed(milliseconds, signal), ...(options.wake ? [options.wake(signal)] : [])]);
  } finally {
    over.abort();
  }
}

/** Resolves after the time or when aborted; the caller looks at its signal itself. */
export function elapsed(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener('abort', finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    }
  });
}
