import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordedEvent } from '../journal/event.ts';
import { writeEvidence } from '../report/evidence.ts';
import { reportOf } from '../report/report.ts';
import type { Report } from '../report/schema.ts';
import type { House } from '../run/house.ts';
import { type Prepared, prepare } from '../run/prepare.ts';
import { refusedEvent } from '../run/refused.ts';
import { carryOut } from '../run/run.ts';
import type { RunRecord } from '../run/store.ts';
import type { RunId } from '../shared/brand.ts';
import { asSeatrialError, isCancellation, SeatrialError } from '../shared/errors.ts';
import { newRunId } from '../shared/ids.ts';
import { ownMark } from '../shared/process-mark.ts';
import type { TestRequest } from '../trigger/request.ts';
import { verdictOfRecorded } from '../verdict/verdict.ts';

export interface ConductOptions {
  readonly house: House;
  readonly run: RunId;
  readonly request: TestRequest;
  readonly signal: AbortSignal;
  readonly stillWanted: (signal: AbortSignal) => Promise<string | undefined>;
  /** `throw` hands a request that cannot even be planned back to the caller, who typed it; `verdict` ends it with one. */
  readonly unplannable: 'throw' | 'verdict';
  /** Directory of the runs' reports and evidence. */
  readonly runs: string;
}

/** From a request to its report: begun, prepared, carried out, concluded, written down. */
export async function conduct(options: ConductOptions): Promise<Report> {
  const { house, run, request } = options;
  house.store.ledger(run).intend('directory', [run]);
  begin(house, run, request);
  const prepared = await (options.unplannable === 'throw' ? preparedOrThrown(options) : planned(options));
  if (prepared !== undefined) await carryOut({ ...options, prepared });
  return await written(options);
}

export function nextRunId(house: Pick<House, 'clock' | 'random'>): RunId {
  return newRunId(house.clock.now(), house.random);
}

/** The report of a run from what is stored of it. */
export function storedReport(house: Pick<House, 'store'>, run: RunId, runs: string): Report {
  const { record, events } = stored(house, run);
  return reportOf(record, events, `${runs}/${run}`);
}

function begin(house: House, run: RunId, request: TestRequest): void {
  const { controller } = house.settings;
  house.store.begin({ id: run, request, controller, process: ownMark(), at: house.clock.now() });
  house.store.append(run, { type: 'started', request, controller });
}

/** What cannot be planned leaves no run behind. */
async function preparedOrThrown({ house, run, request, signal }: ConductOptions): Promise<Prepared> {
  try {
    return await prepare({ run, request, house, signal });
  } catch (error) {
    await dropDirectory(house, run);
    house.store.forget(run);
    throw error;
  }
}

async function dropDirectory(house: House, run: RunId): Promise<void> {
  await rm(join(house.settings.work, run), { recursive: true, force: true });
  house.store.ledger(run).gone('directory', [run]);
}

/** Undefined where the recipe could not be read: then the verdict says so. */
async function planned({ house, run, request, signal }: ConductOptions): Promise<Prepared | undefined> {
  try {
    return await prepare({ run, request, house, signal });
  } catch (error) {
    const known = asSeatrialError(signal.aborted ? signal.reason : error);
    const outcome = isCancellation(known) ? 'aborted' : known.kind === 'recipe' ? 'fail' : 'error';
    const evidence = known.remedy === undefined ? [] : [known.remedy];
    const file = known.facts['file'];
    const line = known.facts['line'];
    const where = typeof file === 'string' && typeof line === 'number' ? { where: { file, line } } : {};
    house.store.append(
      run,
      refusedEvent(error) ?? {
        type: 'check',
        check: {
          ...{
            stage: 'install',
            id: 'readable',
            title: 'the recipe can be read',
            outcome,
            took: 0,
            note: known.message,
          },
          ...(outcome === 'aborted'
            ? {}
            : { cause: { code: known.code, sentence: known.message, evidence, ...where } }),
        },
      },
    );
    await dropDirectory(house, run);
    house.store.conclude(run, verdictOfRecorded(house.store.events(run)));
    return undefined;
  }
}

async function written({ house, run, runs }: ConductOptions): Promise<Report> {
  const { record, events } = stored(house, run);
  const report = reportOf(record, events, `${runs}/${run}`);
  await writeEvidence(`${runs}/${run}`, report, events);
  return report;
}

function stored(
  house: Pick<House, 'store'>,
  run: RunId,
): { record: RunRecord; events: readonly RecordedEvent[] } {
  const record = house.store.get(run);
  if (record === undefined) {
    throw new SeatrialError({
      kind: 'input',
      code: 'unknown-run',
      sentence: `There is no run ${run}.`,
      remedy: '`seatrial runs` lists them.',
    });
  }
  return { record, events: house.store.events(run) };
}
