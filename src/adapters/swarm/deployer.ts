import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployer } from '../../ports/deployer.ts';
import type { Engine } from '../../ports/engine.ts';
import { SeatrialError } from '../../shared/errors.ts';
import { type ProcessResult, runProcess } from '../../shared/process.ts';
import { lastLines } from '../../shared/text.ts';
import { removeStack } from './removal.ts';

export interface SwarmDeployerOptions {
  /** Absolute path of a Docker command line client that has `stack config`. */
  readonly cli: string;
  /** Its major version. */
  readonly cliMajor: number;
  /** As in DOCKER_HOST. */
  readonly host: string;
  readonly engine: Engine;
}

const DEPLOY_MS = 60_000;
/** From this version on the client waits for convergence unless told not to. */
const DETACH_SINCE = 26;

/** `docker stack deploy`, and the engine's API for all else: what the client prints decides nothing. */
export function createSwarmDeployer(options: SwarmDeployerOptions): Deployer {
  const { engine } = options;
  return {
    async config(files, directory, env, signal) {
      const args = ['stack', 'config', ...files.flatMap((file) => ['--compose-file', file])];
      const result = await docker(options, args, { env, cwd: directory, signal });
      if (result.exitCode !== 0) throw refused('the compose files make no stack', 'stack-config', result);
      return result.stdout;
    },

    async deploy(stack, document, signal) {
      const directory = await mkdtemp(join(tmpdir(), 'seatrial-deploy-'));
      try {
        const file = join(directory, 'stack.yml');
        await writeFile(file, document, { mode: 0o600 });
        const detach = options.cliMajor >= DETACH_SINCE ? ['--detach=true'] : [];
        const args = [
          'stack',
          'deploy',
          ...detach,
          '--resolve-image',
          'always',
          '--compose-file',
          file,
          stack,
        ];
        const result = await docker(options, args, { env: {}, cwd: directory, signal });
        if (result.exitCode !== 0) throw refused('Docker refused the stack', 'deploy-refused', result);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },

    async observe(stack, signal) {
      const services = await engine.services({ 'com.docker.stack.namespace': stack }, signal);
      return {
        services,
        tasks: await engine.tasks(
          services.map(({ name }) => name),
          signal,
        ),
      };
    },

    remove: (stack, signal) => removeStack(engine, stack, signal),
    nextChange: (signal) => engine.nextEvent(signal),
  };
}

interface ClientCall {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** The client gets the run's own map as its only environment, so that nothing of ours is filled in. */
async function docker(
  options: SwarmDeployerOptions,
  args: readonly string[],
  call: ClientCall,
): Promise<ProcessResult> {
  const config = await mkdtemp(join(tmpdir(), 'seatrial-docker-'));
  try {
    return await runProcess(options.cli, ['--config', config, '-H', options.host, ...args], {
      env: call.env,
      cwd: call.cwd,
      signal: call.signal,
      name: `docker ${args.slice(0, 2).join(' ')}`,
      deadline: DEPLOY_MS,
    });
  } finally {
    await rm(config, { recursive: true, force: true });
  }
}

function refused(what: string, code: string, result: ProcessResult): SeatrialError {
  const words = lastLines(result.stderr || result.stdout, 3).join(' ');
  const unreachable = /cannot connect to the docker daemon/i.test(words);
  return new SeatrialError({
    kind: unreachable ? 'environment' : 'recipe',
    code: unreachable ? 'engine-unreachable' : code,
    sentence: `${what}: ${words}`,
    facts: { words, exitCode: result.exitCode },
  });
}
