import { describe, expect, test } from 'vitest';
import type { Service, Task } from '../ports/engine.ts';
import { judge, leftRunning } from './convergence.ts';
import { ended, failure, judged, NOW, service, task } from './testing/observed.ts';

describe('a job', () => {
  const job = (completions: number | 'global', more: Partial<Service> = {}) =>
    service('job', {
      ...{ mode: { kind: 'job', completions }, hasHealthCheck: false, updatedAt: NOW / 1000 },
      ...more,
    });
  const done = (slot: string) =>
    task('job', { id: `done-${slot}`, slot, state: 'complete', desired: 'complete', exitCode: 0 });

  test('has converged when it has completed as often as it is to', () => {
    const tasks = [done('1'), done('2')];
    expect(judged({ services: [job(2)], tasks }).kind).toBe('settled');
    expect(judged({ services: [job(3)], tasks }).kind).toBe('waiting');
  });

  test('is waited for while it works, whatever its restart policy', () => {
    const tasks = [task('job', { slot: '1' }), done('2')];
    expect(judged({ services: [job(2)], tasks })).toMatchObject({
      kind: 'waiting',
      missing: 'job: its work is not done yet',
    });
  });

  test('on every node has converged when it has completed on each that has a task', () => {
    const there = task('job', { id: 'there', slot: 'node-2' });
    expect(judged({ services: [job('global')], tasks: [] }).kind).toBe('waiting');
    expect(judged({ services: [job('global')], tasks: [done('node-1'), there] }).kind).toBe('waiting');
    expect(judged({ services: [job('global')], tasks: [done('node-1')] }).kind).toBe('settled');
  });

  test('that ends with another code and is not restarted is hopeless, with its code', () => {
    const end = ended({ exitCode: 3 });
    const spec = job('global', { restart: { condition: 'none', maxAttempts: 0, delay: 0 } });
    expect(judged({ services: [spec], tasks: [failure('job', 1)] }, ['job'], { job1: end })).toMatchObject({
      kind: 'hopeless',
      why: { kind: 'ends', why: 'not restarted', end: { exitCode: 3 } },
    });
  });
});

test('a one-shot of several replicas has converged when each has ended well or runs', () => {
  const spec = service('init', {
    ...{ mode: { kind: 'replicated', replicas: 2 }, hasHealthCheck: false },
    restart: { condition: 'on-failure', maxAttempts: 0, delay: 0 },
  });
  const done = task('init', { id: 'done', slot: '1', state: 'complete', desired: 'shutdown', exitCode: 0 });
  const other = (state: string) => task('init', { id: 'other', slot: '2', state });
  expect(judged({ services: [spec], tasks: [done, other('starting')] }).kind).toBe('waiting');
  expect(judged({ services: [spec], tasks: [done, other('running')] }).kind).toBe('settled');
});

describe('a container that cannot be started', () => {
  const CONFIG =
    'starting container failed: unable to get config from config store: failed to expand templated config y1mv6qejh30k8pjge5nbm7d94: template: expansion:1:3: executing "expansion" at <secret "x">: error calling secret: secret target x not found';
  const never = (count: number, error: string): Task => ({ ...failure('app', count), error });

  test('for a lasting reason is hopeless at once, though Swarm tries for ever', () => {
    expect(judged({ services: [service('app')], tasks: [never(1, CONFIG)] })).toEqual({
      kind: 'hopeless',
      why: { kind: 'rejected', service: 'app', words: CONFIG, image: 'nginx:1' },
    });
  });

  test('is progress while that may pass, and is told where time runs out', () => {
    const words = 'node is missing network attachments, ip addresses may be exhausted';
    const rejected = task('app', { id: 'r', state: 'rejected', desired: 'shutdown', error: words });
    expect(judged({ services: [service('app')], tasks: [rejected] })).toEqual({
      kind: 'waiting',
      missing: `app: could not be started once, lastly: ${words}`,
      trouble: { service: 'app', words, image: 'nginx:1' },
    });
  });

  test('three times for the same unknown reason while all others are up is hopeless', () => {
    const words = (id: string) => `starting container failed: oddity of ${id}`;
    const tasks = [3, 2, 1].map((count) => never(count, words(`y1mv6qejh30k8pjge5nbm7d9${count}`)));
    expect(judged({ services: [service('app')], tasks }).kind).toBe('hopeless');
    expect(judged({ services: [service('app')], tasks: tasks.slice(1) }).kind).toBe('waiting');
    const both = { services: [service('app'), service('db')], tasks };
    expect(judged(both, ['app', 'db']).kind).toBe('waiting');
  });
});

