/** Time as a value that is handed in, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since the epoch, for people and records. */
  now(): number;
  /** Milliseconds that only ever grow, for durations and deadlines. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
