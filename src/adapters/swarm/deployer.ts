import { mkdir } from 'node:fs/promises';
import type { Deployer } from '../../ports/deployer.ts';
import type { Engine } from '../../ports/engine.ts';
import type { RegistryLogin } from '../../ports/registry.ts';
import { SeatrialError } from '../../shared/errors.ts';
import { type ProcessResult, runProcess } from '../../shared/process.ts';
import { lastLines } from '../../shared/text.ts';
import { withLogins } from './logins.ts';
import { removeStack } from './removal.ts';

export interface SwarmDeployerOptions {
  /** Absolute path of a Docker command line client that has `stack config`. */
  readonly cli: string;
  /** Its major version. */
  readonly cliMajor: number;
  /** As in DOCKER_HOST. */
  readonly host: string;
  readonly engine: Engine;
  /** Directory of the client's own settings; empty, so that the operator's are not used. */
  readonly clientConfig: string;
  /** Handed to every service, so that whichever node it comes to may pull for it. */
  readonly logins?: readonly RegistryLogin[];
}

const DEPLOY_MS = 60_000;
/** From this version on the client waits for convergence unless told not to. */
const DETACH_SINCE = 26;

/** `docker stack deploy`, and the engine's API for all else: what the client prints decides nothing. */
export function createSwarmDeployer(options: SwarmDeployerOptions): Deployer {
  const { engine, logins = [] } = options;
  return {
    describe: async () => `docker stack deploy, client ${options.cliMajor}`,

    async config(files, directory, env, signal) {
      const args = ['stack', 'config', ...files.flatMap((file) => ['--compose-file', file])];
      const result = await docker(options, args, { env, cwd: directory, signal });
      if (result.exitCode !== 0) throw refused('the compose files make no stack', 'stack-config', result);
      return result.stdout;
    },

    async deploy({ stack, document, secrets }, signal) {
      for (const { name, labels, value } of secrets) await engine.createSecret(name, labels, value, signal);
      const detach = options.cliMajor >= DETACH_SINCE ? ['--detach=true'] : [];
      const auth = logins.length > 0 ? ['--with-registry-auth'] : [];
      const args = ['stack', 'deploy', ...detach, ...auth, '--resolve-image', 'never', '--compose-file', '-'];
      const run = (clientConfig: string) =>
        docker({ ...options, clientConfig }, [...args, stack], { env: {}, input: document, signal });
      const result = await (logins.length > 0
        ? withLogins(options.clientConfig, logins, run)
        : run(options.clientConfig));
      if (result.exitCode !== 0) throw refused('Docker refused the stack', 'deploy-refused', result);
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
  readonly cwd?: string;
  readonly input?: string;
  readonly signal: AbortSignal;
}

/** The client gets the run's own map as its only environment, so that nothing of ours is filled in. */
async function docker(
  { cli, host, clientConfig }: SwarmDeployerOptions,
  args: readonly string[],
  { signal, ...call }: ClientCall,
): Promise<ProcessResult> {
  await mkdir(clientConfig, { recursive: true, mode: 0o700 });
  const name = `docker ${args.slice(0, 2).join(' ')}`;
  return await runProcess(cli, ['--config', clientConfig, '-H', host, ...args], {
    ...call,
    signal,
    name,
    deadline: DEPLOY_MS,
  });
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