describe('placement', () => {
  const pending = (error: string, more: Partial<Task> = {}) =>
    task('app', { id: 'new', state: 'pending', error, ...more });

  test.each([
    'no suitable node (unsupported platform on 1 node)',
    'no suitable node (missing plugin on 1 node)',
    'no suitable node (max replicas per node limit exceed)',
    'no suitable node (insufficient resources on 1 node; scheduling constraints not satisfied on 1 node)',
  ])('is hopeless where waiting changes nothing: %s', (words) => {
    expect(judged({ services: [service('app')], tasks: [pending(words)] })).toEqual({
      kind: 'hopeless',
      why: { kind: 'unplaceable', service: 'app', words },
    });
  });

  test('of a global service that gets no task is hopeless after a moment', () => {
    const app = (age: number) => service('app', { mode: { kind: 'global' }, updatedAt: (NOW - age) / 1000 });
    expect(judged({ services: [app(4999)], tasks: [] }).kind).toBe('waiting');
    expect(judged({ services: [app(5000)], tasks: [] })).toMatchObject({ why: { kind: 'unplaceable' } });
  });

  const words = 'no suitable node (host-mode port already in use on 1 node)';

  test('of a new task whose port the old one holds is a deadlock with start-first (B57), not with stop-first', () => {
    const spec = (updateOrder: Service['updateOrder']) =>
      service('app', { template: 'new', updateOrder, hostPorts: [64738] });
    const tasks = [pending(words, { template: 'new' }), task('app', { id: 'old', template: 'old' })];
    expect(judged({ services: [spec('start-first')], tasks })).toEqual({
      kind: 'hopeless',
      why: { kind: 'port-deadlock', service: 'app', ports: [64738], words },
    });
    expect(judged({ services: [spec('stop-first')], tasks }).kind).toBe('waiting');
  });

  test('of a task whose port somebody else holds is waited for, and told where time runs out', () => {
    const app = service('app', { updateOrder: 'start-first', hostPorts: [25] });
    expect(judged({ services: [app], tasks: [pending(words)] })).toMatchObject({
      kind: 'waiting',
      trouble: { service: 'app', words },
    });
  });

  test('that Swarm has not even begun says that it could allocate nothing', () => {
    const judgement = judged({ services: [service('app')], tasks: [task('app', { state: 'new' })] });
    expect(judgement).toMatchObject({
      kind: 'waiting',
      trouble: { words: expect.stringContaining('allocate') },
    });
  });
});

test('a service that was there and is not any more was taken away by somebody', () => {
  const input = { observation: { services: [], tasks: [] }, expected: ['app'], ends: new Map(), now: NOW };
  expect(judge({ ...input, known: new Set(['app']) })).toEqual({
    kind: 'hopeless',
    why: { kind: 'gone', service: 'app' },
  });
  expect(judge({ ...input, known: new Set() }).kind).toBe('waiting');
});

test('services that the document lacks are named, and do not keep a stack from being settled', () => {
  const services = [service('app'), service('worker')];
  expect(leftRunning({ services, tasks: [] }, ['app'])).toEqual(['worker']);
  expect(judged({ services, tasks: [task('app')] }, ['app']).kind).toBe('settled');
});

describe('restart attempts', () => {
  test('within a window are spent only when Swarm has put no next one in place', () => {
    const app = service('app', { restart: { condition: 'any', maxAttempts: 1, delay: 0 } });
    const ends = { app1: ended({ exitCode: 1 }), app2: ended({ exitCode: 2 }), app3: ended({ exitCode: 3 }) };
    const failures = [failure('app', 3), failure('app', 2), failure('app', 1)];
    const next = task('app', { id: 'next', state: 'starting' });
    expect(judged({ services: [app], tasks: [next, ...failures] }, ['app'], ends).kind).toBe('waiting');
    expect(judged({ services: [app], tasks: failures }, ['app'], ends).kind).toBe('hopeless');
  });

  test('that were spent before another service came up say so', () => {
    const app = service('app', { restart: { condition: 'any', maxAttempts: 1, delay: 0 } });
    const db = task('db', { since: NOW });
    const all = { services: [app, service('db')], tasks: [failure('app', 1), db] };
    expect(judged(all, ['app', 'db'], { app1: ended() })).toMatchObject({
      why: { kind: 'ends', why: 'no attempts left', before: ['db'] },
    });
  });
});

test('an update that went back names the image that runs, and what Swarm said of the new task', () => {
  const update = { state: 'rollback_completed', message: 'rolled back', startedAt: 500 };
  const app = service('app', { image: 'nginx:old', update });
  const error = 'invalid mount config for type "bind": bind source path does not exist: /x';
  const refused = task('app', { id: 'new', template: 'new', state: 'rejected', error, createdAt: 600 });
  const before = { ...failure('app', 1), createdAt: 400 };
  const tasks = [task('app'), refused, before];
  expect(judged({ services: [app], tasks }, ['app'], { app1: ended() })).toEqual({
    kind: 'hopeless',
    why: {
      ...{ kind: 'update-stopped', service: 'app', state: 'rollback_completed', words: 'rolled back' },
      ...{ end: undefined, rejected: error, image: 'nginx:old' },
    },
  });
});
