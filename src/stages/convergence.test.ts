import { describe, expect, test } from 'vitest';
import type { Service, Task } from '../ports/engine.ts';
import type { TaskEnd } from './task-end.ts';
import { ended, failure, judged, NOW, service, task } from './testing/observed.ts';

const ONE_SHOT: Partial<Service> = { hasHealthCheck: false };

describe('a stack has converged', () => {
  test('when every service runs what was asked for and nobody watches an update', () => {
    expect(judged({ services: [service('app'), service('db')], tasks: [task('app'), task('db')] })).toEqual({
      kind: 'settled',
    });
  });

  test('when an update is completed', () => {
    const app = service('app', { update: { state: 'completed', message: '', startedAt: 0 } });
    expect(judged({ services: [app], tasks: [task('app')] }).kind).toBe('settled');
  });

  test('with no task where no replica is wanted', () => {
    const app = service('app', { mode: { kind: 'replicated', replicas: 0 } });
    expect(judged({ services: [app], tasks: [] }).kind).toBe('settled');
  });

  test('with all replicas, and not with fewer', () => {
    const app = service('app', { mode: { kind: 'replicated', replicas: 2 } });
    const one = task('app', { id: 'one', slot: '1' });
    const two = task('app', { id: 'two', slot: '2' });
    expect(judged({ services: [app], tasks: [one, two] }).kind).toBe('settled');
    expect(judged({ services: [app], tasks: [one] }).kind).toBe('waiting');
    expect(judged({ services: [app], tasks: [one, { ...two, state: 'starting' }] }).kind).toBe('waiting');
  });

  test('when a global service runs on every node that Swarm gave it', () => {
    const app = service('app', { mode: { kind: 'global' }, updatedAt: NOW / 1000 });
    const here = task('app', { id: 'here', slot: 'node-1' });
    const there = task('app', { id: 'there', slot: 'node-2', state: 'starting' });
    expect(judged({ services: [app], tasks: [] }).kind).toBe('waiting');
    expect(judged({ services: [app], tasks: [here] }).kind).toBe('settled');
    expect(judged({ services: [app], tasks: [here, there] }).kind).toBe('waiting');
  });

  test('when a one-shot has ended well', () => {
    const job = service('job', { ...ONE_SHOT, restart: { condition: 'none', maxAttempts: 0, delay: 5000 } });
    const done = task('job', { state: 'complete', desired: 'shutdown', exitCode: 0 });
    expect(judged({ services: [job], tasks: [done] }).kind).toBe('settled');
    const onFailure = service('job', {
      ...ONE_SHOT,
      restart: { condition: 'on-failure', maxAttempts: 0, delay: 5000 },
    });
    expect(judged({ services: [onFailure], tasks: [done] }).kind).toBe('settled');
    const mode = service('job', { mode: { kind: 'job', completions: 1 } });
    expect(judged({ services: [mode], tasks: [done] }).kind).toBe('settled');
  });

  test('when a one-shot has ended well in an update, which Swarm then pauses as failed', () => {
    const update = { state: 'paused', message: 'early termination of task', startedAt: 0 };
    const restart = { condition: 'none', maxAttempts: 0, delay: 5000 } as const;
    const job = service('job', { ...ONE_SHOT, restart, update });
    const done = task('job', { state: 'complete', desired: 'shutdown', exitCode: 0 });
    expect(judged({ services: [job], tasks: [done] }).kind).toBe('settled');
    expect(judged({ services: [job], tasks: [{ ...done, state: 'failed' }] }).kind).toBe('hopeless');
  });

  test('not when a service that is restarted whatever happens has ended well', () => {
    const done = task('app', { state: 'complete', desired: 'shutdown', exitCode: 0 });
    expect(judged({ services: [service('app')], tasks: [done] }).kind).toBe('waiting');
  });
});

