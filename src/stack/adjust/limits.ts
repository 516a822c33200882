import { bytesOf, type PolicyLimits } from '../../config/policy.ts';
import type { ServiceEntry, StackFile } from '../document.ts';
import { milliseconds } from '../duration.ts';
import type { Adjustment } from './adjustment.ts';

/** The first version of the format that can limit processes. */
const PIDS_SINCE = 9;
/** The first probe of a health check may not come sooner, nor may the next ones. */
const PROBE_FLOOR_MS = 1000;
const LOG_FILES = 3;

/** Every service gets limits: the recipe's own where they are lower, else those of the policy. */
export function limit(file: StackFile, limits: PolicyLimits): Adjustment[] {
  file.version = atLeast(file.version);
  return Object.entries(file.services).flatMap(([name, service]) => [
    limitResources(name, service, limits),
    limitLog(name, service, limits),
    ...limitRestarts(name, service, limits),
    ...slowProbes(name, service),
  ]);
}

function atLeast(version: string | undefined): string | undefined {
  const minor = /^3(?:\.(\d+))?$/.exec(version ?? '')?.[1] ?? '0';
  return version === undefined || Number(minor) >= PIDS_SINCE ? version : `3.${PIDS_SINCE}`;
}

function limitResources(name: string, service: ServiceEntry, limits: PolicyLimits): Adjustment {
  const { resources } = service.deploy ?? {};
  const own = resources?.limits ?? {};
  const memory = lower(bytesOf(own.memory ?? ''), limits.memory);
  const cpus = lower(Number(own.cpus ?? Number.NaN), limits.cpus);
  const pids = lower(own.pids ?? Number.NaN, limits.pids);
  service.deploy = {
    ...service.deploy,
    resources: {
      ...resources,
      limits: { ...own, cpus: String(cpus), memory: String(memory), pids },
      ...(resources?.reservations == null
        ? {}
        : { reservations: within(resources.reservations, { cpus, memory }) }),
    },
  };
  return {
    service: name,
    what: `at most ${cpus} CPUs, ${mebibytes(memory)} of memory and ${pids} processes`,
    reason: 'no app may take the node from the others',
  };
}

type Reservations = NonNullable<
  NonNullable<NonNullable<ServiceEntry['deploy']>['resources']>['reservations']
>;

/** Swarm refuses reservations that are above the limits. */
function within(own: Reservations, most: { cpus: number; memory: number }): Reservations {
  return {
    ...own,
    ...(own.cpus === undefined ? {} : { cpus: String(lower(Number(own.cpus), most.cpus)) }),
    ...(own.memory === undefined ? {} : { memory: String(lower(bytesOf(own.memory), most.memory)) }),
  };
}

function limitLog(name: string, service: ServiceEntry, limits: PolicyLimits): Adjustment {
  const size = `${Math.ceil(limits.logSize / 1024)}k`;
  // Logs are evidence: what the recipe does with them elsewhere is not wanted here.
  service.logging = { driver: 'json-file', options: { 'max-size': size, 'max-file': String(LOG_FILES) } };
  return {
    service: name,
    what: `log kept in ${LOG_FILES} files of ${mebibytes(limits.logSize)}`,
    reason: 'a flood of lines must not fill the disk, and the last ones are evidence',
  };
}

function limitRestarts(name: string, service: ServiceEntry, limits: PolicyLimits): Adjustment[] {
  const policy = service.deploy?.restart_policy;
  const own = policy?.max_attempts ?? 0;
  const bound = own > 0 && own <= limits.restartAttempts;
  if (policy?.condition === 'none' || (bound && policy?.['window'] === undefined)) return [];
  // Swarm counts only attempts within the window: a short one is no bound.
  const { window: _, ...counted } = policy ?? {};
  const most = bound ? own : limits.restartAttempts;
  service.deploy = { ...service.deploy, restart_policy: { ...counted, max_attempts: most } };
  return [
    {
      service: name,
      what: `restarted at most ${most} times`,
      reason: 'what ends again and again must come to an end',
    },
  ];
}

function slowProbes(name: string, service: ServiceEntry): Adjustment[] {
  const check = service.healthcheck;
  if (check == null) return [];
  const interval = milliseconds(check.interval, PROBE_FLOOR_MS);
  if (interval === 0 || interval >= PROBE_FLOOR_MS) return [];
  service.healthcheck = { ...check, interval: `${PROBE_FLOOR_MS}ms` };
  return [
    {
      service: name,
      what: `health check asked every ${PROBE_FLOOR_MS / 1000} s instead of ${check.interval}`,
      reason: 'a probe starts a process each time',
    },
  ];
}

function lower(own: number, ceiling: number): number {
  return Number.isNaN(own) || own <= 0 ? ceiling : Math.min(own, ceiling);
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}
