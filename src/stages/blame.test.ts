import { describe, expect, test } from 'vitest';
import { causeOf } from './blame.ts';
import type { TaskEnd } from './convergence.ts';

describe('the cause of a stack that did not come up', () => {
  test.each([
    'No such image: 127.0.0.1:5000/nginx:1.99.0@sha256:abc',
    'manifest unknown: manifest unknown',
    'pull access denied for x, repository does not exist or may require docker login',
  ])('is the image where it cannot be pulled (B48): %s', (words) => {
    const cause = causeOf({
      kind: 'rejected',
      service: 'app',
      words,
      image: `nginx:1.99@sha256:${'a'.repeat(64)}`,
    });
    expect(cause).toMatchObject({ code: 'B48', where: { service: 'app' }, evidence: [words] });
    expect(cause.sentence).toContain('nginx:1.99 of service `app`');
    expect(cause.sentence).not.toContain('aaaa');
  });

  test('is the path of the host where the node lacks it (B73)', () => {
    const words = 'invalid mount config for type "bind": bind source path does not exist: /etc/timezone';
    expect(causeOf({ kind: 'rejected', service: 'app', words, image: 'x' })).toMatchObject({ code: 'B73' });
  });

  test('is told in Swarm’s own words where it rejects a task for another reason', () => {
    const cause = causeOf({
      kind: 'rejected',
      service: 'app',
      words: 'template: \n no secret x',
      image: 'x',
    });
    expect(cause.code).toBe('task-rejected');
    expect(cause.sentence).toBe('Swarm cannot start service `app`: template: no secret x.');
  });

  test('is the placement where no node fits', () => {
    expect(causeOf({ kind: 'unplaceable', service: 'db', words: 'no suitable node' })).toMatchObject({
      code: 'no-suitable-node',
      where: { service: 'db' },
    });
  });

  test('names the line that complains, not the last one', () => {
    const lastLines = ['starting', '[emerg] unknown directive "worker_proceses"', 'bye'];
    const cause = ending({ lastLines });
    expect(cause).toMatchObject({ code: 'exits-at-start', evidence: lastLines });
    expect(cause.sentence).toBe(
      'The process of service `app` ends at start with code 1, saying “[emerg] unknown directive "worker_proceses"” (3 times in a row).',
    );
  });

  test('names the last of several lines that complain', () => {
    const lastLines = ['error: retrying', 'fatal: giving up', 'bye'];
    expect(ending({ lastLines }).sentence).toContain('saying “fatal: giving up”');
  });

  test('names the last line where none complains, and says so where there is none', () => {
    expect(ending({ lastLines: ['one', 'two'] }).sentence).toContain('saying “two”');
    expect(ending({ lastLines: [] }).sentence).toContain('without a word');
    expect(ending({ exitCode: undefined }).sentence).toContain('code unknown');
  });

  test('is memory where the kernel killed the process, whatever it said', () => {
    const cause = ending({ outOfMemory: true, exitCode: 137, probe: 'refused' });
    expect(cause.code).toBe('out-of-memory');
  });

  test('is the health check where Docker killed the container', () => {
    const cause = ending({ probe: 'curl: (7) Failed to connect', exitCode: 137 });
    expect(cause.code).toBe('never-healthy');
    expect(cause.sentence).toContain('curl: (7) Failed to connect');
    expect(ending({ probe: '' }).sentence).toContain('it said nothing');
  });

  test('says by which rule a process that ends counts as hopeless', () => {
    const how = (why: 'three times the same' | 'no attempts left' | 'not restarted', times: number) =>
      causeOf({ kind: 'ends', service: 'app', times, why, end: end() }).sentence;
    expect(how('three times the same', 3)).toContain('3 times');
    expect(how('no attempts left', 2)).toMatch(/twice.*no attempts left/);
    expect(how('not restarted', 1)).toMatch(/once.*not restarted/);
  });

  test('of an update that was stopped is what the new container said, where it said something', () => {
    const stopped = (state: string, with_: TaskEnd | undefined) =>
      causeOf({ kind: 'update-stopped', service: 'app', state, words: 'update paused', end: with_ });
    expect(stopped('rollback_completed', end({ lastLines: ['fatal: no'] }))).toMatchObject({
      code: 'exits-at-start',
      sentence: expect.stringMatching(/“fatal: no”.*Swarm stopped the update.*rollback_completed/),
    });
    expect(stopped('rollback_completed', undefined).code).toBe('update-rolled-back');
    expect(stopped('paused', undefined)).toMatchObject({
      code: 'update-paused',
      sentence: expect.stringContaining('update paused'),
    });
  });

  test('of one that took too long is its probe where it has one', () => {
    const late = (probes: string[]) =>
      causeOf({ kind: 'late', seconds: 490, missing: 'app: not healthy yet', probes, logs: ['log line'] });
    expect(late(['', 'connection refused'])).toMatchObject({ code: 'never-healthy', evidence: ['log line'] });
    expect(late(['', 'connection refused']).sentence).toBe(
      'After 490 s, the time that the recipe gives itself, still missing: app: not healthy yet. The last probe said “connection refused”.',
    );
    expect(late([]).code).toBe('never-ready');
    expect(late([]).sentence).not.toContain('probe');
  });
});

function ending(more: Partial<TaskEnd>) {
  return causeOf({ kind: 'ends', service: 'app', times: 3, why: 'three times the same', end: end(more) });
}

function end(more: Partial<TaskEnd> = {}): TaskEnd {
  return { exitCode: 1, lastLines: ['cannot'], outOfMemory: false, probe: undefined, ...more };
}
