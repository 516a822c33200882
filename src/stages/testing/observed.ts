import type { Service, Task } from '../../ports/engine.ts';
import { type Judgement, judge } from '../convergence.ts';
import type { TaskEnd } from '../task-end.ts';

export const NOW = 1_000_000;

/** Judges what one look at a stack showed; all its services are expected unless said. */
export function judged(
  observation: { services: Service[]; tasks: Task[] },
  expected = observation.services.map(({ name }) => name.replace(/^[^_]*_/, '')),
  ends: Readonly<Record<string, TaskEnd>> = {},
): Judgement {
  return judge({ observation, expected, known: new Set(), ends: new Map(Object.entries(ends)), now: NOW });
}

export function service(name: string, more: Partial<Service> = {}): Service {
  return {
    ...{ id: `id-${name}`, name: `stack-1_${name}`, labels: {}, image: 'nginx:1', hasHealthCheck: true },
    mode: { kind: 'replicated', replicas: 1 },
    ...{ monitor: 5000, restart: { condition: 'any', maxAttempts: 0, delay: 5000 }, mounts: [] },
    ...{ update: undefined, template: 'current', updatedAt: 0, updateOrder: 'stop-first', hostPorts: [] },
    ...more,
  };
}

export function task(of: string, more: Partial<Task> = {}): Task {
  return {
    ...{ id: `${of}-task`, serviceId: `id-${of}`, slot: '1', state: 'running', desired: 'running' },
    ...{ error: '', message: '', exitCode: undefined, containerId: `c-${of}`, image: 'nginx:1' },
    ...{ template: 'current', since: NOW - 60_000, createdAt: NOW - 60_000 },
    ...more,
  };
}

export function failure(of: string, count: number): Task {
  const error = 'task: non-zero exit (1)';
  return task(of, { id: `${of}${count}`, state: 'failed', desired: 'shutdown', error, createdAt: count });
}

export function ended(more: Partial<TaskEnd> = {}): TaskEnd {
  const lastLines = ['starting', 'cannot open /etc/app.conf'];
  return { exitCode: 1, lastLines, outOfMemory: false, probe: undefined, ...more };
}
