import type { ServiceEntry } from './document.ts';
import { milliseconds } from './duration.ts';

/** Docker's own defaults, for what a health check leaves out. */
const DEFAULTS = { interval: 30_000, timeout: 30_000, retries: 3, startPeriod: 0 };
/** Programs that start a whole runtime for one probe. */
const HEAVY = /\b(java|php|python3?|ruby|rails|node|occ|dotnet|perl|mix|rake)\b/;
/** Programs that cost next to nothing. */
const LIGHT =
  /\b(curl|wget|nc|pg_isready|redis-cli|mysqladmin|mariadb-admin|healthcheck|test|true|cat|pidof|pgrep)\b/;

/** How a health check is asked more often without its budget changing. */
export interface Pace {
  /** Milliseconds within which the recipe lets the service become healthy. */
  readonly budget: number;
  readonly interval: number;
  readonly retries: number;
}

/**
 * Undefined where the service has no health check of its own or the check is quick already.
 * Docker waits one whole interval before its first probe: with the usual 30 s that is where
 * most of a deployment's time goes.
 */
export function paceOf(service: ServiceEntry): Pace | undefined {
  const check = service.healthcheck;
  if (check === undefined || check === null || check.disable === true || check.test === undefined)
    return undefined;
  const test = Array.isArray(check.test) ? check.test.join(' ') : check.test;
  if (/^NONE\b/.test(test)) return undefined;
  const interval = milliseconds(check.interval, DEFAULTS.interval) || DEFAULTS.interval;
  const timeout = milliseconds(check.timeout, DEFAULTS.timeout) || DEFAULTS.timeout;
  const retries = check.retries ?? DEFAULTS.retries;
  const paced = Math.min(interval, costOf(test));
  const patience = retries * (interval + timeout);
  return {
    budget: milliseconds(check.start_period, DEFAULTS.startPeriod) + patience,
    interval: paced,
    retries: Math.max(retries, Math.ceil(patience / paced)),
  };
}

function costOf(test: string): number {
  if (HEAVY.test(test)) return 5000;
  return LIGHT.test(test) ? 1000 : 2000;
}
