import type { FileSeed } from '../integrity/seed.ts';
import { removeAppWithData } from '../integrity/wipe.ts';
import type { Snapshot } from '../ports/backup.ts';
import { counted, list, oneLine } from '../shared/text.ts';
import { answersAsItself } from './answer.ts';
import { type BackupHooks, type BackupPlan, backupPlan, isTaken } from './backup-plan.ts';
import { CheckFault, check, fail, type StageContext } from './context.ts';
import { installHealthy, settle } from './deploy.ts';
import { containerOf, intact, plantAll, type SeedCheck, seedsFor, verifyAll } from './seeds.ts';
import { evidenceOf, notPlanted } from './upgrade.ts';

/** Where the stage begins: with nothing, or with an app that an update has just reached and Swarm still watches. */
export type BackupStart =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'upgraded'; readonly settled: Promise<void> };

type Takes = Extract<BackupPlan, { kind: 'takes' }>;

/** The operator backs up, loses everything, installs the same release again and restores. */
export async function backupRestore(context: StageContext, start: BackupStart): Promise<void> {
  const { head } = context;
  const plan = backupPlan(head, context.previous);
  if (plan.kind === 'none') return skipped(context);
  const takes = await check(context, 'configured', 'the recipe has a backup', async () =>
    plan.kind === 'takes' ? plan : fail(plan.cause),
  );
  if (start.kind === 'nothing') {
    await installHealthy(context, {
      id: 'deploys',
      title: 'it deploys and every service becomes healthy',
      stack: head,
      blame: 'fail',
    });
  }
  const seeds = seedsFor(context, head, 'backup');
  await check(context, 'seeded', 'it takes data and gives it back', async () => {
    await plantAll(context, head, seeds);
    const lost = (await verifyAll(context, head, seeds, 'before the backup')).filter((seen) => !intact(seen));
    if (lost.length > 0) throw new CheckFault('error', notPlanted(lost));
  });
  const snapshot = await save(context, takes);
  // The wipe would end what Swarm still watches, so that has to be over first.
  await (start.kind === 'upgraded'
    ? start.settled
    : settle(context, { id: 'stays', title: 'it stays healthy', stack: head, blame: 'fail' }));
  await wipe(context, seeds);
  await check(context, 'restores', 'the restore ends well', () => restore(context, takes, snapshot));
  await dataReturns(context, seeds, takes);
  await answersAsItself(context, head);
}

function skipped(context: StageContext): void {
  context.emit({
    type: 'check',
    check: {
      stage: context.stage,
      id: 'configured',
      title: 'the recipe has a backup',
      outcome: 'skipped',
      note: 'decided by the recipe: neither this change nor the release before it asks for backups',
      took: 0,
    },
  });
}

