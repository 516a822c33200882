import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeVolumes } from '../integrity/wipe.ts';
import type { Residue } from '../journal/event.ts';
import type { Ledger, LedgerKind } from '../journal/ledger.ts';
import type { Deployer } from '../ports/deployer.ts';
import type { Engine, Labels } from '../ports/engine.ts';
import { parseStackName, type RunId } from '../shared/brand.ts';
import { asSeatrialError, SeatrialError } from '../shared/errors.ts';
import { until } from '../shared/wait.ts';
import { inventory } from './inventory.ts';

export interface TeardownOptions {
  readonly run: RunId;
  readonly engine: Engine;
  readonly deployer: Deployer;
  /** What the run has put down; empty where the database is gone. */
  readonly ledger: Ledger;
  /** Parent of the run's private tree. */
  readonly work: string;
  /** Its own, never the signal of what is torn down. */
  readonly signal: AbortSignal;
}

const NETWORK_GONE_MS = 60_000;
const POLL_MS = 200;

/**
 * Takes everything of a run away, from its ledger and from labels, so that either alone
 * suffices, and names what is left. May be called any number of times. A step that fails
 * does not keep the others from being tried: what it failed at turns up as residue.
 */
export async function tearDown(options: TeardownOptions): Promise<readonly Residue[]> {
  const { engine, signal, ledger, run } = options;
  const ours = { 'seatrial.run': run };
  await attempt(() => removeStacks(options, ours));
  await attempt(() => removeContainers(engine, ours, signal));
  await attempt(() => removeNetworks(options, ours));
  await attempt(async () => {
    for (const secret of await engine.secrets(ours, signal)) await engine.removeSecret(secret.id, signal);
  });
  await attempt(async () => {
    for (const config of await engine.configs(ours, signal)) {
      // The heartbeat is the lease's own and goes with it.
      if (config.labels['seatrial.heartbeat'] === undefined) await engine.removeConfig(config.id, signal);
    }
  });
  await attempt(async () => removeVolumes(engine, await volumesOf(options, ours), signal));
  await attempt(() => rm(join(options.work, run), { recursive: true, force: true }));
  const residue = await inventory({ engine, run, ledger, signal });
  closeLedger(ledger, residue);
  return residue;

  async function attempt(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      // Without an engine nothing can be removed or even counted: that is not residue but an error.
      if (asSeatrialError(error).code === 'engine-unreachable') throw error;
    }
  }
}

async function removeStacks(
  { engine, deployer, ledger, signal }: TeardownOptions,
  ours: Labels,
): Promise<void> {
  const names = new Set(namesIn(ledger, 'stack'));
  for (const service of await engine.services(ours, signal))
    names.add(service.labels['com.docker.stack.namespace'] ?? '');
  for (const name of names) {
    const stack = parseStackName(name);
    if (stack !== undefined) await deployer.remove(stack, signal);
  }
}

async function removeContainers(engine: Engine, ours: Labels, signal: AbortSignal): Promise<void> {
  for (const container of await engine.containers(ours, signal))
    await engine.removeContainer(container.id, signal);
}

/** A network is free only once Swarm has let go of the last endpoint. */
async function removeNetworks({ engine, ledger, signal }: TeardownOptions, ours: Labels): Promise<void> {
  const names = new Set(namesIn(ledger, 'network'));
  for (const network of await engine.networks(ours, signal)) names.add(network.name);
  await until(
    {
      name: 'removing networks',
      deadline: NETWORK_GONE_MS,
      every: POLL_MS,
      signal,
      wake: (stop) => engine.nextEvent(stop),
    },
    async () => {
      for (const name of names) if (await removedNetwork(engine, name, signal)) names.delete(name);
      return names.size === 0
        ? { done: true, value: undefined }
        : { done: false, missing: `${[...names].join(', ')} still in use` };
    },
  );
}

async function removedNetwork(engine: Engine, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await engine.removeNetwork(name, signal);
    return true;
  } catch (error) {
    if (
      error instanceof SeatrialError &&
      /has active endpoints|in use|pending removal/i.test(String(error.facts['words']))
    )
      return false;
    throw error;
  }
}

async function volumesOf({ engine, ledger, signal }: TeardownOptions, ours: Labels): Promise<string[]> {
  const there = new Set((await engine.volumes({}, signal)).map((volume) => volume.name));
  const labelled = (await engine.volumes(ours, signal)).map((volume) => volume.name);
  return [...new Set([...labelled, ...namesIn(ledger, 'volume')])].filter((name) => there.has(name));
}

function namesIn(ledger: Ledger, kind: LedgerKind): string[] {
  return ledger
    .open()
    .filter((row) => row.kind === kind)
    .map((row) => row.name);
}

/** Every row that is not residue has been looked for and not been found. */
function closeLedger(ledger: Ledger, residue: readonly Residue[]): void {
  for (const row of ledger.open()) {
    const left = residue.some(({ kind, name }) => kind === row.kind && name === row.name);
    if (!left) ledger.gone(row.kind, [row.name]);
  }
}
