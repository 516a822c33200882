import type { Service, Task } from '../ports/engine.ts';

/** What is known of a task that ended: read from its container while it was still there. */
export interface TaskEnd {
  readonly exitCode: number | undefined;
  readonly lastLines: readonly string[];
  readonly outOfMemory: boolean;
  /** What the last probe said, where the container had a health check. */
  readonly probe: string | undefined;
}

/** States from which no task comes back. */
export const ENDED: ReadonlySet<string> = new Set([
  'complete',
  'failed',
  'rejected',
  'shutdown',
  'orphaned',
  'remove',
]);

/** Whether its process was never started: then what Swarm says of it is all there is. */
export function neverRan(task: Task): boolean {
  if (task.state === 'rejected') return true;
  return task.state === 'failed' && /^(starting|creating|preparing) container failed/i.test(task.error);
}

/** A one-shot task that ended well has done its work. What has a health check is no one-shot. */
export function finishedForGood(service: Service, task: Task): boolean {
  if (task.state !== 'complete' || service.hasHealthCheck) return false;
  return service.mode.kind === 'job' || service.restart.condition !== 'any';
}

/** Tasks by their slots, newest first within each. */
export function slotsOf(tasks: readonly Task[]): Task[][] {
  const slots = new Map<string, Task[]>();
  for (const task of tasks) slots.set(task.slot, [...(slots.get(task.slot) ?? []), task]);
  return [...slots.values()];
}

export function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

/** Times, process numbers and identifiers differ from one end to the next. */
export function withoutNumbers(line: string | undefined): string {
  return (line ?? '').replace(/\b[0-9a-z]{25}\b/g, '0').replace(/\d+/g, '0');
}
