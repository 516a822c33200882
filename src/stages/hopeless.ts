import type { Service, Task } from '../ports/engine.ts';
import { isPermanent } from './rejection.ts';
import { type Found, pausedByDoneWork, type ServiceState } from './service-state.ts';
import { ENDED, finishedForGood, neverRan, slotsOf, type TaskEnd, withoutNumbers } from './task-end.ts';

/** Why a deployment cannot converge any more. */
export type Hopeless =
  | ({ readonly kind: 'rejected' } & Trouble)
  | { readonly kind: 'unplaceable'; readonly service: string; readonly words: string }
  /** The new task waits for a port that the old one holds, and the old one for the new. */
  | {
      readonly kind: 'port-deadlock';
      readonly service: string;
      readonly ports: readonly number[];
      readonly words: string;
    }
  | {
      readonly kind: 'ends';
      readonly service: string;
      readonly times: number;
      readonly why: EndsWhy;
      readonly end: TaskEnd;
      /** Services of the stack that came up only afterwards, or are not up yet. */
      readonly before: readonly string[];
    }
  | {
      readonly kind: 'update-stopped';
      readonly service: string;
      readonly state: string;
      readonly words: string;
      readonly end: TaskEnd | undefined;
      /** What Swarm says of a new task that was never started. */
      readonly rejected: string | undefined;
      /** The image that the service has now. */
      readonly image: string;
    }
  /** It was there before and is not any more. */
  | { readonly kind: 'gone'; readonly service: string };

/** The rule by which an ending process counts as hopeless. */
export type EndsWhy = 'three times the same' | 'no attempts left' | 'not restarted';

/** What Swarm says against a task that does not run. */
export interface Trouble {
  readonly service: string;
  readonly words: string;
  readonly image: string;
}

export interface HopelessInput extends Found {
  readonly name: string;
  readonly others: readonly (ServiceState & { readonly name: string })[];
  readonly ends: ReadonlyMap<string, TaskEnd>;
  readonly now: number;
}

const SAME_TIMES = 3;
/** Swarm puts the next attempt in place at once: where there is none by then, there will be none. */
const GIVEN_UP_MS = 2000;
/** A global service gets its tasks at once, where any node fits. */
const NO_NODE_MS = 5000;

/** Whether one service of a stack cannot come up any more, and why. */
export function hopeless(input: HopelessInput): Hopeless | undefined {
  const { name, service, lacking, current } = input;
  const stopped = service.update !== undefined && /^(paused|rollback)/.test(service.update.state);
  if (service.update !== undefined && stopped && !pausedByDoneWork(service, current))
    return updateStopped(input, service.update);
  const stuck = portDeadlock(input) ?? nowhere(input);
  if (stuck !== undefined) return stuck;
  // What went wrong before is over once all of it runs.
  if (!lacking) return undefined;
  const rejected = neverStarts(input);
  if (rejected !== undefined)
    return { kind: 'rejected', service: name, words: rejected.error, image: service.image };
  return endsForGood(input);
}

/** What Swarm complains about where there is hope yet. */
export function troubleAhead(service: string, { service: { image }, current }: Found): Trouble | undefined {
  const [newest] = current;
  const last = current.find((task) => neverRan(task) || (task.state === 'pending' && task.error !== ''));
  if (last !== undefined) return { service, words: last.error, image };
  if (newest?.state !== 'new') return undefined;
  return { service, words: 'Swarm could not allocate what its networks and ports need', image };
}

function updateStopped(
  { name, service, all, ends }: HopelessInput,
  { state, message, startedAt }: NonNullable<Service['update']>,
): Hopeless {
  const since = all.filter((task) => task.createdAt >= startedAt);
  const failed = since.find((task) => task.state === 'failed' && !neverRan(task) && ends.has(task.id));
  return {
    kind: 'update-stopped',
    service: name,
    state,
    words: message,
    end: failed === undefined ? undefined : ends.get(failed.id),
    rejected: since.find(neverRan)?.error,
    image: service.image,
  };
}

