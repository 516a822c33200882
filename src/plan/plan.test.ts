import { describe, expect, test } from 'vitest';
import { parseCommitSha, parseRunId } from '../shared/brand.ts';
import type { StageName, TestRequest } from '../trigger/request.ts';
import { makePlan, type Plan } from './plan.ts';

const RELEASE = { tag: '1.0.0+1.0', sha: sha('b') };

describe('a plan', () => {
  test('installs one app fresh beside another that carries data through upgrade and restore', () => {
    const made = plan();
    expect(shape(made)).toEqual([
      ['fresh', 'head', ['install']],
      ['live', 'previous', ['upgrade', 'backup-restore']],
    ]);
    expect(made).toMatchObject({ slots: { min: 1, want: 2 }, skipped: [], previous: RELEASE });
  });

  test('without a release before it starts from the head and says why there is no upgrade', () => {
    const made = plan({ previous: undefined });
    expect(shape(made)).toEqual([
      ['fresh', 'head', ['install']],
      ['live', 'head', ['backup-restore']],
    ]);
    expect(made.skipped).toEqual([
      { stage: 'upgrade', by: 'the plan', reason: 'there is no release before this change to upgrade from' },
    ]);
  });

  test.each<[StageName[], [string, string, StageName[]][], StageName[], number]>([
    [['install'], [['fresh', 'head', ['install']]], ['upgrade', 'backup-restore'], 1],
    [['upgrade'], [['live', 'previous', ['upgrade']]], ['install', 'backup-restore'], 1],
    [['backup-restore'], [['live', 'head', ['backup-restore']]], ['install', 'upgrade'], 1],
    [
      ['install', 'backup-restore'],
      [
        ['fresh', 'head', ['install']],
        ['live', 'head', ['backup-restore']],
      ],
      ['upgrade'],
      2,
    ],
  ])('of %s alone has no more apps than that needs', (only, paths, skipped, want) => {
    const made = plan({ only });
    expect(shape(made)).toEqual(paths);
    expect(made.skipped.map(({ stage, by }) => [stage, by])).toEqual(
      skipped.map((stage) => [stage, 'the request']),
    );
    expect(made.slots).toEqual({ min: 1, want });
  });

  test('of an upgrade that cannot be has no path at all, and still wants one slot', () => {
    const made = plan({ only: ['upgrade'], previous: undefined });
    expect(made.paths).toEqual([]);
    expect(made.slots).toEqual({ min: 1, want: 1 });
    expect(made.skipped.map(({ stage }) => stage)).toContain('upgrade');
  });

  test('says why each step is there', () => {
    const steps = plan().paths.flatMap((path) => path.steps);
    expect(steps.every(({ why }) => why.length > 10)).toBe(true);
    expect(steps.find(({ stage }) => stage === 'upgrade')?.why).toContain('1.0.0+1.0');
  });
});

describe('a recipe that publishes ports of the node under its own numbers', () => {
  test('has one app at a time, and says why', () => {
    const { slots, paths } = plan({ fixedPorts: ['64738/tcp', '64738/udp'] });
    expect(paths).toHaveLength(2);
    expect(slots).toEqual({
      ...{ min: 1, want: 1 },
      why: 'two apps cannot publish ports 64738/tcp, 64738/udp on one node',
    });
  });

  test('gives no reason where there is one app anyway', () => {
    expect(plan({ only: ['install'], fixedPorts: ['64738/tcp'] }).slots).toEqual({ min: 1, want: 1 });
  });
});

describe('the name of a stack', () => {
  test.each([
    ['custom-html', 'custom-h-00zohv67hf'],
    ['a', 'a-00zohv67hf'],
    ['Mailu', 'mailu-00zohv67hf'],
    ['matrix-synapse', 'matrix-s-00zohv67hf'],
    ['lasuite-docs', 'lasuite-00zohv67hf'],
    ['n8n', 'n8n-00zohv67hf'],
    ['3proxy_x', 'proxy-x-00zohv67hf'],
    ['123', 'app-00zohv67hf'],
    ['…', 'app-00zohv67hf'],
  ])('of %s is %s', (recipe, stack) => {
    const app = plan({ recipe }).paths[0]?.app;
    expect(app?.stack).toBe(stack);
    expect(app?.domain).toBe(`${stack}.example.test`);
    expect(stack.length).toBeLessThanOrEqual(24);
  });

  test('differs between the apps of a run', () => {
    const stacks = plan().paths.map(({ app }) => app.stack);
    expect(new Set(stacks).size).toBe(2);
  });
});

function shape(made: Plan) {
  return made.paths.map(({ app, steps }) => [app.role, app.from, steps.map(({ stage }) => stage)]);
}

interface Options {
  readonly only?: StageName[];
  readonly previous?: Plan['previous'];
  readonly recipe?: string;
  readonly fixedPorts?: readonly string[];
}

function plan(options: Options = {}): Plan {
  const run = parseRunId('00zohv67h');
  if (run === undefined) throw new Error('no run');
  const request: TestRequest = {
    ...{ id: 'local:1', recipe: options.recipe ?? 'custom-html', source: '/x', head: sha('a'), base: 'main' },
    ...{ refs: [], only: options.only ?? [], origin: { kind: 'local' }, at: 0 },
  };
  const previous = 'previous' in options ? options.previous : RELEASE;
  return makePlan({
    run,
    request,
    previous,
    baseDomain: 'example.test',
    fixedPorts: options.fixedPorts ?? [],
  });
}

function sha(digit: string) {
  const parsed = parseCommitSha(digit.repeat(40));
  if (parsed === undefined) throw new Error('no commit id');
  return parsed;
}
