import { describe, expect, test } from 'vitest';
import { deploymentOf } from '../../test/support/deployer.ts';
import { recipeOf } from '../../test/support/recipe.ts';
import { parseBackupLabels } from '../recipe/labels.ts';
import { parseCommitSha, parseRunId, parseStackName } from '../shared/brand.ts';
import type { Stack } from '../stack/stack.ts';
import { backupPlan, isTaken } from './backup-plan.ts';

describe('what a backup takes', () => {
  test('is every volume that some service mounts, as soon as one service asks for backups', () => {
    const stack = stackOf({
      app: { labels: { 'backupbot.backup': 'true' }, mounts: ['content'] },
      db: { labels: {}, mounts: ['data'] },
    });
    expect(backupPlan(stack, undefined)).toEqual({
      kind: 'takes',
      volumes: [
        { volume: 'stack_content', paths: [] },
        { volume: 'stack_data', paths: [] },
      ],
      excluded: [],
      hooks: [],
    });
  });

  test('leaves out volumes that a label excludes, whichever service has it, and those that nobody mounts', () => {
    const stack = stackOf(
      {
        app: { labels: { 'backupbot.backup': 'true' }, mounts: ['content', 'cache'] },
        db: { labels: { 'backupbot.backup.volumes.cache': 'false' }, mounts: [] },
      },
      { volumes: ['content', 'cache', 'orphan'] },
    );
    expect(backupPlan(stack, undefined)).toMatchObject({
      volumes: [{ volume: 'stack_content', paths: [] }],
      excluded: ['cache'],
    });
  });

  test('is only the paths that labels name, from all services together', () => {
    const stack = stackOf({
      app: {
        labels: { 'backupbot.backup': 'true', 'backupbot.backup.volumes.db.path': 'a.sql' },
        mounts: [],
      },
      db: { labels: { 'backupbot.backup.volumes.db.path': 'b.sql,c' }, mounts: ['db'] },
    });
    expect(backupPlan(stack, undefined)).toMatchObject({
      volumes: [{ volume: 'stack_db', paths: ['a.sql', 'b.sql', 'c'] }],
    });
  });

  test.each<[string, string, string, boolean]>([
    ['everything where no label says otherwise', '', 'seed', true],
    ['nothing of an excluded volume', 'excluded', 'seed', false],
    ['a file that a label names', 'dump.sql', 'dump.sql', true],
    ['no file beside the one that a label names', 'dump.sql', 'seed', false],
    ['what lies below a directory that a label names', '/backups/', 'backups/seed', true],
    ['no file whose name only begins like it', 'backups', 'backups-old/seed', false],
    ['everything where the label names the root', '.', 'seed', true],
  ])('takes %s', (_, label, path, taken) => {
    const choice =
      label === 'excluded'
        ? { 'backupbot.backup.volumes.db': 'false' }
        : label === ''
          ? {}
          : { 'backupbot.backup.volumes.db.path': label };
    const plan = backupPlan(
      stackOf({ db: { labels: { 'backupbot.backup': 'true', ...choice }, mounts: ['db'] } }),
      undefined,
    );
    if (plan.kind !== 'takes') throw new Error(plan.kind);
    expect(isTaken(plan, { volume: 'db', name: 'stack_db', path })).toBe(taken);
  });

  test('has the hooks of every service that has some, enabled itself or not', () => {
    const stack = stackOf({
      app: { labels: { 'backupbot.backup': 'true' }, mounts: [] },
      db: {
        labels: { 'backupbot.backup.pre-hook': 'dump', 'backupbot.restore.post-hook': 'load' },
        mounts: [],
      },
    });
    expect(backupPlan(stack, undefined)).toMatchObject({
      hooks: [{ service: 'db', pre: 'dump', post: undefined, restorePre: undefined, restorePost: 'load' }],
    });
  });
});

