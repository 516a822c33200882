import { join } from 'node:path';
import { findCli } from '../../lab/setup/docker-cli.ts';
import { readMachine } from '../../lab/setup/machine.ts';
import { createDockerEngine } from '../../src/adapters/docker-engine/engine.ts';
import { createSwarmDeployer } from '../../src/adapters/swarm/deployer.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import type { Deployer, Deployment } from '../../src/ports/deployer.ts';
import type { RegistryLogin } from '../../src/ports/registry.ts';
import type { StackName } from '../../src/shared/brand.ts';
import { workTree } from './git.ts';
import type { TestLab } from './lab.ts';

const NOBODY = 'unix:///nonexistent/docker.sock';

/** Enough of a deployer to render stacks: the client of this machine, and no engine behind it. */
export async function renderingDeployer(directory: string): Promise<Deployer> {
  const environment = readEnvironment();
  const signal = AbortSignal.timeout(60_000);
  const cli = await findCli({ environment, signal, progress: () => undefined }, await readMachine());
  return createSwarmDeployer({
    cli: cli.path,
    cliMajor: Number.parseInt(cli.version, 10),
    clientConfig: join(directory, 'docker-client'),
    host: NOBODY,
    engine: createDockerEngine(NOBODY),
  });
}

/** The lab's deployer with logins of a test's own. */
export async function swarmDeployerWith(
  { environment, host, engine }: Pick<TestLab, 'environment' | 'host' | 'engine'>,
  directory: string,
  logins: readonly RegistryLogin[],
): Promise<Deployer> {
  const signal = AbortSignal.timeout(60_000);
  const cli = await findCli({ environment, signal, progress: () => undefined }, await readMachine());
  return createSwarmDeployer({
    ...{ cli: cli.path, cliMajor: Number.parseInt(cli.version, 10), host, engine, logins },
    clientConfig: join(directory, 'docker-client'),
  });
}

/** A deployment of a document whose recipe is a repository of its own, with this document as its compose file. */
export function deploymentOf(
  stack: StackName,
  document: string,
  secrets: Deployment['secrets'] = [],
): Deployment {
  const tree = workTree();
  const files = { 'compose.yml': document, '.env.sample': 'TYPE=sample\nDOMAIN=sample.example.com\n' };
  for (const [path, content] of Object.entries(files)) tree.write(path, content);
  const sha = tree.commit('sample', '1.0.0+1.0.0');
  // Compose files have to agree about it.
  const [version = ''] = /^version: .*\n/.exec(document) ?? [];
  return {
    ...{ stack, document, secrets },
    origin: {
      ...{ recipe: 'sample', sha, domain: `${stack}.seatrial.test` },
      env: { TYPE: 'sample', DOMAIN: `${stack}.seatrial.test`, STACK_NAME: stack },
      compose: ['compose.yml'],
      files: Object.entries(files).map(([path, content]) => ({
        ...{ path, executable: false, content: Buffer.from(content) },
      })),
      repository: tree.directory,
      supplement: `${version}services: {}\n`,
    },
  };
}
