import { describe, expect, test } from 'vitest';
import type { Cause, CheckResult } from '../journal/check.ts';
import type { RunEvent } from '../journal/event.ts';
import type { Finding } from '../recipe/finding.ts';
import { namedBy } from './named-cause.ts';

const CONFIG: Finding = {
  code: 'B25',
  severity: 'error',
  file: 'abra.sh',
  line: 3,
  sentence: 'server.conf changed, but `SERVER_CONF_VERSION` did not: config `server_conf` keeps its name.',
  remedy: 'Write `export SERVER_CONF_VERSION=v2` in abra.sh.',
};
const OTHER_CONFIG: Finding = {
  ...CONFIG,
  line: 4,
  sentence: 'x changed, but config `entrypoint` keeps its name.',
};
const DATABASE: Finding = {
  code: 'B49',
  severity: 'error',
  file: 'compose.yml',
  line: 21,
  sentence: 'PostgreSQL of service `db` goes from 13 to 16 on the same volume.',
  remedy: 'Keep the major version.',
};

const WORDS = 'failed to update config shop-1_server_conf_v1: only updates to Labels are allowed';
const REFUSED: Cause = { code: 'B25', sentence: `A config's content changed: ${WORDS}`, evidence: [WORDS] };

describe('a check that failed', () => {
  test('takes code, sentence and place of the finding that explains it, and keeps its evidence', () => {
    expect(causeAfter(REFUSED, [OTHER_CONFIG, CONFIG])).toEqual({
      code: 'B25',
      sentence: CONFIG.sentence,
      where: { file: 'abra.sh', line: 3 },
      evidence: [REFUSED.sentence, WORDS],
    });
  });

  test('keeps how it ended', () => {
    expect(namedBy(failed(REFUSED), [CONFIG])).toMatchObject({ check: { outcome: 'fail', id: 'upgrades' } });
  });

  test.each<[string, Cause, Finding, boolean]>([
    ['of the same service', exits('db'), DATABASE, true],
    ['of another service', exits('app'), DATABASE, false],
    ['about another config', REFUSED, OTHER_CONFIG, false],
    ['that is only a note', exits('db'), { ...DATABASE, severity: 'note' }, false],
    ['that has nothing to do with it', exits('db'), { ...DATABASE, code: 'B80' }, false],
    [
      'about a file that Docker could not read',
      { code: 'stack-config', sentence: 'invalid interpolation format', evidence: [] },
      { ...CONFIG, code: 'B40', sentence: 'The `$` of `$(cat` begins no variable.' },
      true,
    ],
  ])('and a finding %s', (_, cause, finding, explains) => {
    expect(causeAfter(cause, [finding])?.sentence).toBe(explains ? finding.sentence : cause.sentence);
  });

  test('keeps its own place where the finding has none', () => {
    const nowhere = { ...DATABASE, file: undefined, line: undefined };
    expect(causeAfter(exits('db'), [nowhere])?.where).toEqual({ service: 'db' });
  });
});

test.each<CheckResult['outcome']>(['pass', 'error', 'invalid', 'aborted'])(
  "a check that ended with %s is not the recipe's fault, and is left alone",
  (outcome) => {
    const event: RunEvent = { type: 'check', check: { ...failed(REFUSED).check, outcome } };
    expect(namedBy(event, [CONFIG])).toBe(event);
  },
);

test('other events are left alone', () => {
  const event: RunEvent = { type: 'waiting', reason: 'all slots are taken' };
  expect(namedBy(event, [CONFIG])).toBe(event);
});

function causeAfter(cause: Cause, findings: readonly Finding[]): Cause | undefined {
  const event = namedBy(failed(cause), findings);
  return event.type === 'check' ? event.check.cause : undefined;
}

function failed(cause: Cause) {
  const check: CheckResult = {
    stage: 'upgrade',
    id: 'upgrades',
    title: 'it deploys',
    outcome: 'fail',
    cause,
    took: 1,
  };
  return { type: 'check', check } as const;
}

function exits(service: string): Cause {
  return {
    code: 'exits-at-start',
    sentence: `Service \`${service}\` ends at start.`,
    where: { service },
    evidence: ['FATAL'],
  };
}