describe('a stack is waited for', () => {
  test.each<[string, Partial<Task> | undefined, string]>([
    ['there is no task yet', undefined, 'app: no task yet'],
    ['its task is being prepared', { state: 'preparing' }, 'app: preparing'],
    ['its task is not healthy yet', { state: 'starting' }, 'app: not healthy yet'],
    ['its task waits for something', { state: 'pending', error: 'no room' }, 'app: pending (no room)'],
    ['its running task is about to be stopped', { desired: 'shutdown' }, 'app: running'],
  ])('while %s', (_, state, missing) => {
    const tasks = state === undefined ? [] : [task('app', state)];
    expect(judged({ services: [service('app')], tasks })).toMatchObject({ kind: 'waiting', missing });
  });

  test('while a service is not there', () => {
    expect(judged({ services: [service('app')], tasks: [task('app')] }, ['app', 'db'])).toEqual({
      kind: 'waiting',
      missing: 'service db',
    });
  });

  test('while only the old task runs, however healthy it is', () => {
    const app = service('app', { template: 'new', update: { state: 'updating', message: '', startedAt: 0 } });
    const old = task('app', { template: 'old' });
    expect(judged({ services: [app], tasks: [old] })).toMatchObject({ kind: 'waiting' });
  });

  test('while the old task has not ended beside the new one', () => {
    const app = service('app', { template: 'new', update: { state: 'updating', message: '', startedAt: 0 } });
    const tasks = [task('app', { id: 'new', template: 'new' }), task('app', { id: 'old', template: 'old' })];
    expect(judged({ services: [app], tasks })).toEqual({
      kind: 'waiting',
      missing: 'app: the old task has not ended',
    });
    const [fresh, old] = tasks;
    if (fresh === undefined || old === undefined) throw new Error('no tasks');
    const ended = [fresh, { ...old, state: 'shutdown' }];
    expect(judged({ services: [app], tasks: ended }).kind).toBe('healthy');
  });

  test('by what is missing everywhere', () => {
    const tasks = [task('app', { state: 'starting' }), task('db', { state: 'preparing' })];
    expect(judged({ services: [service('app'), service('db')], tasks })).toEqual({
      kind: 'waiting',
      missing: 'app: not healthy yet and db: preparing',
    });
  });

  test('of each service by its own tasks, also where one name ends with the other', () => {
    const services = [service('web_app'), service('app')];
    const tasks = [task('web_app'), task('app', { state: 'starting' })];
    expect(judged({ services, tasks }, ['app', 'web_app'])).toEqual({
      kind: 'waiting',
      missing: 'app: not healthy yet',
    });
    expect(judged({ services: [service('web_app')], tasks: [task('web_app')] }, ['app', 'web_app'])).toEqual({
      kind: 'waiting',
      missing: 'service app',
    });
  });
});

describe('healthy has to hold', () => {
  test('while Swarm watches an update', () => {
    const app = service('app', { update: { state: 'updating', message: '', startedAt: 0 } });
    expect(judged({ services: [app], tasks: [task('app')] })).toMatchObject({ kind: 'healthy' });
  });

  test('for the time of the monitor where there is no health check', () => {
    const app = service('app', { hasHealthCheck: false, monitor: 7000 });
    const at = (age: number) => judged({ services: [app], tasks: [task('app', { since: NOW - age })] });
    expect(at(0)).toMatchObject({ kind: 'healthy', missing: expect.stringContaining('7 s') });
    expect(at(6999).kind).toBe('healthy');
    expect(at(7000).kind).toBe('settled');
  });

  test('since its youngest task came up', () => {
    const app = service('app', { hasHealthCheck: false, mode: { kind: 'replicated', replicas: 2 } });
    const tasks = [
      task('app', { id: 'old', slot: '1', since: NOW - 60_000 }),
      task('app', { id: 'young', slot: '2', since: NOW - 10 }),
    ];
    expect(judged({ services: [app], tasks }).kind).toBe('healthy');
  });

  test('and a health check that has said yes is enough at a first deployment', () => {
    const tasks = [task('app', { since: NOW })];
    expect(judged({ services: [service('app')], tasks }).kind).toBe('settled');
  });
});

