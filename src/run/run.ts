import type { RunKey } from '../integrity/seed.ts';
import type { CheckResult } from '../journal/check.ts';
import type { RunEvent } from '../journal/event.ts';
import type { Plan } from '../plan/plan.ts';
import type { DeploymentSecret } from '../ports/deployer.ts';
import type { Lease } from '../ports/leases.ts';
import type { RunRouter } from '../ports/router.ts';
import type { RunId } from '../shared/brand.ts';
import { asSeatrialError, cancellation, isCancellation, SeatrialError } from '../shared/errors.ts';
import { namedBy } from '../verdict/named-cause.ts';
import { type Verdict, verdictOfRecorded } from '../verdict/verdict.ts';
import { admit } from './admission.ts';
import type { House } from './house.ts';
import { imagesOf, pullImages } from './images.ts';
import { appeared, type Surroundings, surroundings } from './inventory.ts';
import { pinApps } from './pins.ts';
import { type Prepared, type Rendered, renderApp } from './prepare.ts';
import { refusedEvent } from './refused.ts';
import { prepareRouter } from './router.ts';
import { tearDown } from './teardown.ts';
import { walkPaths } from './walk-paths.ts';

export interface RunOptions {
  readonly prepared: Prepared;
  readonly house: House;
  /** Cancels the run with its reason; teardown goes on regardless. */
  readonly signal: AbortSignal;
  /** Asked before each stage; a sentence ends the run as superseded. */
  readonly stillWanted: (signal: AbortSignal) => Promise<string | undefined>;
}

const TEARDOWN_MS = 180_000;

/** Carries out a plan. Whatever happens, everything is torn down and there is one verdict. */
export async function carryOut(options: RunOptions): Promise<Verdict> {
  const { house, prepared } = options;
  const { run } = prepared.plan;
  const emit = (event: RunEvent) => void house.store.append(run, namedBy(event, prepared.findings));
  emit({ type: 'planned', plan: prepared.plan });
  emit({ type: 'findings', findings: prepared.findings });
  for (const skipped of prepared.plan.skipped) emit({ type: 'stage-skipped', skipped });
  const cancel = new AbortController();
  const signal = AbortSignal.any([options.signal, cancel.signal]);
  const deadline = setTimeout(
    () => cancel.abort(runDeadline(house.settings.runDeadline)),
    house.settings.runDeadline,
  );
  let lease: Lease | undefined;
  let before: Surroundings | undefined;
  const key = house.random(32);
  const hidden: (() => void)[] = [];
  try {
    before = await surroundings(house.engine, signal);
    emit({ type: 'equipped', deployer: await house.deployer.describe(signal) });
    const { apps, router } = await render(house, prepared, key, signal);
    for (const secret of secretsOf(apps)) hidden.push(house.redactor.register(secret.value));
    refuseUndeployable(apps);
    const { engine, registry, images: store, clock } = house;
    const images = await pullImages({
      ...{ run, engine, registry, store, clock, emit, signal },
      images: imagesOf(apps),
    });
    const pinned = await pinApps(engine, apps, signal);
    // All apps of a run have the head's images in common.
    const known = pinned[0]?.head.findings ?? [];
    if (known.length > 0) emit({ type: 'findings', findings: known });
    lease = await admit(house, prepared.plan, (reason) => emit({ type: 'waiting', reason }), signal);
    emit({ type: 'admitted', slots: lease.slots });
    const leased = AbortSignal.any([signal, lease.lost]);
    await walkPaths({
      ...{ house, prepared, apps: pinned, router, images, key, lease, emit, signal: leased },
      ledger: house.store.ledger(run),
      async beforeStage() {
        const why = await options.stillWanted(leased);
        if (why !== undefined) cancel.abort(cancellation('superseded', why));
        leased.throwIfAborted();
      },
    });
  } catch (error) {
    emit(refusedEvent(error) ?? { type: 'check', check: outside(error, prepared.plan, signal) });
  }
  clearTimeout(deadline);
  await endRun(house, run, emit, before, lease);
  for (const forget of hidden) forget();
  const verdict = verdictOfRecorded(house.store.events(run));
  house.store.conclude(run, verdict);
  return verdict;
}

