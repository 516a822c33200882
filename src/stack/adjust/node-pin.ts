import type { StackFile } from '../document.ts';
import type { Adjustment, AppPlace } from './adjustment.ts';

/** Every service runs on the one node whose engine we can reach. */
export function pinNode(file: StackFile, place: AppPlace): Adjustment[] {
  return Object.entries(file.services).map(([name, service]) => {
    const deploy = { ...service.deploy };
    deploy.placement = {
      ...deploy.placement,
      constraints: [...(deploy.placement?.constraints ?? []), `node.id == ${place.nodeId}`],
    };
    service.deploy = deploy;
    return {
      service: name,
      what: 'pinned to one node',
      reason: 'its volumes and containers must be within reach of one engine',
    };
  });
}