async function save(context: StageContext, plan: Takes): Promise<Snapshot> {
  return await check(context, 'backs-up', 'the backup ends well and is not empty', async () => {
    await runHooks(context, plan.hooks, 'pre');
    const snapshot = await context.backup.save(plan.volumes, context.signal);
    await runHooks(context, plan.hooks, 'post');
    if (snapshot.files > 0) return snapshot;
    const volumes =
      plan.excluded.length === 0
        ? 'no volume has a file in it'
        : `${list(plan.excluded.map((key) => `\`${key}\``))} are excluded by label`;
    return fail({
      code: 'backup-empty',
      sentence: `The backup has no file at all: ${volumes}.`,
      evidence: [],
    });
  });
}

/** Architecture's wipe: all gone, deployed again, and there the verifier has to fail. */
async function wipe(context: StageContext, seeds: readonly FileSeed[]): Promise<void> {
  const { head, engine, deployer, ledger, signal } = context;
  await check(context, 'wiped', 'the app and all its volumes are gone', async () => {
    const removed = await removeAppWithData({ stack: head, engine, deployer, ledger, signal });
    return removed.length === 0
      ? 'it has no volumes'
      : `volumes ${list(removed.map((name) => name.replace(`${head.place.stack}_`, '')))}`;
  });
  await installHealthy(context, {
    id: 'redeploys',
    title: 'the same release deploys again',
    stack: head,
    blame: 'fail',
  });
  await check(context, 'wipe-control', 'the verifier sees that the data is gone', async () => {
    const still = (await verifyAll(context, head, seeds, 'after the wipe')).filter(
      (seen) => seen.inVolume.state === 'intact' || seen.throughApp?.state === 'intact',
    );
    if (still.length === 0) return;
    throw new CheckFault('invalid', {
      code: 'wipe-survived',
      sentence: `After the wipe the verifier still finds ${list(still.map(({ seed }) => `\`${seed.id}\``))}: finding it after the restore would prove nothing.`,
      evidence: evidenceOf(still),
    });
  });
}

async function restore(context: StageContext, plan: Takes, snapshot: Snapshot): Promise<string> {
  await runHooks(context, plan.hooks, 'restorePre');
  await context.backup.restore(snapshot, plan.volumes, context.signal);
  await runHooks(context, plan.hooks, 'restorePost');
  return `${counted(snapshot.files, 'file')}, ${snapshot.bytes} bytes`;
}

const DATA_RETURNS = ['data-returns', 'the data is back'] as const;

async function dataReturns(context: StageContext, seeds: readonly FileSeed[], plan: Takes): Promise<void> {
  const { head, stage } = context;
  const taken = seeds.filter((seed) => isTaken(plan, { ...seed, name: head.volumes[seed.volume] ?? '' }));
  if (taken.length === 0 && seeds.length > 0) {
    const [id, title] = DATA_RETURNS;
    const note =
      'the labels take only what hooks write, and no file planted in a volume is among it: whether the data returns is not proven';
    context.emit({ type: 'check', check: { stage, id, title, outcome: 'skipped', note, took: 0 } });
    return;
  }
  await check(context, ...DATA_RETURNS, async () => {
    const seen = await verifyAll(context, head, taken, 'after the restore');
    const lost = seen.filter((one) => !intact(one));
    if (lost.length > 0) fail(notRestored(lost));
    const left = seeds.length - taken.length;
    return `${counted(seen.length, 'seed')} intact${left === 0 ? '' : `, ${left} where the labels take nothing`}`;
  });
}

function notRestored(lost: readonly SeedCheck[]): { code: string; sentence: string; evidence: string[] } {
  const volumes = list([...new Set(lost.map(({ seed }) => `\`${seed.volume}\``))]);
  const changed = lost.some(({ inVolume }) => inVolume.state === 'changed');
  return {
    code: 'restore-lost',
    sentence: `What was in volume ${volumes} before the backup is ${changed ? 'not the same' : 'not there'} after the restore.`,
    evidence: evidenceOf(lost),
  };
}

/** Hooks run as backup-bot-two runs them, but a hook that fails is not passed over. */
async function runHooks(
  context: StageContext,
  hooks: readonly BackupHooks[],
  which: Exclude<keyof BackupHooks, 'service'>,
): Promise<void> {
  for (const entry of hooks) {
    const hook = entry[which];
    if (hook === undefined) continue;
    const container = await containerOf(context, context.head, entry.service);
    const result = await context.engine.exec(
      container,
      ['bash', '-c', `set -o pipefail; ${hook}`],
      context.signal,
    );
    if (result.exitCode === 0) continue;
    const words = oneLine(result.stderr || result.stdout);
    fail({
      code: hookCode(result.exitCode, words),
      sentence: `The ${HOOK_NAMES[which]} of service \`${entry.service}\` ended with code ${result.exitCode}: ${words || 'it said nothing'}.`,
      where: { service: entry.service },
      evidence: [hook, words],
    });
  }
}

const HOOK_NAMES = {
  pre: 'backup pre-hook',
  post: 'backup post-hook',
  restorePre: 'restore pre-hook',
  restorePost: 'restore post-hook',
} as const;

function hookCode(exitCode: number, words: string): string {
  if (/bash.*(not found|no such file)/i.test(words)) return 'B12';
  return exitCode === 126 || exitCode === 127 ? 'B11' : 'hook-failed';
}
