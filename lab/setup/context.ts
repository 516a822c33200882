import type { Environment } from '../../src/config/environment.ts';
import { SeatrialError, type SeatrialErrorOptions } from '../../src/shared/errors.ts';

/** What every step of the set-up is given. */
export interface Context {
  readonly environment: Environment;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** Says what begins and, when it is done, how many seconds it took. */
export async function step<T>(context: Context, what: string, work: () => Promise<T>): Promise<T> {
  context.progress(`${what} …`);
  const started = performance.now();
  const result = await work();
  context.progress(`${what}: done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

/** The whole environment of the programs that set-up runs: English messages, the system's own directories, proxies. */
export function programEnvironment(environment: Environment): Record<string, string> {
  return {
    PATH: [environment.path, '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'].join(':'),
    HOME: environment.home,
    LC_ALL: 'C.UTF-8',
    ...proxies(environment),
  };
}

/** Proxy variables that are set, so that containers and apt go the same way out as their caller. */
export function proxies(environment: Environment): Record<string, string> {
  const set: Record<string, string> = {};
  for (const name of PROXY_VARIABLES) {
    const value = environment.variable(name);
    if (value !== undefined && value !== '') set[name] = value;
  }
  return set;
}

/** An `environment` error: something about this machine, with what can be done about it. */
export function trouble(
  code: string,
  sentence: string,
  remedy: string,
  more: Pick<SeatrialErrorOptions, 'facts' | 'cause'> = {},
): SeatrialError {
  return new SeatrialError({ kind: 'environment', code, sentence, remedy, ...more });
}
