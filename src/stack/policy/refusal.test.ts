import { describe, expect, test } from 'vitest';
import { errorOf, thrownBy } from '../../../test/support/errors.ts';
import { SeatrialError } from '../../shared/errors.ts';
import { policyDifference } from './difference.ts';
import type { PolicyFinding } from './finding.ts';
import { refuse, refusedBy } from './refusal.ts';

const ETC = finding({ feature: 'bind-mount:/etc:rw', line: 9, approvable: false });
const PORT = finding({ feature: 'port:host:22/tcp', line: 12, requirement: 30, code: 'published-port' });

describe('a refusal', () => {
  test('has the place and words of what is refused, and all of it as evidence', async () => {
    const error = await thrownBy(() => refuse([ETC, PORT]));
    expect(error).toMatchObject({
      ...{
        kind: 'recipe',
        code: 'bind-mount',
        message: 'It asks for bind-mount:/etc:rw. 1 more refusal: see the evidence.',
      },
      facts: { file: 'compose.yml', line: 9, service: 'app', requirement: 27 },
    });
    expect(error.facts['evidence']).toEqual([
      'compose.yml:9: It asks for bind-mount:/etc:rw.',
      '  instead: Do not.',
      '  feature `bind-mount:/etc:rw` of service app, requirement 27; nobody can allow it',
      'compose.yml:12: It asks for port:host:22/tcp.',
      '  instead: Do not.',
      '  feature `port:host:22/tcp` of service app, requirement 30; an operator may allow it',
    ]);
    expect(refusedBy(error)).toBe(27);
  });

  test('begins with what the pull request adds', async () => {
    const error = await thrownBy(() => refuse([ETC, PORT], [{ ...ETC, line: 3 }]));
    expect(error).toMatchObject({ code: 'published-port', facts: { line: 12 } });
    expect(error.message).toContain('It asks for port:host:22/tcp. This pull request adds it.');
    expect(String(error.facts['evidence']).match(/This pull request adds it/g)).toHaveLength(1);
  });

  test('is none where there are only notes and warnings', () => {
    expect(() =>
      refuse([
        { ...ETC, severity: 'note' },
        { ...PORT, severity: 'warning' },
      ]),
    ).not.toThrow();
  });
});

test('other errors of a recipe refuse nothing', async () => {
  const error = new SeatrialError({ kind: 'recipe', code: 'not-compose', sentence: 'no' });
  expect(refusedBy(await errorOf(Promise.reject(error)))).toBeUndefined();
  const ours = new SeatrialError({
    kind: 'environment',
    code: 'x',
    sentence: 'no',
    facts: { requirement: 27 },
  });
  expect(refusedBy(ours)).toBeUndefined();
});

test('the difference is what the base does not ask for, wherever it stands', () => {
  const moved = { ...ETC, line: 99, file: 'compose.more.yml' };
  const elsewhere = { ...ETC, service: 'db' };
  expect(policyDifference([ETC], [moved, PORT, elsewhere])).toEqual([PORT, elsewhere]);
  expect(policyDifference([ETC, PORT], [])).toEqual([]);
});

function finding(more: Partial<PolicyFinding> & { readonly feature: string }): PolicyFinding {
  return {
    ...{ code: 'bind-mount', severity: 'refusal', requirement: 27, service: 'app', approvable: true },
    ...{ file: 'compose.yml', line: 1, sentence: `It asks for ${more.feature}.`, remedy: 'Do not.' },
    ...more,
  };
}
