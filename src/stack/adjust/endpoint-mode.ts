import type { ServiceEntry, StackFile } from '../document.ts';
import type { Adjustment, AppPlace } from './adjustment.ts';

/** No virtual addresses where the kernel cannot balance them. */
export function avoidVirtualIps(file: StackFile, place: AppPlace): Adjustment[] {
  if (place.ipvs) return [];
  return Object.entries(file.services).flatMap(([name, service]) => [
    byRoundRobin(name, service),
    ...inHostMode(name, service),
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
