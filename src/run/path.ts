import type { Path } from '../plan/plan.ts';
import { type BackupStart, backupRestore } from '../stages/backup-restore.ts';
import { type StageContext, StageStopped } from '../stages/context.ts';
import { install } from '../stages/install.ts';
import { upgrade, upgradeSettles } from '../stages/upgrade.ts';
import type { StageName } from '../trigger/request.ts';

export type StageContexts = (stage: StageName) => StageContext;

/** Carries out the stages of one path, one after the other; a stage that stops ends the path. */
export async function walk(
  path: Path,
  contexts: StageContexts,
  beforeStage: () => Promise<void>,
): Promise<void> {
  let start: BackupStart = { kind: 'nothing' };
  try {
    for (const { stage } of path.steps) {
      await beforeStage();
      start = await carryOut(stage, contexts(stage), start);
    }
    if (start.kind === 'upgraded') await start.settled;
  } catch (error) {
    if (!(error instanceof StageStopped)) throw error;
    if (start.kind === 'upgraded') await start.settled.catch(ignoreStop);
  }
}

async function carryOut(stage: StageName, context: StageContext, start: BackupStart): Promise<BackupStart> {
  const end = begun(context);
  switch (stage) {
    case 'install':
      await install(context).finally(end);
      return start;
    case 'upgrade':
      await upgrade(context).catch(endedBy(end));
      return { kind: 'upgraded', settled: quiet(upgradeSettles(context).finally(end)) };
    case 'backup-restore':
      await backupRestore(context, start).finally(end);
      return { kind: 'nothing' };
  }
}

function begun(context: StageContext): () => void {
  const started = context.clock.monotonic();
  context.emit({ type: 'stage-started', stage: context.stage });
  return () =>
    context.emit({
      type: 'stage-ended',
      stage: context.stage,
      took: Math.round(context.clock.monotonic() - started),
    });
}

function endedBy(end: () => void): (error: unknown) => never {
  return (error) => {
    end();
    throw error;
  };
}

/** Whoever awaits it sees its failure; nobody awaiting it yet is no crash. */
function quiet(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined);
  return promise;
}

function ignoreStop(error: unknown): void {
  if (!(error instanceof StageStopped)) throw error;
}