describe('there is no hope', () => {
  test.each([
    'No such image: nginx:9.99',
    'manifest for nginx:9.99 not found: manifest unknown',
    'pull access denied for x, repository does not exist or may require docker login',
    'invalid mount config for type "bind": bind source path does not exist: /etc/x',
    'failed to render template: secret target not found',
    'starting container failed: exec: "nope": executable file not found in $PATH',
  ])('where Swarm rejects a task for good: %s', (error) => {
    const tasks = [task('app', { state: 'rejected', error })];
    const app = service('app', { image: 'nginx:9.99' });
    expect(judged({ services: [app], tasks })).toEqual({
      kind: 'hopeless',
      why: { kind: 'rejected', service: 'app', words: error, image: 'nginx:9.99' },
    });
  });

  test.each([
    'Get "https://registry.example/v2/": dial tcp 10.0.0.1:443: connect: connection refused',
    'dial tcp: lookup registry.example: no such host',
    'net/http: TLS handshake timeout',
    'toomanyrequests: You have reached your pull rate limit; manifest unknown',
    'read tcp: i/o timeout',
    'something nobody has foreseen',
  ])('but not where a later attempt may help: %s', (error) => {
    const tasks = [task('app', { state: 'rejected', error })];
    expect(judged({ services: [service('app')], tasks })).toMatchObject({ kind: 'waiting' });
  });

  test('where no node fits by its constraints, but not where resources are short for now', () => {
    const pending = (error: string) =>
      judged({ services: [service('app')], tasks: [task('app', { state: 'pending', error })] });
    const words = 'no suitable node (scheduling constraints not satisfied on 1 node)';
    expect(pending(words)).toEqual({ kind: 'hopeless', why: { kind: 'unplaceable', service: 'app', words } });
    expect(pending('no suitable node (insufficient resources on 1 node)').kind).toBe('waiting');
  });

  test.each(['paused', 'rollback_started', 'rollback_paused', 'rollback_completed'])(
    'where an update is %s, with the words of the container that ended',
    (state) => {
      const app = service('app', {
        template: 'old',
        update: { state, message: 'update stopped', startedAt: 0 },
      });
      const failed = task('app', { id: 'new', template: 'new', state: 'failed', desired: 'shutdown' });
      const end = ended({ lastLines: ['no config'] });
      expect(
        judged({ services: [app], tasks: [task('app', { template: 'old' }), failed] }, ['app'], { new: end }),
      ).toMatchObject({
        kind: 'hopeless',
        why: { kind: 'update-stopped', service: 'app', state, words: 'update stopped', end },
      });
    },
  );

  test('where a process ends and is never to be restarted', () => {
    const job = service('job', { restart: { condition: 'none', maxAttempts: 0, delay: 0 } });
    expect(judged({ services: [job], tasks: [failure('job', 1)] }, ['job'], { job1: ended() })).toMatchObject(
      {
        kind: 'hopeless',
        why: { kind: 'ends', why: 'not restarted', times: 1 },
      },
    );
  });

  test('where something with a health check ends well: for Swarm that is no failure, so it stays down', () => {
    const done = task('app', { id: 'app1', state: 'complete', desired: 'shutdown', exitCode: 0 });
    const end = ended({ exitCode: 0, probe: 'connection refused' });
    for (const condition of ['none', 'on-failure']) {
      const app = service('app', { restart: { condition, maxAttempts: 0, delay: 0 } });
      expect(judged({ services: [app], tasks: [done] }, ['app'], { app1: end })).toEqual({
        kind: 'hopeless',
        why: { kind: 'ends', service: 'app', times: 1, why: 'not restarted', end, before: [] },
      });
    }
    expect(judged({ services: [service('app')], tasks: [done] }, ['app'], { app1: end }).kind).toBe(
      'waiting',
    );
  });

  test('but not where a task was rejected before and one runs now', () => {
    const rejected = task('app', { id: 'r', state: 'rejected', error: 'No such image: x' });
    expect(judged({ services: [service('app')], tasks: [task('app'), rejected] }).kind).toBe('settled');
  });

  test('where all attempts are spent, and not before', () => {
    const app = service('app', { restart: { condition: 'on-failure', maxAttempts: 1, delay: 0 } });
    const ends = { app1: ended({ exitCode: 1 }), app2: ended({ exitCode: 2 }) };
    const next = task('app', { id: 'next', state: 'ready', desired: 'ready' });
    expect(judged({ services: [app], tasks: [next, failure('app', 1)] }, ['app'], ends).kind).toBe('waiting');
    const justNow = { ...failure('app', 1), since: NOW - 100 };
    expect(judged({ services: [app], tasks: [justNow] }, ['app'], ends).kind).toBe('waiting');
    const twice = [failure('app', 2), failure('app', 1)];
    expect(judged({ services: [app], tasks: twice }, ['app'], ends)).toMatchObject({
      kind: 'hopeless',
      why: { kind: 'ends', why: 'no attempts left', times: 2 },
    });
  });
});

