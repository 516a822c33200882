import type { ServiceEntry, StackFile } from '../document.ts';
import type { Adjustment, AppPlace } from './adjustment.ts';

/** No virtual addresses where the kernel cannot balance them. */
export function avoidVirtualIps(file: StackFile, place: AppPlace): Adjustment[] {
  if (place.ipvs) return [];
  return Object.entries(file.services).flatMap(([name, service]) => [
    byRoundRobin(name, service),
    ...movedToHost(name, service),
  ]);
}

function byRoundRobin(name: string, service: ServiceEntry): Adjustment {
  service.deploy = { ...service.deploy, endpoint_mode: 'dnsrr' };
  return {
    service: name,
    what: 'endpoint mode dnsrr',
    reason: 'the kernel of this node has no IPVS, so virtual addresses would hang',
  };
}

function movedToHost(name: string, service: ServiceEntry): Adjustment[] {
  const moved = inHostMode(name, service);
  return moved.length === 0 ? [] : [...moved, ...stopFirst(name, service)];
}

/** On the routing mesh a new task may start beside the old one; a port of the node has room for one. */
function stopFirst(name: string, service: ServiceEntry): Adjustment[] {
  const update = service.deploy?.update_config;
  if (update?.order !== 'start-first') return [];
  service.deploy = { ...service.deploy, update_config: { ...update, order: 'stop-first' } };
  return [
    {
      service: name,
      what: 'update order stop-first instead of start-first',
      reason: 'without the routing mesh two tasks cannot have the same port of the node',
    },
  ];
}

function inHostMode(name: string, service: ServiceEntry): Adjustment[] {
  const changed: Adjustment[] = [];
  for (const port of service.ports ?? []) {
    if (port.mode === 'host') continue;
    port.mode = 'host';
    changed.push({
      service: name,
      what: `port ${port.target ?? ''} in host mode`,
      reason: 'the routing mesh needs IPVS too',
    });
  }
  return changed;
}
