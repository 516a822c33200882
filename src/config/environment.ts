import { homedir } from 'node:os';
import { join } from 'node:path';

/** What Seatrial takes from the environment of its process. Nobody else reads it. */
export interface Environment {
  readonly path: string;
  readonly home: string;
  /** Things that can be made again: lab images, an unpacked command line client. */
  readonly cacheDir: string;
  /** Default place of the state directory. */
  readonly stateDir: string;
  /** As Docker's own clients read it. */
  readonly dockerHost: string;
  /** Every `SEATRIAL_…` variable by its name, and MAX_TESTS under SEATRIAL_MAX_TESTS. */
  readonly settings: Readonly<Record<string, string>>;
  readonly ci: boolean;
  readonly noColor: boolean;
  /** Value of any variable that a configuration names, such as a token. */
  variable(name: string): string | undefined;
}

const DEFAULT_DOCKER_HOST = 'unix:///var/run/docker.sock';

export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const home = env['HOME'] ?? homedir();
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith('SEATRIAL_') && value !== undefined) settings[name] = value;
  }
  const alias = env['MAX_TESTS'];
  if (alias !== undefined) settings['SEATRIAL_MAX_TESTS'] ??= alias;
  return {
    path: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    home,
    cacheDir: join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'seatrial'),
    stateDir: join(env['XDG_STATE_HOME'] ?? join(home, '.local', 'state'), 'seatrial'),
    dockerHost: env['DOCKER_HOST'] ?? DEFAULT_DOCKER_HOST,
    settings,
    ci: env['CI'] === 'true',
    noColor: env['NO_COLOR'] !== undefined,
    variable: (name) => env[name],
  };
}