describe('a process that ends again and again', () => {
  const tasks = [failure('app', 3), failure('app', 2), failure('app', 1)];
  const same = { app1: ended(), app2: ended(), app3: ended() };

  test('is hopeless after the third time the same while all others are healthy', () => {
    const all = { services: [service('app'), service('db')], tasks: [...tasks, task('db')] };
    expect(judged(all, ['app', 'db'], same)).toMatchObject({
      kind: 'hopeless',
      why: { kind: 'ends', service: 'app', why: 'three times the same', times: 3 },
    });
  });

  test('may be waiting for another service, so it is not judged before that one is healthy', () => {
    const all = {
      services: [service('app'), service('db')],
      tasks: [...tasks, task('db', { state: 'starting' })],
    };
    expect(judged(all, ['app', 'db'], same)).toEqual({
      kind: 'waiting',
      missing: 'app: ended 3 times, lastly: cannot open /etc/app.conf and db: not healthy yet',
    });
  });

  test('is given another chance once the other one is up: only what it does from then on counts', () => {
    const up = NOW - 10_000;
    const services = [service('app'), service('db')];
    const ends = { ...same, app4: ended(), app5: ended() };
    const before = tasks.map((one) => ({ ...one, since: up - 1000 }));
    const again = [failure('app', 5), failure('app', 4)].map((one) => ({ ...one, since: up + 1000 }));
    const db = task('db', { since: up });
    const fourth = task('app', { id: 'fourth', state: 'starting' });
    const expected = ['app', 'db'];
    expect(judged({ services, tasks: [fourth, ...before, db] }, expected, ends).kind).toBe('waiting');
    expect(judged({ services, tasks: [...again, ...before, db] }, expected, ends).kind).toBe('waiting');
    const third = { ...failure('app', 3), since: up + 1000 };
    expect(judged({ services, tasks: [...again, third, ...before.slice(1), db] }, expected, ends).kind).toBe(
      'hopeless',
    );
  });

  test('and runs at last is healthy like any other', () => {
    const running = task('app', { id: 'fourth' });
    expect(judged({ services: [service('app')], tasks: [running, ...tasks] }, ['app'], same).kind).toBe(
      'settled',
    );
    const job = service('app', { restart: { condition: 'on-failure', maxAttempts: 2, delay: 0 } });
    expect(judged({ services: [job], tasks: [running, ...tasks] }, ['app'], same).kind).toBe('settled');
  });

  test('is not judged after the second time', () => {
    const all = { services: [service('app')], tasks: tasks.slice(1) };
    expect(judged(all, ['app'], same)).toEqual({
      kind: 'waiting',
      missing: 'app: ended twice, lastly: cannot open /etc/app.conf',
    });
  });

  test.each<[string, Record<string, TaskEnd>]>([
    ['the codes differ', { ...same, app2: ended({ exitCode: 137 }) }],
    ['the last words differ', { ...same, app2: ended({ lastLines: ['waiting for db'] }) }],
    ['one end was never seen', { app1: ended(), app3: ended() }],
  ])('is not judged where %s', (_, ends) => {
    expect(judged({ services: [service('app')], tasks }, ['app'], ends).kind).toBe('waiting');
  });

  test('is the same end though times and process numbers differ', () => {
    const ends = {
      app1: ended({ lastLines: ['10:00:01 [7] cannot bind'] }),
      app2: ended({ lastLines: ['10:00:09 [12] cannot bind'] }),
      app3: ended({ lastLines: ['10:01:00 [199] cannot bind'] }),
    };
    expect(judged({ services: [service('app')], tasks }, ['app'], ends).kind).toBe('hopeless');
  });

  test('was not ended by itself where Docker killed it as unhealthy: then its budget decides', () => {
    const killed = ended({ exitCode: 137, probe: 'connection refused' });
    const ends = { app1: killed, app2: killed, app3: killed };
    expect(judged({ services: [service('app')], tasks }, ['app'], ends).kind).toBe('waiting');
  });

  test('under an old specification says nothing about the new one', () => {
    const app = service('app', { template: 'new', update: { state: 'updating', message: '', startedAt: 0 } });
    const old = tasks.map((one) => ({ ...one, template: 'old' }));
    const fresh = task('app', { id: 'fresh', template: 'new', state: 'starting' });
    expect(judged({ services: [app], tasks: [fresh, ...old] }, ['app'], same).kind).toBe('waiting');
  });
});