/** With `start-first` the new task has to run before the old one may go. */
function portDeadlock({ name, service, all, current }: HopelessInput): Hopeless | undefined {
  if (service.updateOrder !== 'start-first' || service.hostPorts.length === 0) return undefined;
  const waiting = current.find(
    (task) => task.state === 'pending' && /host-mode port already in use/i.test(task.error),
  );
  const holding = all.some((task) => task.template !== service.template && task.state === 'running');
  if (waiting === undefined || !holding) return undefined;
  return { kind: 'port-deadlock', service: name, ports: service.hostPorts, words: waiting.error };
}

/** Resources and ports may become free; constraints, platforms and plugins do not change by waiting. */
function nowhere({ name, service, current, now }: HopelessInput): Hopeless | undefined {
  const unplaced = current.find(
    (task) =>
      task.state === 'pending' &&
      /no suitable node \(.*(scheduling constraints|unsupported platform|missing plugin|max replicas per node)/i.test(
        task.error,
      ),
  );
  if (unplaced !== undefined) return { kind: 'unplaceable', service: name, words: unplaced.error };
  const global =
    service.mode.kind === 'global' || (service.mode.kind === 'job' && service.mode.completions === 'global');
  if (!global || current.length > 0 || now - service.updatedAt * 1000 < NO_NODE_MS) return undefined;
  return { kind: 'unplaceable', service: name, words: 'no node gets a task of this global service' };
}

/** The newest task that was never started, where trying again does not help. */
function neverStarts(input: HopelessInput): Task | undefined {
  const failed = input.current.filter(neverRan);
  const permanent = failed.find((task) => isPermanent(task.error));
  if (permanent !== undefined) return permanent;
  const [newest] = failed;
  if (newest === undefined || newest.state === 'rejected') return undefined;
  const up = othersUpSince(input);
  const same = failed.filter(
    (task) => task.since >= up && withoutNumbers(task.error) === withoutNumbers(newest.error),
  );
  return same.length >= SAME_TIMES ? newest : undefined;
}

/** A service that ends again and again may only be waiting for another one: infinite while another is not up. */
function othersUpSince({ others }: HopelessInput): number {
  if (others.some(({ state }) => state === 'waiting')) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...others.map(({ since }) => since));
}

function endsForGood(input: HopelessInput): Hopeless | undefined {
  const { name: service, service: spec, current, ends } = input;
  const ended = current.filter((task) => !neverRan(task) && endedBadly(spec, task));
  const [newest] = ended;
  const end = newest === undefined ? undefined : ends.get(newest.id);
  if (newest === undefined || end === undefined) return undefined;
  const before = input.others.filter((other) => other.state === 'waiting' || other.since > newest.since);
  const because = (why: EndsWhy): Hopeless => ({
    ...{ kind: 'ends', service, times: ended.length, why, end },
    before: before.map(({ name }) => name),
  });
  if (isFinal(spec, newest)) return because('not restarted');
  if (spec.restart.maxAttempts > 0 && givenUp(input)) return because('no attempts left');
  const up = othersUpSince(input);
  const same = ended.filter((task) => task.since >= up && sameEnd(ends.get(task.id), end));
  return same.length >= SAME_TIMES ? because('three times the same') : undefined;
}

function endedBadly(service: Service, task: Task): boolean {
  return task.state === 'failed' || (task.state === 'complete' && !finishedForGood(service, task));
}

/** A process that Docker asks to stop, such as an unhealthy one, often ends with 0: for Swarm that is no failure. */
function isFinal({ restart: { condition } }: Service, task: Task): boolean {
  return condition === 'none' || (condition === 'on-failure' && task.state === 'complete');
}

/** Swarm counts attempts within a window and forgets old tasks: only that it does not try again is sure. */
function givenUp({ current, now }: HopelessInput): boolean {
  return slotsOf(current).some(
    (slot) =>
      slot.every((task) => ENDED.has(task.state)) &&
      slot[0]?.state === 'failed' &&
      now - slot[0].since >= GIVEN_UP_MS,
  );
}

function sameEnd(a: TaskEnd | undefined, b: TaskEnd): boolean {
  // A container that Docker killed as unhealthy was not given up by itself: its budget decides.
  if (a === undefined || a.probe !== undefined) return false;
  return (
    a.exitCode === b.exitCode && withoutNumbers(a.lastLines.at(-1)) === withoutNumbers(b.lastLines.at(-1))
  );
}
