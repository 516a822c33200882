import pLimit from 'p-limit';
import type { RunKey } from '../integrity/seed.ts';
import type { RunEvent } from '../journal/event.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { Path } from '../plan/plan.ts';
import type { Lease } from '../ports/leases.ts';
import type { RunRouter } from '../ports/router.ts';
import type { Adjustment } from '../stack/adjust/adjustment.ts';
import { unsaidOf } from '../stack/unsaid.ts';
import type { StageContext } from '../stages/context.ts';
import type { StageName } from '../trigger/request.ts';
import { type AppsHouse, clearApp, type Helpers, openApps } from './apps.ts';
import { egressOf, guarded } from './guard.ts';
import type { House } from './house.ts';
import { walk } from './path.ts';
import type { Prepared, Rendered } from './prepare.ts';

export interface WalkOptions {
  readonly house: House;
  readonly prepared: Prepared;
  /** One for each path, in their order. */
  readonly apps: readonly Rendered[];
  readonly images: StageContext['images'];
  /** Secret of this run. */
  readonly key: RunKey;
  readonly router: RunRouter;
  readonly lease: Lease;
  readonly ledger: Ledger;
  /** Aborted with the run, and when its lease is lost. */
  readonly signal: AbortSignal;
  emit(event: RunEvent): void;
  /** Throws where the run is not wanted any more. */
  beforeStage(): Promise<void>;
}

const CLOSE_MS = 60_000;

/** Walks all paths, side by side as far as the slots reach, and takes each app away at the end of its path. */
export async function walkPaths(options: WalkOptions): Promise<void> {
  const { house, prepared, ledger, signal, apps } = options;
  const scope: AppsHouse = { house, ledger, run: prepared.plan.run, signal };
  const helpers = await openApps(scope, apps, options.router, egressOf(prepared.policy.settings));
  options.emit({ type: 'adjusted', adjustments: adjustmentsOf(house, apps[0]) });
  try {
    const say = (text: string) => options.emit({ type: 'progress', stage: undefined, text });
    await guarded(helpers.firewall, say, signal);
    const guardedSignal = AbortSignal.any([signal, helpers.firewall.lost]);
    await sideBySide({ ...options, signal: guardedSignal }, { ...scope, signal: guardedSignal }, helpers);
  } finally {
    await closeHelpers(helpers);
  }
}

function adjustmentsOf({ deployer }: House, app: Rendered | undefined): readonly Adjustment[] {
  if (app === undefined) return [];
  return [...app.head.adjustments, ...(deployer.mergesItself === true ? unsaidOf(app.head) : [])];
}

/** Nothing may still be coming up when everything is taken away; what fails here turns up as residue. */
async function closeHelpers({ router, backup, firewall }: Helpers): Promise<void> {
  const stop = AbortSignal.timeout(CLOSE_MS);
  await Promise.allSettled([router.close(stop), backup.close(stop), firewall.close(stop)]);
}

async function sideBySide(options: WalkOptions, scope: AppsHouse, helpers: Helpers): Promise<void> {
  const { prepared, lease, signal } = options;
  const limit = pLimit(lease.slots);
  let left = prepared.plan.paths.length;
  const walks = prepared.plan.paths.map((path, index) =>
    limit(async () => {
      const app = options.apps[index];
      if (app === undefined) return;
      await walk(path, (stage) => contextOf(options, helpers, { path, app }, stage), options.beforeStage);
      left -= 1;
      await Promise.all([clearApp(scope, app), left === 0 ? closeHelpers(helpers) : undefined]);
      if (left > 0 && left < lease.slots) await lease.reduce(left, signal);
    }),
  );
  const ended = await Promise.allSettled(walks);
  const failed = ended.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

interface OnPath {
  readonly path: Path;
  readonly app: Rendered;
}

function contextOf(
  options: WalkOptions,
  helpers: Helpers,
  { path, app }: OnPath,
  stage: StageName,
): StageContext {
  const { house, prepared, images, key, ledger, signal, emit } = options;
  const { router, backup } = helpers;
  const { engine, deployer, clock } = house;
  return {
    ...{ stage, app: path.app, head: app.head, previous: app.previous, suite: prepared.suite, images, key },
    ...{ engine, deployer, clock, router, backup, ledger, signal, emit },
  };
}
