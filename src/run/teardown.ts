import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeVolumes } from '../integrity/wipe.ts';
import type { Residue } from '../journal/event.ts';
import type { Ledger, LedgerKind } from '../journal/ledger.ts';
import type { Deployer } from '../ports/deployer.ts';
import type { Engine, Labels, SwarmObject } from '../ports/engine.ts';
import { parseStackName, type RunId, type StackName } from '../shared/brand.ts';
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
  const { deployer } = options;
  await each(
    () => stacksOf(options, ours),
    (stack) => deployer.remove(stack, signal),
  );
  await each(
    () => engine.containers(ours, signal),
    ({ id }) => engine.removeContainer(id, signal),
  );
  await attempt(() => removeNetworks(options, ours));
  await each(
    () => engine.secrets(ours, signal),
    ({ id }) => engine.removeSecret(id, signal),
  );
  await each(
    () => configsOf(options, ours),
    ({ id }) => engine.removeConfig(id, signal),
  );
  await attempt(async () => removeVolumes(engine, await volumesOf(options, ours), signal));
  await attempt(() => rm(join(options.work, run), { recursive: true, force: true }));
  const residue = await inventory({ engine, run, ledger, signal });
  closeLedger(ledger, residue);
  return { residue, troubles };

  /** One that cannot be removed does not keep the others from being removed. */
  async function each<T>(
    find: () => Promise<readonly T[]>,
    remove: (one: T) => Promise<unknown>,
  ): Promise<void> {
    let found: readonly T[] = [];
    await attempt(async () => {
      found = await find();
    });
    for (const one of found) await attempt(() => remove(one));
  }

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

async function stacksOf(
  { engine, ledger, signal }: TeardownOptions,
  ours: Labels,
): Promise<readonly StackName[]> {
  const services = await engine.services(ours, signal);
  const names = [
    ...namesIn(ledger, 'stack'),
    ...services.map(({ labels }) => labels['com.docker.stack.namespace'] ?? ''),
  ];
  return [...new Set(names)].map(parseStackName).filter((name) => name !== undefined);
}

/** The heartbeat is the lease's own and goes with it. */
async function configsOf({ engine, signal }: TeardownOptions, ours: Labels): Promise<readonly SwarmObject[]> {
  const configs = await engine.configs(ours, signal);
  return configs.filter(({ labels }) => labels['seatrial.heartbeat'] === undefined);
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
