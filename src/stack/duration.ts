const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a Go duration such as `1m30s`; plain numbers are nanoseconds, as Docker prints them. */
export function milliseconds(duration: string | number | undefined, otherwise: number): number {
  if (duration === undefined) return otherwise;
  if (typeof duration === 'number') return duration / 1e6;
  // No duration is as long, and to look for one takes the square of its length.
  if (duration.length > 100) return otherwise;
  let total = 0;
  for (const [, amount = '0', unit = 's'] of duration.matchAll(/([0-9.]+)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(amount) * (UNITS[unit] ?? 1000);
  }
  return total;
}
