import { join } from 'node:path';
import type { Environment } from '../../src/config/environment.ts';

/** Where one engine keeps its things, and how it is started. */
export interface EnginePlace {
  readonly socket: string;
  readonly pidFile: string;
  readonly execRoot: string;
  /** The containerd of the whole machine, which dockerd prefers to one of its own when this socket is there. */
  readonly systemContainerd: string | undefined;
  /** The systemd unit that starts it where systemd looks after services. */
  readonly unit: string | undefined;
  /** The program that becomes dockerd, with its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly log: string;
}

/** The machine's own engine, with its own configuration: no flag that /etc/docker/daemon.json might contradict. */
export function machinePlace(environment: Environment): EnginePlace {
  return {
    socket: '/var/run/docker.sock',
    pidFile: '/var/run/docker.pid',
    execRoot: '/var/run/docker',
    systemContainerd: '/run/containerd/containerd.sock',
    unit: 'docker.service',
    command: ['dockerd'],
    log: join(environment.cacheDir, 'dockerd.log'),
  };
}
