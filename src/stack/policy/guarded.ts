import type { PolicyLimits } from '../../config/policy.ts';
import { SeatrialError } from '../../shared/errors.ts';
import type { AppPlace } from '../adjust/adjustment.ts';
import { isExternal, type ServiceEntry, type StackFile } from '../document.ts';

/**
 * The last look at a document before it is deployed, at what our own adjustments promise: each
 * service pinned and limited, each object labelled. Throws `internal` error `stack-unguarded`.
 */
export function requireGuarded(file: StackFile, place: AppPlace, limits: PolicyLimits): void {
  const missing = [
    ...Object.entries(file.services).flatMap(([name, service]) =>
      gapsOf(service, place, limits).map((gap) => `service ${name} ${gap}`),
    ),
    ...(['networks', 'volumes', 'configs', 'secrets'] as const).flatMap((kind) =>
      Object.entries(file[kind] ?? {})
        .filter(([, entry]) => !isExternal(entry) && entry?.labels?.['seatrial.run'] !== place.run)
        .map(([key]) => `${kind} ${key} has no labels of the run`),
    ),
  ];
  if (missing.length === 0) return;
  throw new SeatrialError({
    kind: 'internal',
    code: 'stack-unguarded',
    sentence: `The stack would be deployed without what keeps it in bounds: ${missing.join('; ')}.`,
    facts: { missing },
  });
}

function gapsOf(service: ServiceEntry, place: AppPlace, most: PolicyLimits): readonly string[] {
  const { deploy, labels, logging } = service;
  const limits = deploy?.resources?.limits;
  const inBounds = (value: string | number | undefined, ceiling: number) =>
    Number(value) > 0 && Number(value) <= ceiling;
  return [
    ...(deploy?.placement?.constraints?.includes(`node.id == ${place.nodeId}`) ? [] : ['is not pinned']),
    ...(inBounds(limits?.memory, most.memory) ? [] : ['has no memory limit']),
    ...(inBounds(limits?.cpus, most.cpus) ? [] : ['has no limit of CPUs']),
    ...(inBounds(limits?.pids, most.pids) ? [] : ['has no limit of processes']),
    ...(logging === undefined ? ['has no limit of its log'] : []),
    ...(labels?.['seatrial.run'] === place.run && deploy?.labels?.['seatrial.run'] === place.run
      ? []
      : ['has no labels of the run']),
  ];
}