describe('a backup that is promised and does not happen', () => {
  test('is named with file and line where its labels stand in the wrong place (B01)', () => {
    const compose = [
      'services:',
      '  app:',
      '    image: x',
      '    labels:',
      '      - "other=1"',
      '      - "backupbot.backup=true"',
      '      - "backupbot.backup.pre-hook=dump"',
    ].join('\n');
    const plan = backupPlan(stackOf({ app: { labels: {}, mounts: [] } }, { compose }), undefined);
    expect(plan).toMatchObject({
      kind: 'broken',
      cause: { code: 'B01', where: { file: 'compose.yml', line: 6 } },
    });
    if (plan.kind !== 'broken') throw new Error('not broken');
    expect(plan.cause.sentence).toContain('`backupbot.backup` and `backupbot.backup.pre-hook`');
    expect(plan.cause.sentence).toContain('service `app`');
    expect(plan.cause.evidence).toEqual([
      'compose.yml line 6: backupbot.backup=true',
      'compose.yml line 7: backupbot.backup.pre-hook=dump',
    ]);
  });

  test('is named where the release before had it and the change drops it (B20)', () => {
    const before = stackOf(
      { app: { labels: { 'backupbot.backup': 'true' }, mounts: [] } },
      { version: '1.0.0+1' },
    );
    const plan = backupPlan(stackOf({ app: { labels: {}, mounts: [] } }), before);
    expect(plan).toMatchObject({ kind: 'broken', cause: { code: 'B20' } });
    if (plan.kind === 'broken') expect(plan.cause.sentence).toContain('1.0.0+1');
  });

  test('is named where the change switches it off (B20)', () => {
    const before = stackOf({ app: { labels: { 'backupbot.backup': 'true' }, mounts: [] } });
    const head = stackOf({ app: { labels: { 'backupbot.backup': 'false' }, mounts: [] } });
    expect(backupPlan(head, before)).toMatchObject({ kind: 'broken', cause: { code: 'B20' } });
  });
});

test('where neither the change nor the release before asks for backups there is none', () => {
  const none = stackOf({ app: { labels: { 'backupbot.backup': 'false' }, mounts: ['content'] } });
  expect(backupPlan(none, none)).toEqual({ kind: 'none' });
  expect(backupPlan(none, undefined)).toEqual({ kind: 'none' });
});

test('a label in the right place that says no is no label in the wrong place', () => {
  const compose =
    'services:\n  app:\n    image: x\n    deploy:\n      labels:\n        - "backupbot.backup=false"\n';
  const stack = stackOf({ app: { labels: { 'backupbot.backup': 'false' }, mounts: [] } }, { compose });
  expect(backupPlan(stack, undefined)).toEqual({ kind: 'none' });
});

test('a label in the wrong place does no harm where backups are asked for in the right one', () => {
  const compose = 'services:\n  app:\n    image: x\n    labels:\n      - "backupbot.backup=true"\n';
  const stack = stackOf({ app: { labels: { 'backupbot.backup': 'true' }, mounts: [] } }, { compose });
  expect(backupPlan(stack, undefined).kind).toBe('takes');
});

interface Services {
  readonly [name: string]: { readonly labels: Record<string, string>; readonly mounts: readonly string[] };
}

interface More {
  readonly volumes?: readonly string[];
  readonly compose?: string;
  readonly version?: string;
}

function stackOf(services: Services, more: More = {}): Stack {
  const sha = parseCommitSha('a'.repeat(40));
  const run = parseRunId('00zohv67h');
  const stack = parseStackName('stack');
  if (sha === undefined || run === undefined || stack === undefined) throw new Error('no names');
  const volumes = more.volumes ?? Object.values(services).flatMap(({ mounts }) => mounts);
  return {
    recipe: {
      ...recipeOf({ 'compose.yml': more.compose ?? 'services: {app: {image: x}}' }),
      version: more.version,
    },
    place: {
      ...{ run, stack, sha, app: 'live', controller: 'test', expires: 0 },
      ...{ network: 'net', nodeId: 'node', ipvs: false },
    },
    services: Object.entries(services).map(([name, { labels, mounts }]) => ({
      ...{ name, image: 'x', deployLabels: labels, backup: parseBackupLabels(labels), budget: 1000 },
      mounts: mounts.map((volume) => ({ volume, target: `/${volume}`, writable: true })),
    })),
    volumes: Object.fromEntries(volumes.map((volume) => [volume, `stack_${volume}`])),
    deployment: deploymentOf(stack, ''),
    ...{ configs: [], secrets: [], networks: [], routes: [], routeFaults: [], adjustments: [], findings: [] },
    ...{ policy: { findings: [] }, inputs: [], file: { services: {} }, merged: { services: {} } },
  };
}
