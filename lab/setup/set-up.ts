import { mkdir } from 'node:fs/promises';
import { type Context, trouble } from './context.ts';
import { type Docker, docker } from './docker.ts';
import { type Cli, findCli } from './docker-cli.ts';
import { ensureEngine } from './engine.ts';
import { alone } from './lock.ts';
import { readMachine } from './machine.ts';
import { requireSpace } from './space.ts';
import { ensureSwarm } from './swarm.ts';

/** A Docker that can deploy stacks. */
export interface Ready {
  readonly cli: Cli;
  /** `unix:///…` */
  readonly host: string;
}

/**
 * Makes this machine able to deploy: an engine that answers, a client with `stack config`
 * and a swarm. What is there already is used as it is; running it again changes nothing.
 * Throws `environment` errors, each with its remedy.
 */
export async function setUp(context: Context): Promise<Ready> {
  const { environment, signal } = context;
  await makeCache(environment.cacheDir);
  await requireSpace(environment.cacheDir, "Seatrial's cache");
  return alone(context, 'set-up', async () => {
    const machine = await readMachine();
    const host = `unix://${await ensureEngine(context, machine)}`;
    const cli = await findCli(context, machine);
    const client: Docker = { cli, host, environment, signal };
    const [engine, dataRoot] = await describe(client);
    context.progress(`Docker Engine ${engine} at ${host}, client ${cli.version} (${cli.path})`);
    await requireSpace(dataRoot, "Docker's data");
    await ensureSwarm(context, client);
    return { cli, host };
  });
}

async function makeCache(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true }).catch((cause: unknown) => {
    throw trouble(
      'cache-not-writable',
      `The cache directory ${directory} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Set XDG_CACHE_HOME to a directory that this user may write to.',
      { cause },
    );
  });
}

async function describe(client: Docker): Promise<[version: string, dataRoot: string]> {
  const format = '{{.ServerVersion}} {{.DockerRootDir}}';
  const text = await docker(client, ['info', '--format', format], { name: 'docker info' });
  const space = text.indexOf(' ');
  return [text.slice(0, space), text.slice(space + 1)];
}
