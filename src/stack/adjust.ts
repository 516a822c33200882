import type { CommitSha, RunId, StackName } from '../shared/brand.ts';
import { isExternal, type NamedEntry, type ServiceEntry, type StackFile } from './document.ts';
import { paceOf } from './pace.ts';

/** A change of ours to what the recipe says, and why. */
export interface Adjustment {
  /** Undefined where it concerns the whole stack. */
  readonly service: string | undefined;
  readonly what: string;
  readonly reason: string;
}

/** What adjustments depend on. */
export interface AppPlace {
  readonly run: RunId;
  readonly app: string;
  readonly controller: string;
  /** Seconds since the epoch, fixed for the run. */
  readonly expires: number;
  readonly stack: StackName;
  readonly sha: CommitSha;
  /** The app's own network, in the place of the operator's `proxy`. */
  readonly network: string;
  readonly nodeId: string;
  readonly ipvs: boolean;
}

/** Labels that every object of an app carries, constant for its run. */
function ownLabels(place: Pick<AppPlace, 'run' | 'app' | 'controller' | 'expires'>): Record<string, string> {
  return {
    'seatrial.run': place.run,
    'seatrial.app': place.app,
    'seatrial.controller': place.controller,
    'seatrial.expires': String(place.expires),
  };
}

const WITHOUT_GRACE: Adjustment = {
  service: undefined,
  what: 'taken away by force at its end, without grace',
  reason: 'nobody needs a throw-away app to end well; an upgrade stops it as the recipe says',
};

/** Adjusts in place and says what was changed. */
export function adjust(file: StackFile, place: AppPlace): Adjustment[] {
  const adjustments = [addLabels(file, place), ...replaceProxy(file, place), WITHOUT_GRACE];
  for (const [name, service] of Object.entries(file.services)) {
    adjustments.push(...pinNode(name, service, place), ...quicken(name, service));
    if (!place.ipvs) adjustments.push(...avoidVirtualIps(name, service));
    makeLiteral(service);
  }
  return adjustments;
}

function addLabels(file: StackFile, place: AppPlace): Adjustment {
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
  return {
    service: undefined,
    what: 'labels of this run on every object',
    reason: 'so that nothing can be left behind unnoticed',
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

function replaceProxy(file: StackFile, place: AppPlace): Adjustment[] {
  const changed: Adjustment[] = [];
  for (const [key, entry] of Object.entries(file.networks ?? {})) {
    if (entry === null || !isExternal(entry)) continue;
    const name = entry.name ?? key;
    if (name !== 'proxy') continue;
    file.networks = { ...file.networks, [key]: { external: true, name: place.network } };
    changed.push({
      service: undefined,
      what: 'a network of its own instead of `proxy`',
      reason: 'runs must not see each other, and nobody else is to see them',
    });
  }
  return changed;
}

function pinNode(name: string, service: ServiceEntry, place: AppPlace): Adjustment[] {
  const deploy = { ...service.deploy };
  deploy.placement = {
    ...deploy.placement,
    constraints: [...(deploy.placement?.constraints ?? []), `node.id == ${place.nodeId}`],
  };
  service.deploy = deploy;
  return [
    {
      service: name,
      what: 'pinned to one node',
      reason: 'its volumes and containers must be within reach of one engine',
    },
  ];
}

function quicken(name: string, service: ServiceEntry): Adjustment[] {
  const pace = paceOf(service);
  const check = service.healthcheck;
  if (pace === undefined || check === undefined || check === null) return [];
  const before = `${check.interval ?? '30s'} × ${check.retries ?? 3}`;
  service.healthcheck = { ...check, interval: `${pace.interval}ms`, retries: pace.retries };
  return [
    {
      service: name,
      what: `health check asked every ${pace.interval / 1000} s instead of ${before}`,
      reason: `the same test with the same budget of ${Math.round(pace.budget / 1000)} s, without waiting a whole interval for the first answer`,
    },
  ];
}

function avoidVirtualIps(name: string, service: ServiceEntry): Adjustment[] {
  const changed: Adjustment[] = [];
  service.deploy = { ...service.deploy, endpoint_mode: 'dnsrr' };
  changed.push({
    service: name,
    what: 'endpoint mode dnsrr',
    reason: 'the kernel of this node has no IPVS, so virtual addresses would hang',
  });
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

/** Keys without a value would be filled from our own environment at deployment. */
function makeLiteral(service: ServiceEntry): void {
  if (service.environment === undefined || service.environment === null) return;
  service.environment = Object.fromEntries(
    Object.entries(service.environment).filter(([, value]) => value !== null),
  );
}
