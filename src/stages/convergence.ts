import type { StackObservation } from '../ports/deployer.ts';
import type { Service, Task } from '../ports/engine.ts';
import { list } from '../shared/text.ts';

/** What is known of a task that ended: read from its container while it was still there. */
export interface TaskEnd {
  readonly exitCode: number | undefined;
  readonly lastLines: readonly string[];
  readonly outOfMemory: boolean;
  /** What the last probe said, where the container had a health check. */
  readonly probe: string | undefined;
}

/** Why a deployment cannot converge any more. */
export type Hopeless =
  | { readonly kind: 'rejected'; readonly service: string; readonly words: string; readonly image: string }
  | { readonly kind: 'unplaceable'; readonly service: string; readonly words: string }
  | {
      readonly kind: 'ends';
      readonly service: string;
      readonly times: number;
      readonly why: EndsWhy;
      readonly end: TaskEnd;
    }
  | {
      readonly kind: 'update-stopped';
      readonly service: string;
      readonly state: string;
      readonly words: string;
      readonly end: TaskEnd | undefined;
    };

/** The rule by which an ending process counts as hopeless. */
export type EndsWhy = 'three times the same' | 'no attempts left' | 'not restarted';

export type Judgement =
  | { readonly kind: 'settled' }
  /** All that runs is healthy and new, but Swarm still watches an update. */
  | { readonly kind: 'healthy'; readonly missing: string }
  | { readonly kind: 'waiting'; readonly missing: string }
  | { readonly kind: 'hopeless'; readonly why: Hopeless };

export interface JudgeInput {
  readonly observation: StackObservation;
  /** Names of the services that the document has. */
  readonly expected: readonly string[];
  /** By task id. */
  readonly ends: ReadonlyMap<string, TaskEnd>;
  /** Milliseconds since the epoch by the engine's clock. */
  readonly now: number;
}

const SAME_END_TIMES = 3;
const ENDED = new Set(['complete', 'failed', 'rejected', 'shutdown', 'orphaned', 'remove']);
const PERMANENT_REJECTION =
  /no such image|manifest unknown|manifest for .* not found|pull access denied|repository does not exist|invalid mount|bind source path does not exist|mount .* (denied|invalid)|template|invalid reference format|no matching manifest|executable file not found|permission denied|no such file or directory/i;
/** The registry could not be asked: trying again may help, and the recipe is not to blame. */
const REGISTRY_TROUBLE =
  /connection refused|i\/o timeout|no such host|TLS handshake|temporary failure|toomanyrequests|rate limit/i;

/**
 * Decides from what the swarm says whether a stack has converged. Pure: the same observation
 * gives the same judgement. Fails early only where recovery is impossible.
 */
export function judge(input: JudgeInput): Judgement {
  const missing: string[] = [];
  const watched: string[] = [];
  const states = input.expected.map((name) => ({ name, ...stateOf(input, name) }));
  for (const { name, state, what, found } of states) {
    const why = found === undefined ? undefined : hopeless(input, name, found, othersUpSince(states, name));
    if (why !== undefined) return { kind: 'hopeless', why };
    if (state === 'waiting') missing.push(what);
    if (state === 'watched') watched.push(what);
  }
  if (missing.length > 0) return { kind: 'waiting', missing: list(missing) };
  if (watched.length > 0) return { kind: 'healthy', missing: list(watched) };
  return { kind: 'settled' };
}

interface ServiceState {
  readonly state: 'settled' | 'watched' | 'waiting';
  readonly what: string;
  /** Milliseconds since the epoch at which the youngest of its running tasks came up. */
  readonly since: number;
  readonly found: Found | undefined;
}

/** A service that is there, with the tasks of its present specification, newest first. */
interface Found {
  readonly service: Service;
  readonly current: readonly Task[];
  /** Fewer tasks run than are wanted. */
  readonly lacking: boolean;
}

function stateOf(input: JudgeInput, name: string): ServiceState {
  const service = input.observation.services.find((candidate) => nameInStack(candidate) === name);
  if (service === undefined) return { state: 'waiting', what: `service ${name}`, since: 0, found: undefined };
  const tasks = input.observation.tasks.filter((task) => task.serviceId === service.id);
  const current = tasks.filter((task) => task.template === service.template);
  const running = current.filter((task) => task.state === 'running' && task.desired === 'running');
  const old = tasks.filter((task) => task.template !== service.template && !ENDED.has(task.state));
  const lacking = wanted(service, current) > running.length;
  const since = Math.max(0, ...running.map((task) => task.since));
  const common = { since, found: { service, current, lacking } };
  if (lacking) return { state: 'waiting', what: progress(name, current, input.ends), ...common };
  if (old.length > 0) return { state: 'waiting', what: `${name}: the old task has not ended`, ...common };
  const over = pausedByDoneWork(service, current);
  return { ...(over ? { state: 'settled', what: name } : watch(input, name, service, running)), ...common };
}

/** For Swarm's update a task that ends is one that failed, also where it was to do its work once and did. */
function pausedByDoneWork(service: Service, current: readonly Task[]): boolean {
  return service.update?.state === 'paused' && current.some(finishedForGood(service));
}

/** A service that ends again and again may only be waiting for another one: infinite while another is not up. */
function othersUpSince(states: readonly (ServiceState & { readonly name: string })[], name: string): number {
  const others = states.filter((other) => other.name !== name);
  if (others.some(({ state }) => state === 'waiting')) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...others.map(({ since }) => since));
}

