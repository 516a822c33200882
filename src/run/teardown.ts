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

export interface TornDown {
  readonly residue: readonly Residue[];
  /** What steps that failed had to say. */
  readonly troubles: readonly string[];
}

const NETWORK_GONE_MS = 60_000;
const POLL_MS = 200;

/**
 * Takes everything of a run away, from its ledger and from labels, so that either alone
 * suffices, and names what is left. May be called any number of times. A step that fails
 * does not keep the others from being tried: its words are kept, and what it failed at turns
 * up as residue. Throws only `engine-unreachable`, where nothing can be removed or counted.
 */
export async function tearDown(options: TeardownOptions): Promise<TornDown> {
  const troubles: string[] = [];
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
  return { residue, troubles };

  async function attempt(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      const known = asSeatrialError(error);
      if (known.code === 'engine-unreachable') throw error;
      troubles.push(known.message);
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

/** A network is free only once Swarm has let go of the last endpoint, and gone only once it is not listed any more. */
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
      const left = (await engine.networks({}, signal)).filter((network) => names.has(network.name));
      await Promise.all(left.map(({ name }) => removeUnlessUsed(engine, name, signal)));
      return left.length === 0
        ? { done: true, value: undefined }
        : { done: false, missing: `${left.map(({ name }) => name).join(', ')} still in use` };
    },
  );
}

async function removeUnlessUsed(engine: Engine, name: string, signal: AbortSignal): Promise<void> {
  try {
    await engine.removeNetwork(name, signal);
  } catch (error) {
    if (
      !(
        error instanceof SeatrialError &&
        /active endpoints|in use|pending/i.test(String(error.facts['words']))
      )
    )
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
