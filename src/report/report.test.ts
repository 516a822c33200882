import { expect, test } from 'vitest';
import { ReportSchema } from './schema.ts';
import { ENDINGS } from './testing/endings.ts';
import { installs, opening, PREVIOUS, REQUEST, reportOn, type Story, unfinished } from './testing/stories.ts';

test.each(Object.entries(ENDINGS))(
  'the report of a run that ends with %s is what its schema says, and no more',
  (_name, run) => {
    const report = reportOn(run);
    expect(ReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  },
);

test('the report of a run under way is what the schema says too', () => {
  const report = reportOn(unfinished([...opening(), ...installs()]));
  expect(ReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
});

test('a report says what was tested, for whom and against which release', () => {
  expect(reportOn(ending('success'))).toMatchObject({
    run: '00zohv67h',
    recipe: 'custom-html',
    head: REQUEST.head,
    previous: PREVIOUS,
    pull: { owner: 'recipes', repository: 'custom-html', number: 3, requester: 'alice' },
    outcome: 'success',
    stage: null,
    cause: null,
    level: { reached: 3, name: 'Restores', of: 8 },
  });
});

test('each stage has its outcome, its time and its checks, and taking everything away is one of them', () => {
  const { stages } = reportOn(ending('volume-renamed'));
  expect(stages.map(({ stage, outcome, tookMs, checks }) => [stage, outcome, tookMs, checks.length])).toEqual(
    [
      ['install', 'success', 2196, 2],
      ['upgrade', 'failure', 8172, 3],
      ['backup-restore', 'not reached', null, 0],
      ['teardown', 'success', 339, 0],
    ],
  );
});

test('residue makes the teardown an error that names it', () => {
  const report = reportOn(ending('residue'));
  expect(report.stages.at(-1)).toMatchObject({
    outcome: 'error',
    note: 'left behind: network custom-h-00zohv67hl-net',
  });
  expect(report.residue).toEqual([{ kind: 'network', name: 'custom-h-00zohv67hl-net' }]);
  expect(report.unexplained).toEqual([{ kind: 'volume', name: 'somebody-elses' }]);
  expect(report.troubles).toEqual(['The network custom-h-00zohv67hl-net was not gone after 60 s.']);
});

test('times are instants in UTC and durations in milliseconds', () => {
  const { timings } = reportOn(ending('success'));
  expect(timings.startedAt).toBe('2026-11-25T15:04:18.000Z');
  expect(timings.totalMs).toBe(Date.parse(timings.endedAt ?? '') - Date.parse(timings.startedAt));
  expect(timings.teardownMs).toBe(339);
});

test('an error before the first rung has no level, since it is no proof of level 0', () => {
  expect(reportOn(ending('router-error')).level).toBeNull();
  expect(reportOn(ending('exits-at-start')).level?.reached).toBe(0);
  expect(reportOn(ending('residue')).level?.reached).toBe(3);
});

test('a run under way has no outcome and no level, and says how far it is', () => {
  const running = { type: 'stage-started', stage: 'upgrade' } as const;
  const report = reportOn(unfinished([...opening(), ...installs(), running]));
  expect(report).toMatchObject({ outcome: null, level: null, phase: 'testing', timings: { endedAt: null } });
  expect(report.stages.map(({ outcome }) => outcome)).toEqual(['success', 'running', 'to come', 'to come']);
});

test.each([
  [0, 'queued'],
  [1, 'preparing'],
  [3, 'testing'],
])('after %i events the phase is %s', (count, phase) => {
  expect(reportOn(unfinished(opening().slice(0, count))).phase).toBe(phase);
});

function ending(name: string): Story {
  const run = ENDINGS[name];
  if (run === undefined) throw new Error(`there is no story ${name}`);
  return run;
}
