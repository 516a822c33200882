import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../src/shared/wait.ts';
import type { EnginePlace } from '../setup/engine-place.ts';
import { exists } from '../setup/machine.ts';
import { livingDaemon } from '../setup/remains.ts';

/** An engine of a test's own: everything below one directory, in a network and a mount namespace of its own. */
export interface PrivateEngine extends EnginePlace {
  readonly directory: string;
  /** Pid of its dockerd while it lives. */
  pid(): Promise<number | undefined>;
  /** Pid of the containerd that its dockerd started. */
  containerd(): Promise<number>;
  /** Ends what lives of it and removes its directory. */
  destroy(): Promise<void>;
}

// Loopback is up for a swarm, and the machine's own containerd and plug-ins are out of sight.
const PREPARE = [
  'ip link set lo up',
  'for d in /run/containerd /run/docker; do if [ -d $d ]; then mount -t tmpfs none $d; fi; done',
  'exec "$0" "$@"',
].join(' && ');

/** Where to start one. In the network of another, if a pid is given. Needs root. */
export async function privateEngine(
  options: { networkOf?: number; flags?: string[] } = {},
): Promise<PrivateEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'engine-'));
  // Not the machine's configuration.
  await writeFile(join(directory, 'daemon.json'), '{}');
  const place: EnginePlace = {
    socket: join(directory, 'docker.sock'),
    pidFile: join(directory, 'docker.pid'),
    execRoot: join(directory, 'exec'),
    systemContainerd: undefined,
    unit: undefined,
    command: [
      'unshare',
      '--mount',
      'sh',
      '-c',
      PREPARE,
      'dockerd',
      ...flags(directory),
      ...(options.flags ?? []),
    ],
    log: join(directory, 'dockerd.log'),
  };
  const network =
    options.networkOf === undefined
      ? ['unshare', '--net']
      : ['nsenter', `--net=/proc/${options.networkOf}/ns/net`];
  const containerdFile = join(place.execRoot, 'containerd', 'containerd.pid');
  return {
    ...place,
    command: [network[0] ?? '', ...network.slice(1), ...place.command],
    directory,
    pid: () => livingDaemon(place.pidFile),
    containerd: async () => Number(await readFile(containerdFile, 'utf8')),
    destroy: () => destroy(directory, place.pidFile, containerdFile),
  };
}

function flags(directory: string): string[] {
  return [
    `--data-root=${join(directory, 'data')}`,
    `--exec-root=${join(directory, 'exec')}`,
    `--pidfile=${join(directory, 'docker.pid')}`,
    `--host=unix://${join(directory, 'docker.sock')}`,
    `--config-file=${join(directory, 'daemon.json')}`,
    '--bridge=none',
    '--iptables=false',
  ];
}

async function destroy(directory: string, pidFile: string, containerdFile: string): Promise<void> {
  await end(await livingDaemon(pidFile));
  // A dockerd that was killed leaves its containerd.
  const left = Number(await readFile(containerdFile, 'utf8').catch(() => 'none'));
  await end(Number.isNaN(left) ? undefined : left);
  await rm(directory, { recursive: true, force: true });
}

async function end(pid: number | undefined): Promise<void> {
  if (pid === undefined || !(await exists(`/proc/${pid}`))) return;
  process.kill(pid, 'SIGKILL');
  const wait = {
    name: 'the private engine ends',
    deadline: 30_000,
    every: 100,
    signal: AbortSignal.timeout(60_000),
  };
  await until(wait, async () =>
    (await exists(`/proc/${pid}`))
      ? { done: false, missing: `the end of ${pid}` }
      : { done: true, value: undefined },
  );
}
