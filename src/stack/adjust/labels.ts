import { isExternal, type NamedEntry, type StackFile } from '../document.ts';
import type { Adjustment, AppPlace } from './adjustment.ts';

/** Labels on all that the stack makes, so that teardown and reaper find it. */
export function addLabels(file: StackFile, place: AppPlace): Adjustment[] {
  const labels = ownLabels(place);
  const { 'seatrial.expires': _, ...constant } = labels;
  for (const service of Object.values(file.services)) {
    service.labels = { ...service.labels, ...constant };
    service.deploy = { ...service.deploy };
    service.deploy.labels = {
      ...service.deploy.labels,
      ...labels,
      'seatrial.sha': place.sha,
      [`coop-cloud.${place.stack}.chaos-version`]: place.sha.slice(0, 8),
    };
  }
  file.volumes = labelled(file.volumes, labels);
  file.configs = labelled(file.configs, labels);
  file.secrets = labelled(file.secrets, labels);
  file.networks = labelled(file.networks, labels);
  return [
    {
      service: undefined,
      what: 'labels of this run on every object',
      reason: 'so that nothing can be left behind unnoticed',
    },
  ];
}

/** Labels that every object of an app carries, constant for its run. */
export function ownLabels(
  place: Pick<AppPlace, 'run' | 'app' | 'controller' | 'expires'>,
): Record<string, string> {
  return {
    'seatrial.run': place.run,
    'seatrial.app': place.app,
    'seatrial.controller': place.controller,
    'seatrial.expires': String(place.expires),
  };
}

type NamedMap = Record<string, NamedEntry | null> | null | undefined;

function labelled(entries: NamedMap, labels: Record<string, string>): Record<string, NamedEntry | null> {
  return Object.fromEntries(
    Object.entries(entries ?? {}).map(([name, entry]) =>
      isExternal(entry) ? [name, entry] : [name, { ...entry, labels: { ...entry?.labels, ...labels } }],
    ),
  );
}
