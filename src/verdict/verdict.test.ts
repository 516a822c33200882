import { describe, expect, test } from 'vitest';
import type { CheckOutcome, CheckResult, ResultStage } from '../journal/check.ts';
import type { Residue, RunEvent } from '../journal/event.ts';
import type { StageName } from '../trigger/request.ts';
import { stageOutcome, verdictOf } from './verdict.ts';

const ALL_PASS = [check('install', 'pass'), check('upgrade', 'pass'), check('backup-restore', 'pass')];
const CLEAN = tornDown([]);
const DIRTY = tornDown([{ kind: 'volume', name: 'stack_data' }]);

test('a refusal is the verdict, sunk and with the refusal’s own cause, whatever else there is', () => {
  const cause = { code: 'bind-mount', sentence: 'It mounts /etc.', evidence: ['compose.yml:3'] };
  const verdict = verdictOf([{ type: 'refused', cause, refusals: [] }, CLEAN]);
  expect(verdict).toMatchObject({
    ...{ outcome: 'refused', stage: 'install', cause, residue: [] },
    level: { reached: 0, name: 'Sunk', stopsAt: { level: 1, reason: 'It mounts /etc.' } },
  });
  expect(
    verdictOf([check('install', 'error'), { type: 'refused', cause, refusals: [] }, DIRTY]).outcome,
  ).toBe('refused');
});

describe('the outcome of a run', () => {
  test.each<[string, readonly RunEvent[], string, ResultStage | null]>([
    ['all pass', [...ALL_PASS, CLEAN], 'success', null],
    [
      'what is not passed is skipped with a reason',
      [check('install', 'pass'), check('upgrade', 'skipped'), CLEAN],
      'success',
      null,
    ],
    ['one fails', [check('install', 'pass'), check('upgrade', 'fail'), CLEAN], 'failure', 'upgrade'],
    [
      'one fails and another is an error',
      [check('install', 'error'), check('upgrade', 'fail'), CLEAN],
      'failure',
      'upgrade',
    ],
    [
      'one fails and another proves nothing',
      [check('upgrade', 'invalid'), check('backup-restore', 'fail')],
      'failure',
      'backup-restore',
    ],
    ['one fails and something is left', [check('install', 'fail'), DIRTY], 'failure', 'install'],
    [
      'one fails and the rest is cancelled',
      [check('install', 'aborted'), check('upgrade', 'fail'), CLEAN],
      'failure',
      'upgrade',
    ],
    [
      'a control proves that nothing is proven',
      [check('install', 'pass'), check('backup-restore', 'invalid'), CLEAN],
      'error',
      'backup-restore',
    ],
    ['we or the machine fail', [check('install', 'error'), CLEAN], 'error', 'install'],
    [
      'an error comes before a cancellation',
      [check('install', 'aborted'), check('upgrade', 'error')],
      'error',
      'upgrade',
    ],
    ['all pass but something is left', [...ALL_PASS, DIRTY], 'error', 'teardown'],
    ['it is cancelled and something is left', [check('install', 'aborted'), DIRTY], 'error', 'teardown'],
    [
      'it is cancelled',
      [check('install', 'pass'), check('upgrade', 'aborted'), CLEAN],
      'cancelled',
      'upgrade',
    ],
    ['nothing was checked at all', [CLEAN], 'error', null],
    ['nothing happened at all', [], 'error', null],
  ])('where %s', (_, events, outcome, stage) => {
    expect(verdictOf(events)).toMatchObject({ outcome, stage });
  });

  test('is named by the first stage in the order of stages, not of time', () => {
    const events = [check('backup-restore', 'fail'), check('upgrade', 'fail'), check('install', 'fail')];
    expect(verdictOf(events).stage).toBe('install');
  });

  test('is named by the first broken check of a stage in the order of time', () => {
    const events = [check('install', 'fail', { id: 'first' }), check('install', 'fail', { id: 'second' })];
    expect(verdictOf(events).cause?.sentence).toContain('first');
  });

  test('has no cause on success, and a cause in all other cases', () => {
    expect(verdictOf([...ALL_PASS, CLEAN]).cause).toBeNull();
    expect(verdictOf([...ALL_PASS, DIRTY]).cause).toMatchObject({
      code: 'residue',
      sentence: 'The run left something behind: volume stack_data.',
    });
    expect(verdictOf([check('install', 'aborted', { note: 'Stopped by SIGINT.' })]).cause).toMatchObject({
      code: 'cancelled',
      sentence: 'Stopped by SIGINT.',
    });
    expect(verdictOf([]).cause).toMatchObject({ code: 'nothing-checked' });
  });

  test('names what is left also where something else decided', () => {
    expect(verdictOf([check('install', 'fail'), DIRTY]).residue).toEqual([
      { kind: 'volume', name: 'stack_data' },
    ]);
  });
});

