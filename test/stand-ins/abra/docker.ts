import { spawnSync } from 'node:child_process';
import { fatal } from './fatal.ts';

/** The real client, which the launcher of the stand-in names. */
const CLIENT = process.env['STAND_IN_DOCKER'] ?? 'docker';
const HOST = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';

/** What Docker refuses ends the program in Docker's words. */
export function docker(
  args: readonly string[],
  more: { input?: string; env?: Record<string, string> } = {},
): string {
  const home = process.env['HOME'] ?? fatal('$HOME is not defined');
  const ran = spawnSync(CLIENT, ['--config', `${home}/.docker`, '-H', HOST, ...args], {
    env: { ...more.env },
    input: more.input ?? '',
    encoding: 'utf8',
  });
  return ran.status === 0 ? ran.stdout : fatal(ran.stderr.trim());
}

export function linesOf(args: readonly string[]): string[] {
  return docker(args)
    .split('\n')
    .filter((line) => line !== '');
}
