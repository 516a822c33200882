import { expect, test } from 'vitest';
import type { CommitStatus } from '../ports/forge.ts';
import { acknowledgedStatuses, endedStatuses, stageStatuses } from './status.ts';
import { ENDINGS, installOnly } from './testing/endings.ts';
import { ALL_HOSTILE } from './testing/hostile.ts';
import { hostileReport } from './testing/hostile-report.ts';
import { installs, opening, REQUEST, reportOn, type Story, story, unfinished } from './testing/stories.ts';

test('once a request is accepted the run and each of its stages are pending', () => {
  expect(states(acknowledgedStatuses(REQUEST))).toEqual({
    'seatrial/custom-html': 'pending',
    'seatrial/custom-html/install': 'pending',
    'seatrial/custom-html/upgrade': 'pending',
    'seatrial/custom-html/backup-restore': 'pending',
  });
});

test.each([
  ['success', 'success', 'success', 'success', 'success'],
  ['backup-label', 'failure', 'success', 'success', 'failure'],
  ['volume-renamed', 'failure', 'success', 'failure', 'error'],
  ['exits-at-start', 'failure', 'failure', 'failure', 'error'],
  ['residue', 'error', 'success', 'success', 'success'],
  ['router-error', 'error', 'error', 'error', 'error'],
  ['cancelled', 'error', 'success', 'error', 'error'],
  ['refused', 'failure', 'error', 'error', 'error'],
])('%s: the run is %s, install %s, upgrade %s, backup-restore %s', (name, run, install, upgrade, backup) => {
  expect(states(endedStatuses(reportOn(ending(name))))).toEqual({
    'seatrial/custom-html': run,
    'seatrial/custom-html/install': install,
    'seatrial/custom-html/upgrade': upgrade,
    'seatrial/custom-html/backup-restore': backup,
  });
});

test.each(Object.keys(ENDINGS))('nothing that was pending stays pending after the verdict: %s', (name) => {
  const settled = states(endedStatuses(reportOn(ending(name))));
  for (const { context } of acknowledgedStatuses(REQUEST)) expect(settled[context]).not.toBe('pending');
  expect(Object.keys(settled)).toEqual(acknowledgedStatuses(REQUEST).map(({ context }) => context));
});

test('a stage that was not reached says what stood in its way', () => {
  const statuses = endedStatuses(reportOn(ending('volume-renamed')));
  expect(of(statuses, 'backup-restore')).toBe('Not reached: the upgrade did not pass');
});

test('a failure names its stage and its cause, without the marks of code', () => {
  const statuses = endedStatuses(reportOn(ending('backup-label')));
  expect(statuses[0]?.description).toMatch(
    /^Backup and restore: The backup label backupbot\.backup of service app/,
  );
});

test('a refusal says how much is refused, and how much of it is new', () => {
  expect(endedStatuses(reportOn(ending('refused')))[0]?.description).toBe(
    'Refused: The recipe asks for 4 things that the policy does not allow; this change adds 3 of them.',
  );
});

test('a success says how far up it came', () => {
  expect(endedStatuses(reportOn(ending('success')))[0]?.description).toBe(
    'Level 3 of 8 (Restores): custom-html installs, keeps its data through the upgrade and gets it back from its backup',
  );
});

test('a stage that the plan skipped succeeds with the reason', () => {
  const skipped = {
    stage: 'upgrade',
    by: 'the plan',
    reason: 'there is no release before this change',
  } as const;
  const run = story([...opening(), { type: 'stage-skipped', skipped }, ...installs()]);
  expect(endedStatuses(reportOn(run))[2]).toMatchObject({
    state: 'success',
    description: 'Skipped: there is no release before this change (the plan)',
  });
});

test('a stage that was not asked for is not spoken of, so that the word of an earlier run stands', () => {
  const report = reportOn(installOnly());
  expect(states(endedStatuses(report))).toEqual({
    'seatrial/custom-html': 'success',
    'seatrial/custom-html/install': 'success',
  });
  expect(endedStatuses(report)[0]?.description).toContain('asked for install only');
});

test('a stage is spoken of when it has ended, not while it runs', () => {
  const events = [...opening(), ...installs(), { type: 'stage-started', stage: 'upgrade' } as const];
  const report = reportOn(unfinished(events));
  expect(stageStatuses(report, 'install')).toMatchObject([
    { state: 'success', description: 'Passed in 2.2 s: 2 checks' },
  ]);
  expect(stageStatuses(report, 'upgrade')).toEqual([]);
  expect(endedStatuses(report)).toEqual([]);
});

test('a description is one line of at most 140 code points, cut between two of them', () => {
  for (const text of [ALL_HOSTILE, '🚢'.repeat(200), `a${'🚢'.repeat(200)}`]) {
    for (const { description, context } of endedStatuses(hostileReport(text))) {
      expect(Array.from(description).length).toBeLessThanOrEqual(140);
      expect(description).not.toMatch(/[\n\r]/);
      expect(description.isWellFormed()).toBe(true);
      expect(context).toMatch(/^[A-Za-z0-9._/-]+$/);
    }
  }
});

function ending(name: string): Story {
  const run = ENDINGS[name];
  if (run === undefined) throw new Error(`there is no story ${name}`);
  return run;
}

function states(statuses: readonly CommitStatus[]): Record<string, string> {
  return Object.fromEntries(statuses.map(({ context, state }) => [context, state]));
}

function of(statuses: readonly CommitStatus[], stage: string): string | undefined {
  return statuses.find(({ context }) => context.endsWith(`/${stage}`))?.description;
}