describe('the level', () => {
  const level = (...events: RunEvent[]) => verdictOf(events).level;

  test('climbs through install, upgrade and restore, and stops where there are no tests of a suite', () => {
    expect(level(...ALL_PASS)).toMatchObject({
      reached: 3,
      name: 'Restores',
      of: 8,
      stopsAt: { level: 4, name: 'Works' },
    });
  });

  test('stops at the first rung that is not cleanly passed, with its reason, whatever is above it', () => {
    const stopped = level(
      check('install', 'pass'),
      check('upgrade', 'fail'),
      check('backup-restore', 'pass'),
    );
    expect(stopped).toMatchObject({ reached: 1, name: 'Floats', stopsAt: { level: 2, name: 'Upgrades' } });
    expect(stopped?.stopsAt.reason).toBe('upgrade/one went wrong');
  });

  test('does not reach Restores where nothing showed that the data returns', () => {
    const note = 'the labels take only what hooks write';
    const stopped = level(
      check('install', 'pass'),
      check('upgrade', 'pass'),
      check('backup-restore', 'pass', { id: 'restores' }),
      check('backup-restore', 'skipped', { id: 'data-returns', note }),
    );
    expect(stopped).toMatchObject({ reached: 2, stopsAt: { level: 3, reason: note } });
  });

  test.each<[string, RunEvent[]]>([
    ['an error came before anything was learnt', [check('install', 'error')]],
    ['the run was cancelled before', [check('install', 'aborted')]],
    ['install was not asked for', [skip('install', 'not asked for'), check('upgrade', 'pass')]],
  ])('is none where %s', (_, events) => {
    expect(level(...events)).toBeNull();
  });

  test('is 0 where it does not deploy', () => {
    expect(level(check('install', 'fail'))).toMatchObject({
      reached: 0,
      name: 'Sunk',
      stopsAt: { level: 1 },
    });
  });

  test.each<[string, RunEvent[], string]>([
    ['was not asked for', [skip('upgrade', 'not asked for')], 'upgrade was skipped: not asked for'],
    ['was not reached', [], 'upgrade was not reached'],
    ['was cancelled', [check('upgrade', 'aborted', { note: 'Stopped by SIGTERM.' })], 'Stopped by SIGTERM.'],
    [
      'proves nothing',
      [check('upgrade', 'pass'), check('upgrade', 'invalid', { id: 'two' })],
      'upgrade/two went wrong',
    ],
    ['was all skipped', [check('upgrade', 'skipped', { note: 'nothing to upgrade' })], 'nothing to upgrade'],
  ])('stops at a stage that %s', (_, events, reason) => {
    expect(level(check('install', 'pass'), ...events)).toMatchObject({
      reached: 1,
      stopsAt: { level: 2, reason },
    });
  });

  test('is not stopped by one check that does not apply beside others that pass', () => {
    const events = [
      check('install', 'pass'),
      check('install', 'skipped', { id: 'answers', note: 'no route' }),
    ];
    expect(level(...events)?.reached).toBe(1);
  });

  test('stops at 2 where neither change nor release has a backup', () => {
    const events = [
      check('install', 'pass'),
      check('upgrade', 'pass'),
      check('backup-restore', 'skipped', { note: 'decided by the recipe' }),
    ];
    expect(level(...events)).toMatchObject({
      reached: 2,
      stopsAt: { level: 3, reason: 'decided by the recipe' },
    });
    expect(verdictOf(events).outcome).toBe('success');
  });

  test('never changes the outcome', () => {
    expect(verdictOf([check('install', 'pass'), skip('upgrade', 'not asked for')]).outcome).toBe('success');
  });
});

describe('one stage', () => {
  test.each<[string, RunEvent[], string, string]>([
    ['passed', [check('install', 'pass'), check('install', 'pass', { id: 'b' })], 'success', '2 checks'],
    [
      'failed',
      [check('install', 'error'), check('install', 'fail', { id: 'b' })],
      'failure',
      'install/b went wrong',
    ],
    ['proves nothing', [check('install', 'invalid')], 'error', 'install/one went wrong'],
    [
      'had an error',
      [check('install', 'pass'), check('install', 'error', { id: 'b' })],
      'error',
      'install/b went wrong',
    ],
    ['was cancelled', [check('install', 'aborted', { note: 'superseded' })], 'cancelled', 'superseded'],
    ['was skipped by somebody', [skip('install', 'not asked for')], 'skipped', 'not asked for (the request)'],
    ['skipped itself', [check('install', 'skipped', { note: 'no route' })], 'skipped', 'no route'],
    ['was not reached', [check('upgrade', 'fail')], 'not reached', ''],
  ])('that %s', (_, events, outcome, note) => {
    expect(stageOutcome('install', events)).toEqual({ outcome, note });
  });
});

function check(stage: ResultStage, outcome: CheckOutcome, more: Partial<CheckResult> = {}): RunEvent {
  const id = more.id ?? 'one';
  const broken = outcome === 'fail' || outcome === 'invalid' || outcome === 'error';
  const sentence = `${stage}/${id} went wrong`;
  const cause = broken ? { cause: { code: outcome, sentence, evidence: [] } } : {};
  return { type: 'check', check: { stage, id, title: id, outcome, took: 1, ...cause, ...more } };
}

function skip(stage: StageName, reason: string): RunEvent {
  return { type: 'stage-skipped', skipped: { stage, by: 'the request', reason } };
}

function tornDown(residue: readonly Residue[]): RunEvent {
  return { type: 'torn-down', residue, troubles: [], unexplained: [], took: 1 };
}