/** No stack of ours has an underscore in its name, but a service may. */
function nameInStack(service: Service): string {
  return service.name.slice(service.name.indexOf('_') + 1);
}

/** Healthy has to hold: Swarm watches updates itself; a first task without a health check is watched by us. */
function watch(
  input: JudgeInput,
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

function wanted(service: Service, current: readonly Task[]): number {
  switch (service.mode.kind) {
    case 'replicated':
      return current.some(finishedForGood(service)) ? 0 : service.mode.replicas;
    case 'global':
      return new Set(current.filter((task) => task.desired === 'running').map((task) => task.slot)).size || 1;
    case 'job':
      return current.some((task) => task.state === 'complete') ? 0 : 1;
  }
}

/** A one-shot task that ended well has done its work. What has a health check is no one-shot. */
function finishedForGood(service: Service): (task: Task) => boolean {
  return (task) =>
    task.state === 'complete' && service.restart.condition !== 'any' && !service.hasHealthCheck;
}

function hopeless(
  input: JudgeInput,
  name: string,
  { service, current, lacking }: Found,
  othersUp: number,
): Hopeless | undefined {
  const stopped = service.update !== undefined && /^(paused|rollback)/.test(service.update.state);
  if (service.update !== undefined && stopped && !pausedByDoneWork(service, current))
    return updateStopped(input, name, service, service.update);
  // What went wrong before is over once all of it runs.
  if (!lacking) return undefined;
  const ended = current.filter(
    (task) => task.state === 'failed' || (task.state === 'complete' && !finishedForGood(service)(task)),
  );
  const newest = ended[0];
  const end = newest === undefined ? undefined : input.ends.get(newest.id);
  const rejected = current.find((task) => task.state === 'rejected');
  if (
    rejected !== undefined &&
    !REGISTRY_TROUBLE.test(rejected.error) &&
    PERMANENT_REJECTION.test(rejected.error)
  ) {
    return { kind: 'rejected', service: name, words: rejected.error, image: service.image };
  }
  const unplaced = current.find(
    (task) => task.state === 'pending' && /no suitable node \(scheduling constraints/i.test(task.error),
  );
  if (unplaced !== undefined) return { kind: 'unplaceable', service: name, words: unplaced.error };
  if (end === undefined) return undefined;
  return endsForGood(input, name, service, { ended, end, othersUp });
}

function updateStopped(
  input: JudgeInput,
  name: string,
  service: Service,
  { state, message }: NonNullable<Service['update']>,
): Hopeless {
  const failed = input.observation.tasks.find(
    (task) => task.serviceId === service.id && task.state === 'failed' && input.ends.has(task.id),
  );
  const end = failed === undefined ? undefined : input.ends.get(failed.id);
  return { kind: 'update-stopped', service: name, state, words: message, end };
}

interface Ends {
  /** Newest first. */
  readonly ended: readonly Task[];
  /** Of the newest. */
  readonly end: TaskEnd;
  readonly othersUp: number;
}

function endsForGood(
  input: JudgeInput,
  name: string,
  service: Service,
  { ended, end, othersUp }: Ends,
): Hopeless | undefined {
  const times = ended.length;
  // A process that Docker asks to stop, such as an unhealthy one, often ends with 0: for Swarm that is no failure.
  const endedWell = ended[0]?.state === 'complete';
  const { condition } = service.restart;
  if (condition === 'none' || (condition === 'on-failure' && endedWell))
    return { kind: 'ends', service: name, times, why: 'not restarted', end };
  const attempts = service.restart.maxAttempts;
  if (attempts > 0 && times > attempts)
    return { kind: 'ends', service: name, times, why: 'no attempts left', end };
  const same = ended.filter((task) => task.since >= othersUp && sameEnd(input.ends.get(task.id), end));
  if (same.length >= SAME_END_TIMES)
    return { kind: 'ends', service: name, times, why: 'three times the same', end };
  return undefined;
}

function sameEnd(a: TaskEnd | undefined, b: TaskEnd): boolean {
  // A container that Docker killed as unhealthy was not given up by itself: its budget decides.
  if (a === undefined || a.probe !== undefined) return false;
  return (
    a.exitCode === b.exitCode && withoutNumbers(a.lastLines.at(-1)) === withoutNumbers(b.lastLines.at(-1))
  );
}

export function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

/** Times and process numbers differ from one end to the next. */
function withoutNumbers(line: string | undefined): string {
  return (line ?? '').replace(/\d+/g, '0');
}

function progress(name: string, current: readonly Task[], ends: ReadonlyMap<string, TaskEnd>): string {
  const newest = current[0];
  if (newest === undefined) return `${name}: no task yet`;
  const failures = current.filter((task) => task.state === 'failed' || task.state === 'rejected');
  if (failures.length > 0) {
    const end = failures[0] === undefined ? undefined : ends.get(failures[0].id);
    const words = end?.lastLines.at(-1) ?? failures[0]?.error ?? '';
    return `${name}: ended ${times(failures.length)}${words === '' ? '' : `, lastly: ${words}`}`;
  }
  if (newest.state === 'starting') return `${name}: not healthy yet`;
  return `${name}: ${newest.state}${newest.error === '' ? '' : ` (${newest.error})`}`;
}
