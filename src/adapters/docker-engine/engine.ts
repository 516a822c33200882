import { existsSync } from 'node:fs';
import type { Engine, EngineInfo, SwarmState } from '../../ports/engine.ts';
import { archiveCalls } from './archive.ts';
import { type Connection, connect } from './connection.ts';
import { containerCalls } from './containers.ts';
import { eventCalls } from './events.ts';
import { imageCalls } from './images.ts';
import { storageCalls } from './storage.ts';
import { swarmCalls } from './swarm-objects.ts';

/** The Docker engine at `host` (as in DOCKER_HOST). Connects at the first call. */
export function createDockerEngine(host: string): Engine {
  const connection = connect(host);
  return {
    info: (signal) => readInfo(connection, host, signal),
    ...storageCalls(connection),
    ...imageCalls(connection),
    ...containerCalls(connection),
    ...archiveCalls(connection),
    ...swarmCalls(connection),
    ...eventCalls(connection),
  };
}

async function readInfo(connection: Connection, host: string, signal: AbortSignal): Promise<EngineInfo> {
  const info = await connection.call('info', signal, (docker) => docker.info());
  return {
    id: String(info.ID),
    name: String(info.Name),
    version: String(info.ServerVersion),
    swarm: swarmState(info.Swarm),
    ipvs: kernelBalances(host),
  };
}

interface RawSwarm {
  readonly NodeID?: string;
  readonly LocalNodeState?: string;
  readonly ControlAvailable?: boolean;
  readonly Error?: string;
  readonly Nodes?: number;
}

function swarmState(swarm: RawSwarm | undefined): SwarmState {
  const state = swarm?.LocalNodeState ?? 'inactive';
  if (state === 'inactive') return { kind: 'inactive' };
  if (state !== 'active') return { kind: 'broken', why: swarm?.Error || state };
  if (swarm?.ControlAvailable !== true) return { kind: 'worker' };
  if (swarm.Error) return { kind: 'broken', why: swarm.Error };
  return { kind: 'manager', nodeId: swarm.NodeID ?? '', nodes: swarm.Nodes ?? 1 };
}

/**
 * Whether services get working virtual IPs. A swarm's ingress sandbox loads IPVS at its start,
 * so on a Linux host with a local engine the kernel's own table tells; elsewhere it is there.
 */
function kernelBalances(host: string): boolean {
  if (process.platform !== 'linux' || !host.startsWith('unix:')) return true;
  return existsSync('/proc/net/ip_vs');
}
