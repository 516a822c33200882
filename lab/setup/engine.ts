import { runOrThrow } from '../../src/shared/process.ts';
import { canInstall, installPackages, updateLists } from './apt.ts';
import { type Context, programEnvironment, step, trouble } from './context.ts';
import { type EnginePlace, machinePlace } from './engine-place.ts';
import { startEngine } from './engine-start.ts';
import { exists, type Machine, onPath } from './machine.ts';
import { pingEngine } from './ping.ts';

const PING = 5000;

/**
 * Sees to it that an engine answers at the environment's docker host. One that answers is
 * left as it is. Where none does, root on Debian gets one from Debian's packages; anybody
 * else an error that says what to do. Returns the path of its socket.
 */
export async function ensureEngine(
  context: Context,
  machine: Machine,
  place: EnginePlace = machinePlace(context.environment),
): Promise<string> {
  const { dockerHost } = context.environment;
  const socket = socketOf(dockerHost);
  const ping = await pingEngine(socket, PING, context.signal);
  if (ping === 'answers') return socket;
  context.signal.throwIfAborted();
  if (ping === 'forbidden') throw forbidden(socket);
  if (socket !== place.socket) throw nobodyThere(dockerHost);
  if (!machine.debian || !machine.root) throw cannotHelpOurselves(dockerHost, machine);
  await provideEngine(context, machine, place);
  return socket;
}

/** The lab's registry lives on loopback and its data in a bind mount, so the engine must be this machine's. */
function socketOf(dockerHost: string): string {
  const path = /^unix:\/\/(\/.+)$/.exec(dockerHost)?.[1];
  if (path !== undefined) return path;
  throw trouble(
    'engine-elsewhere',
    `DOCKER_HOST is ${dockerHost}; demo and tests need the engine of this machine, at a unix socket.`,
    'Unset DOCKER_HOST, or set it to unix:///path/to/docker.sock.',
    { facts: { dockerHost } },
  );
}

async function provideEngine(context: Context, machine: Machine, place: EnginePlace): Promise<void> {
  if (!(await onPath('dockerd', programEnvironment(context.environment)['PATH'] ?? ''))) {
    context.progress(
      'No Docker Engine answers on this machine: taking the one from Debian (package docker.io)',
    );
    if (!(await canInstall(context, ['docker.io']))) await updateLists(context);
    // From Debian 13 on the client is a package of its own.
    const client = (await canInstall(context, ['docker-cli'])) ? ['docker-cli'] : [];
    await installPackages(context, ['docker.io', 'iptables', ...client]);
  }
  // Where services are looked after, the package may have started it already.
  if ((await pingEngine(place.socket, PING, context.signal)) === 'answers') return;
  if (machine.systemd && place.unit !== undefined && (await exists(`/lib/systemd/system/${place.unit}`))) {
    await startByService(context, place.unit);
  }
  await startEngine(context, place);
}

/** Two daemons would fight over one socket, so systemd must be the one that starts it. */
async function startByService(context: Context, unit: string): Promise<void> {
  await step(context, `Starting ${unit}`, async () => {
    const call = {
      env: programEnvironment(context.environment),
      signal: context.signal,
      name: `starting ${unit}`,
      deadline: 120_000,
    };
    await runOrThrow('systemctl', ['start', unit], call).catch((cause: unknown) => {
      context.signal.throwIfAborted();
      throw trouble(
        'engine-start',
        `systemd could not start ${unit}.`,
        `Read \`journalctl -u ${unit} -n 50\`, put the reason right and run again.`,
        { cause },
      );
    });
  });
}

function forbidden(socket: string): Error {
  return trouble(
    'engine-forbidden',
    `This user may not use the Docker Engine at ${socket}.`,
    'Add the user to the group docker (`usermod -aG docker USER`, then log in again), or run as root.',
    { facts: { socket } },
  );
}

function nobodyThere(dockerHost: string): Error {
  return trouble(
    'no-engine',
    `No Docker Engine answers at ${dockerHost}, where DOCKER_HOST points.`,
    'Start that engine, or unset DOCKER_HOST to use (or set up) the one of this machine.',
    { facts: { dockerHost } },
  );
}

function cannotHelpOurselves(dockerHost: string, machine: Machine): Error {
  const why = machine.debian ? 'only root can install one' : 'set-up installs one on Debian only';
  return trouble(
    'no-engine',
    `No Docker Engine answers at ${dockerHost}, and ${why}.`,
    machine.debian
      ? 'Run this once as root, or install and start docker.io yourself; if Docker listens elsewhere, set DOCKER_HOST.'
      : 'Install and start Docker Engine (20.10 or newer); if it listens elsewhere, set DOCKER_HOST.',
    { facts: { dockerHost, debian: machine.debian, root: machine.root } },
  );
}
