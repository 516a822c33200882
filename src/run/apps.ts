import { removeAppWithData } from '../integrity/wipe.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { OpenBackup } from '../ports/backup.ts';
import type { Egress, OpenFirewall } from '../ports/firewall.ts';
import type { OpenRouter, RunRouter } from '../ports/router.ts';
import type { RunId } from '../shared/brand.ts';
import type { House } from './house.ts';
import { runLabels } from './house.ts';
import { networkOf, type Rendered } from './prepare.ts';

export interface AppsHouse {
  readonly house: House;
  readonly ledger: Ledger;
  readonly run: RunId;
  readonly signal: AbortSignal;
}

/** What serves all apps of a run. */
export interface Helpers {
  readonly router: OpenRouter;
  readonly backup: OpenBackup;
  readonly firewall: OpenFirewall;
}

/** Makes the networks of the apps, and what serves all of them: router, backup repository, firewall. */
export async function openApps(
  { house, ledger, run, signal }: AppsHouse,
  apps: readonly Rendered[],
  runRouter: RunRouter,
  egress: Egress,
): Promise<Helpers> {
  const expires = apps[0]?.head.place.expires ?? 0;
  const labels = runLabels(run, house.settings.controller, expires);
  const networks = house.router.network === undefined ? apps.map(({ app }) => networkOf(app)) : [];
  const internal = egress.mode === 'none';
  ledger.intend('container', [house.firewall.containerName(run)]);
  const firewall = await house.firewall.open(run, egress, labels, signal);
  ledger.intend('network', networks);
  for (const name of networks) await house.engine.createOverlay({ name, labels, internal }, signal);
  ledger.intend('container', [...runRouter.containers, ...house.backup.names(run).containers]);
  ledger.intend('volume', [house.backup.names(run).volume]);
  const routes = apps.flatMap(({ head, previous }) => [...(previous?.routes ?? []), ...head.routes]);
  const [router, backup] = await Promise.all([
    runRouter.open(routes, labels, signal),
    house.backup.open(run, labels, signal),
  ]);
  return { router, backup, firewall };
}

/** Takes one app away while the run goes on, so that its slot is free and its data cannot help another. */
export async function clearApp({ house, ledger, signal }: AppsHouse, { head }: Rendered): Promise<void> {
  await rememberAnonymousVolumes(house, ledger, head.place.stack, signal);
  await removeAppWithData({ stack: head, engine: house.engine, deployer: house.deployer, ledger, signal });
}

/** No label sticks to an anonymous volume: only the container that has it tells whose it is. */
async function rememberAnonymousVolumes(
  house: Pick<House, 'engine'>,
  ledger: Ledger,
  stack: string,
  signal: AbortSignal,
): Promise<void> {
  const containers = await house.engine.containers({ 'com.docker.stack.namespace': stack }, signal);
  const anonymous = containers
    .flatMap((container) => container.mounts)
    .flatMap((mount) =>
      mount.volume !== undefined && /^[0-9a-f]{64}$/.test(mount.volume) ? [mount.volume] : [],
    );
  if (anonymous.length > 0) ledger.intend('volume', anonymous);
}
