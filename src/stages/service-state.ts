import type { StackObservation } from '../ports/deployer.ts';
import type { Service, Task } from '../ports/engine.ts';
import { ENDED, finishedForGood, neverRan, slotsOf, type TaskEnd, times } from './task-end.ts';

export interface ServiceState {
  readonly state: 'settled' | 'watched' | 'waiting';
  readonly what: string;
  /** Milliseconds since the epoch at which the youngest of its running tasks came up. */
  readonly since: number;
  readonly found: Found | undefined;
}

interface Look {
  readonly observation: StackObservation;
  readonly ends: ReadonlyMap<string, TaskEnd>;
  readonly now: number;
}

/** A service that is there, with its tasks, newest first. */
export interface Found {
  readonly service: Service;
  /** Those of its present specification. */
  readonly current: readonly Task[];
  readonly all: readonly Task[];
  /** Fewer tasks run, or have done their work, than are wanted. */
  readonly lacking: boolean;
}

/** How far one service of a stack is, seen by itself. */
export function stateOf(input: Look, name: string): ServiceState {
  const service = input.observation.services.find((candidate) => nameInStack(candidate) === name);
  if (service === undefined) return { state: 'waiting', what: `service ${name}`, since: 0, found: undefined };
  const all = input.observation.tasks.filter((task) => task.serviceId === service.id);
  const current = all.filter((task) => task.template === service.template);
  const running = current.filter((task) => task.state === 'running' && task.desired === 'running');
  const old = all.filter((task) => task.template !== service.template && !ENDED.has(task.state));
  const lacking = isLacking(service, current, running);
  const since = Math.max(0, ...running.map((task) => task.since));
  const common = { since, found: { service, current, all, lacking } };
  if (lacking) return { state: 'waiting', what: progress(name, service, current, input.ends), ...common };
  if (old.length > 0) return { state: 'waiting', what: `${name}: the old task has not ended`, ...common };
  const over = pausedByDoneWork(service, current);
  return { ...(over ? { state: 'settled', what: name } : watch(input, name, service, running)), ...common };
}

/** For Swarm's update a task that ends is one that failed, also where it was to do its work once and did. */
export function pausedByDoneWork(service: Service, current: readonly Task[]): boolean {
  return (
    service.update?.state === 'paused' &&
    slotsOf(current).some(([newest]) => newest !== undefined && finishedForGood(service, newest))
  );
}

/** No stack of ours has an underscore in its name, but a service may. */
export function nameInStack(service: Service): string {
  return service.name.slice(service.name.indexOf('_') + 1);
}

/** Healthy has to hold: Swarm watches updates itself; a first task without a health check is watched by us. */
function watch(
  input: Look,
  name: string,
  service: Service,
  running: readonly Task[],
): Pick<ServiceState, 'state' | 'what'> {
  const update = service.update?.state;
  if (update !== undefined && update !== 'completed') {
    return { state: 'watched', what: `${name}: Swarm still watches the update` };
  }
  const youngest = Math.max(0, ...running.map((task) => task.since));
  if (!service.hasHealthCheck && running.length > 0 && input.now - youngest < service.monitor) {
    return {
      state: 'watched',
      what: `${name}: it has no health check, so it has to stay up for ${service.monitor / 1000} s`,
    };
  }
  return { state: 'settled', what: name };
}

function isLacking(service: Service, current: readonly Task[], running: readonly Task[]): boolean {
  const { mode } = service;
  if (mode.kind === 'global') {
    const places = new Set(current.filter((task) => task.desired === 'running').map((task) => task.slot));
    const done = slotsOf(current).some(
      ([newest]) => newest !== undefined && finishedForGood(service, newest),
    );
    return running.length < (places.size || (done ? 0 : 1));
  }
  if (mode.kind === 'replicated') {
    const done = slotsOf(current).filter(
      ([newest]) => newest !== undefined && finishedForGood(service, newest),
    );
    return running.length + done.length < mode.replicas;
  }
  const complete = current.filter((task) => task.state === 'complete').length;
  if (mode.completions !== 'global') return complete < mode.completions;
  const slots = slotsOf(current);
  return slots.length === 0 || complete < slots.length;
}

function progress(
  name: string,
  service: Service,
  current: readonly Task[],
  ends: ReadonlyMap<string, TaskEnd>,
): string {
  const newest = current[0];
  if (newest === undefined) return `${name}: no task yet`;
  const failures = current.filter((task) => task.state === 'failed' || task.state === 'rejected');
  const [last] = failures;
  if (last !== undefined) {
    const words = ends.get(last.id)?.lastLines.at(-1) ?? last.error;
    const what = neverRan(last) ? 'could not be started' : 'ended';
    return `${name}: ${what} ${times(failures.length)}${words === '' ? '' : `, lastly: ${words}`}`;
  }
  if (newest.state === 'starting') return `${name}: not healthy yet`;
  if (newest.state === 'running' && service.mode.kind === 'job') return `${name}: its work is not done yet`;
  return `${name}: ${newest.state}${newest.error === '' ? '' : ` (${newest.error})`}`;
}