function secretsOf(apps: readonly Rendered[]): readonly DeploymentSecret[] {
  return apps.flatMap(({ head, previous }) => [
    ...head.deployment.secrets,
    ...(previous?.deployment.secrets ?? []),
  ]);
}

/** A secret that nobody has a value for keeps the stack from starting; that is the suite's to say, not the change's. */
function refuseUndeployable(apps: readonly Rendered[]): void {
  const found = apps.flatMap(({ head, previous }) => [...head.findings, ...(previous?.findings ?? [])]);
  const missing = found.find(({ code }) => code === 'B34');
  if (missing === undefined) return;
  const { code, sentence, remedy } = missing;
  throw new SeatrialError({ kind: 'input', code, sentence, remedy });
}

async function render(
  house: House,
  prepared: Prepared,
  key: RunKey,
  signal: AbortSignal,
): Promise<{ apps: Rendered[]; router: RunRouter }> {
  const info = await house.engine.info(signal);
  if (info.swarm.kind !== 'manager') {
    throw new SeatrialError({
      kind: 'environment',
      code: 'no-swarm',
      sentence: 'The Docker engine is no manager of a swarm.',
      remedy: 'seatrial doctor says what to do.',
    });
  }
  const expires = Math.ceil((house.clock.now() + house.settings.runDeadline + TEARDOWN_MS) / 1000);
  const { router, trust } = await prepareRouter(house.router, prepared, expires);
  const context = {
    prepared,
    house,
    trust,
    key,
    expires,
    nodeId: info.swarm.nodeId,
    ipvs: info.ipvs,
    signal,
  };
  const rendering = prepared.plan.paths.map(({ app }) => renderApp(context, app));
  // Where one is refused, teardown must not take away the directory that the other still writes to.
  await Promise.allSettled(rendering);
  return { router, apps: await Promise.all(rendering) };
}

/** What ended the run outside of any check: before the first stage, or between two. */
function outside(error: unknown, plan: Plan, signal: AbortSignal): CheckResult {
  const stage = plan.paths[0]?.steps[0]?.stage ?? 'install';
  const known = asSeatrialError(signal.aborted ? signal.reason : error);
  const base = { stage, id: 'prepared', title: 'the run can be carried out', took: 0 };
  if (signal.aborted && isCancellation(known)) return { ...base, outcome: 'aborted', note: known.message };
  const outcome = known.kind === 'recipe' ? 'fail' : 'error';
  const evidence = [
    ...(known.remedy === undefined ? [] : [known.remedy]),
    ...Object.entries(known.facts).map(([name, value]) => `${name}: ${String(value)}`),
  ];
  return { ...base, outcome, cause: { code: known.code, sentence: known.message, evidence } };
}

/** Teardown has its own signal: neither cancellation nor the run's deadline may stop it. The slots go last. */
async function endRun(
  house: House,
  run: RunId,
  emit: (event: RunEvent) => void,
  before: Surroundings | undefined,
  lease: Lease | undefined,
): Promise<void> {
  const started = house.clock.monotonic();
  emit({ type: 'teardown-started' });
  const signal = AbortSignal.timeout(TEARDOWN_MS);
  try {
    const ledger = house.store.ledger(run);
    const torn = await tearDown({
      run,
      engine: house.engine,
      deployer: house.deployer,
      ledger,
      work: house.settings.work,
      signal,
    });
    // Without a look at the start nothing can be told from what was there before.
    const unexplained =
      before === undefined ? [] : appeared(before, await surroundings(house.engine, signal));
    emit({ type: 'torn-down', ...torn, unexplained, took: Math.round(house.clock.monotonic() - started) });
    await lease?.release(signal);
  } catch (error) {
    const { code, message } = asSeatrialError(error);
    const cause = { code, sentence: `Teardown could not be finished: ${message}`, evidence: [] };
    emit({
      type: 'check',
      check: {
        stage: 'teardown',
        id: 'torn-down',
        title: 'everything is taken away',
        outcome: 'error',
        cause,
        took: 0,
      },
    });
  }
}

function runDeadline(milliseconds: number): SeatrialError {
  const minutes = Math.round(milliseconds / 60_000);
  return new SeatrialError({
    kind: 'environment',
    code: 'run-deadline',
    sentence: `The run was not over after ${minutes} minutes.`,
    remedy: 'Set run_deadline in seatrial.toml where a recipe needs longer.',
    facts: { minutes },
  });
}
