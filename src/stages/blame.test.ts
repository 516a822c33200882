import { describe, expect, test } from 'vitest';
import { causeOf } from './blame.ts';
import type { NotConverged } from './converge.ts';
import type { TaskEnd } from './task-end.ts';

describe('the cause of a stack that did not come up', () => {
  test.each([
    'No such image: 127.0.0.1:5000/nginx:1.99.0@sha256:abc',
    'manifest unknown: manifest unknown',
    'pull access denied for x, repository does not exist or may require docker login',
  ])('is the image where it cannot be pulled (B48): %s', (words) => {
    const cause = causeFor({
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
    expect(causeFor({ kind: 'rejected', service: 'app', words, image: 'x' })).toMatchObject({ code: 'B73' });
  });

  test('is told in Swarm’s own words where it rejects a task for another reason', () => {
    const cause = causeFor({
      kind: 'rejected',
      service: 'app',
      words: 'template: \n no secret x',
      image: 'x',
    });
    expect(cause.code).toBe('task-rejected');
    expect(cause.sentence).toBe('Swarm cannot start service `app`: template: no secret x.');
  });

  test('is the placement where no node fits', () => {
    expect(causeFor({ kind: 'unplaceable', service: 'db', words: 'no suitable node' })).toMatchObject({
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
      causeFor({ kind: 'ends', service: 'app', times, why, end: end(), before: [] }).sentence;
    expect(how('three times the same', 3)).toContain('3 times');
    expect(how('no attempts left', 2)).toMatch(/twice.*no attempts left/);
    expect(how('not restarted', 1)).toMatch(/once.*not restarted/);
  });

  test('of an update that was stopped is what the new container said, where it said something', () => {
    const stopped = (state: string, with_: TaskEnd | undefined) =>
      causeFor({
        kind: 'update-stopped',
        service: 'app',
        state,
        words: 'update paused',
        end: with_,
        rejected: undefined,
        image: 'nginx:1',
      });
    expect(stopped('rollback_completed', end({ lastLines: ['fatal: no'] }))).toMatchObject({
      code: 'exits-at-start',
      sentence: expect.stringMatching(
        /“fatal: no”.*Swarm went back.*still the version before, nginx:1.*rollback_completed/,
      ),
    });
    expect(stopped('rollback_completed', undefined).code).toBe('update-rolled-back');
    expect(stopped('paused', undefined)).toMatchObject({
      code: 'update-paused',
      sentence: expect.stringContaining('update paused'),
    });
  });

  test('of one that took too long is its probe where it has one', () => {
    const late = (probes: string[]) =>
      causeFor({
        kind: 'late',
        seconds: 490,
        missing: 'app: not healthy yet',
        trouble: undefined,
        probes,
        logs: ['log line'],
      });
    expect(late(['', 'connection refused'])).toMatchObject({ code: 'never-healthy', evidence: ['log line'] });
    expect(late(['', 'connection refused']).sentence).toBe(
      'After 490 s, the time that the recipe gives itself, still missing: app: not healthy yet. The last probe said “connection refused”.',
    );
    expect(late([]).code).toBe('never-ready');
    expect(late([]).sentence).not.toContain('probe');
  });
});

describe('whose fault it is that a stack did not come up', () => {
  test('is the environment’s where a service vanished or Swarm ran out of something', () => {
    expect(causeOf({ kind: 'gone', service: 'app' })).toMatchObject({
      fault: 'environment',
      cause: { code: 'service-gone' },
    });
    const words = 'no suitable node (insufficient resources on 1 node)';
    const late = causeOf({
      ...{ kind: 'late', seconds: 60, missing: 'app: pending', probes: [], logs: [] },
      trouble: { service: 'app', words, image: 'x' },
    });
    expect(late).toMatchObject({ fault: 'environment', cause: { code: 'no-resources', evidence: [words] } });
    expect(late.cause.sentence).toMatch(/`app`.*After 60 s/);
  });

  test('is the recipe’s where its time was up and nothing complained that we know', () => {
    const trouble = { service: 'app', words: 'an oddity', image: 'x' };
    const late = { kind: 'late', seconds: 60, missing: 'app', probes: [], logs: [], trouble } as const;
    expect(causeOf(late)).toMatchObject({ fault: 'recipe', cause: { code: 'never-ready' } });
  });

  test('is the recipe’s with start-first and a port of the host (B57)', () => {
    const words = 'no suitable node (host-mode port already in use on 1 node)';
    const why = { kind: 'port-deadlock', service: 'app', ports: [64738], words } as const;
    expect(causeOf(why)).toMatchObject({ fault: 'recipe', cause: { code: 'B57' } });
    expect(causeOf(why).cause.sentence).toContain('port 64738');
  });

  test('is the recipe’s where the image is for another architecture (B85)', () => {
    const words = 'no suitable node (unsupported platform on 1 node)';
    expect(causeFor({ kind: 'unplaceable', service: 'app', words }).code).toBe('B85');
    const said = ending({ lastLines: ['exec /usr/bin/app: exec format error'] });
    expect(said.code).toBe('B85');
  });
});

describe('a process that needed another service', () => {
  const gaveUp = (why: 'no attempts left' | 'not restarted', before: string[], line: string) =>
    causeFor({ kind: 'ends', service: 'app', times: 2, why, before, end: end({ lastLines: [line] }) });
  const refusedBy = 'could not connect to db:5432: Connection refused';

  test('and spent its attempts before that came up (B77), or was never tried again (B63), is told so', () => {
    expect(gaveUp('no attempts left', ['db'], refusedBy)).toMatchObject({
      code: 'B77',
      sentence: expect.stringContaining('spent before `db` came up'),
    });
    expect(gaveUp('not restarted', ['db'], refusedBy)).toMatchObject({
      code: 'B63',
      sentence: expect.stringContaining('depends_on'),
    });
  });

  test('is not blamed on that where all others were up, or it complained of something else', () => {
    expect(gaveUp('no attempts left', [], refusedBy).code).toBe('exits-at-start');
    expect(gaveUp('no attempts left', ['db'], 'fatal: no licence').code).toBe('exits-at-start');
  });
});

test.each([
  [137, '137 (killed)'],
  [127, '127 (no such program)'],
  [1, 'code 1,'],
])('an exit code of %i is told with what it means', (exitCode, words) => {
  expect(ending({ exitCode }).sentence).toContain(words);
});

test('an update that went back says what runs now, whatever the cause', () => {
  const back = (rejected: string | undefined, with_?: TaskEnd) =>
    causeFor({
      ...{ kind: 'update-stopped', service: 'app', state: 'rollback_completed', words: 'w', end: with_ },
      ...{ rejected, image: `nginx:1@sha256:${'a'.repeat(64)}` },
    });
  for (const cause of [back(undefined), back('No such image: nginx:2'), back(undefined, end())]) {
    expect(cause.sentence).toMatch(/still the version before, nginx:1 \(rollback_completed\)/);
  }
  expect(back('bind source path does not exist: /x').code).toBe('B73');
});

function causeFor(why: NotConverged) {
  return causeOf(why).cause;
}

function ending(more: Partial<TaskEnd>) {
  return causeFor({
    kind: 'ends',
    service: 'app',
    times: 3,
    why: 'three times the same',
    end: end(more),
    before: [],
  });
}

function end(more: Partial<TaskEnd> = {}): TaskEnd {
  return { exitCode: 1, lastLines: ['cannot'], outOfMemory: false, probe: undefined, ...more };
}
