import { readdir } from 'node:fs/promises';
import type { Residue } from '../journal/event.ts';
import { parseRunId, type RunId } from '../shared/brand.ts';
import { SeatrialError } from '../shared/errors.ts';
import { isAlive } from '../shared/process-mark.ts';
import { verdictOfRecorded } from '../verdict/verdict.ts';
import type { House } from './house.ts';
import { trimImagesOrSay } from './image-budget.ts';
import type { RunRecord } from './store.ts';
import { tearDown } from './teardown.ts';

export interface ReapOptions {
  readonly house: House;
  /** `own` looks only at runs that our database knows: that needs no listening for heartbeats. */
  readonly scope: 'own' | 'everything';
  /** Living runs too, whoever's they are; nobody gets a slot meanwhile. */
  readonly all: boolean;
  readonly signal: AbortSignal;
  /** Runs that this very process carries out, which are never reaped. */
  readonly own: ReadonlySet<RunId>;
  /** A dead run that was asked for by a forge may be begun once more instead of ending as an error. */
  readonly again: (run: RunRecord) => boolean;
  readonly progress: (line: string) => void;
}

export interface Reaped {
  readonly run: RunId;
  readonly residue: readonly Residue[];
}

export interface ReapResult {
  readonly reaped: readonly Reaped[];
  /** Runs that were left alone because they live. */
  readonly living: readonly RunId[];
}

/**
 * Removes what dead runs left, found by labels, leases, ledger and work directories, each of
 * which suffices alone. A run whose controller lives, here or elsewhere, is left alone.
 * Then images that we pulled are brought within their budget.
 */
export async function reap(options: ReapOptions): Promise<ReapResult> {
  const { house, signal } = options;
  if (options.all) await house.leases.stopAdmission(signal);
  try {
    const candidates = (await findRuns(options)).filter((run) => !options.own.has(run));
    const dead = options.all ? candidates : await deadOf(house, candidates, options);
    const reaped: Reaped[] = [];
    for (const run of dead) {
      options.progress(`taking away what run ${run} left`);
      if (options.all) await house.leases.forget(run, signal);
      reaped.push({ run, residue: await reapOne(options, run) });
    }
    await trimImagesOrSay(house, signal, options.progress);
    return { reaped, living: candidates.filter((run) => !dead.includes(run)) };
  } finally {
    if (options.all) await house.leases.resumeAdmission(AbortSignal.timeout(30_000));
  }
}

async function deadOf(house: House, candidates: readonly RunId[], options: ReapOptions): Promise<RunId[]> {
  const known: RunId[] = [];
  const unsure: RunId[] = [];
  for (const run of candidates) {
    const record = house.store.get(run);
    // Our own database knows its process: no need to listen for a heartbeat.
    if (record !== undefined && record.endedAt === undefined && isAlive(record.process)) continue;
    if (record === undefined) unsure.push(run);
    else known.push(run);
  }
  if (unsure.length > 0)
    options.progress(
      `listening whether ${unsure.length} unknown ${unsure.length === 1 ? 'run lives' : 'runs live'}`,
    );
  return [...known, ...(await house.leases.dead(unsure, options.signal))];
}

async function findRuns({ house, scope, signal }: ReapOptions): Promise<RunId[]> {
  const known = house.store.unfinished().map(({ id }) => id);
  if (scope === 'own') return known;
  const { engine } = house;
  const labelled = { 'seatrial.run': '' };
  const objects = [
    ...(await engine.services(labelled, signal)),
    ...(await engine.containers(labelled, signal)),
    ...(await engine.networks(labelled, signal)),
    ...(await engine.volumes(labelled, signal)),
    ...(await engine.secrets(labelled, signal)),
    ...(await engine.configs(labelled, signal)),
  ];
  const names = [
    ...objects.map(({ labels }) => labels['seatrial.run'] ?? ''),
    ...(await house.leases.holders(signal)).map(({ run }) => run),
    ...house.store.openLedgerRows().map(({ run }) => run),
    ...known,
    ...(await directories(house.settings.work)),
  ];
  return [...new Set(names.map(parseRunId).filter((run) => run !== undefined))].sort();
}

async function directories(work: string): Promise<string[]> {
  try {
    return await readdir(work);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function reapOne({ house, signal, again }: ReapOptions, run: RunId): Promise<readonly Residue[]> {
  const started = house.clock.monotonic();
  const record = house.store.get(run);
  const { residue, troubles } = await tearDown({
    run,
    engine: house.engine,
    deployer: house.deployer,
    ledger: house.store.ledger(run),
    work: house.settings.work,
    signal,
  });
  await house.leases.forget(run, signal);
  if (record !== undefined && record.endedAt === undefined) {
    house.store.append(run, {
      type: 'torn-down',
      residue,
      troubles,
      unexplained: [],
      took: Math.round(house.clock.monotonic() - started),
    });
    if (residue.length > 0 || !again(record)) concludeInterrupted(house, run);
  }
  return residue;
}

/** The controller of the run did not survive it; what it had found by then stands. */
function concludeInterrupted(house: House, run: RunId): void {
  const error = new SeatrialError({
    kind: 'environment',
    code: 'interrupted',
    sentence:
      'Seatrial itself was stopped in the middle of this run; what it had deployed has been taken away.',
    remedy: 'Ask again with `!testme`.',
  });
  house.store.append(run, {
    type: 'check',
    check: {
      stage: 'teardown',
      id: 'finished',
      title: 'the run is carried out to its end',
      outcome: 'error',
      cause: { code: error.code, sentence: error.message, evidence: [] },
      took: 0,
    },
  });
  house.store.conclude(run, verdictOfRecorded(house.store.events(run)));
}
