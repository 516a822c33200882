import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Definition } from '../../lab/images/definitions.ts';
import { type LabImages, openLab } from '../../lab/open-lab.ts';
import { setUp } from '../../lab/setup/set-up.ts';
import { createDockerEngine } from '../../src/adapters/docker-engine/engine.ts';
import { createSwarmDeployer } from '../../src/adapters/swarm/deployer.ts';
import { type Environment, readEnvironment } from '../../src/config/environment.ts';
import type { Deployer } from '../../src/ports/deployer.ts';
import type { Engine, Labels } from '../../src/ports/engine.ts';
import { parseRunId, type RunId } from '../../src/shared/brand.ts';
import { newRunId } from '../../src/shared/ids.ts';
import { until } from '../../src/shared/wait.ts';

/** The machine's Docker with the images of the lab. Others may use it at the same time. */
export interface TestLab {
  readonly environment: Environment;
  readonly host: string;
  readonly images: LabImages;
  /** The full reference of an image that the lab was opened with. */
  reference(definition: Definition): string;
  readonly engine: Engine;
  readonly deployer: Deployer;
  /** Path of the Docker client. */
  readonly cli: string;
  readonly nodeId: string;
  readonly ipvs: boolean;
  close(): Promise<void>;
}

/** Milliseconds; what is there already is used as it is. */
const OPENING = 120_000;
/** Milliseconds for each image that may have to be built first. */
const BUILDING = 60_000;

/** Opens the lab, with images that not every lab has where a test deploys them. */
export async function openTestLab(further: readonly Definition[] = []): Promise<TestLab> {
  const environment = readEnvironment();
  const signal = AbortSignal.timeout(OPENING + further.length * BUILDING);
  const context = { environment, signal, progress: () => undefined };
  const ready = await setUp(context);
  const lab = await openLab({ ready, further, ...context });
  const engine = createDockerEngine(ready.host);
  const { swarm, ipvs } = await engine.info(signal);
  if (swarm.kind !== 'manager') throw new Error(`the engine is no manager: ${swarm.kind}`);
  const cliMajor = Number.parseInt(ready.cli.version, 10);
  const clientConfig = join(environment.cacheDir, 'docker-config');
  return {
    ...{ environment, host: ready.host, images: lab.images, engine, nodeId: swarm.nodeId, ipvs },
    cli: ready.cli.path,
    reference: lab.reference,
    deployer: createSwarmDeployer({ cli: ready.cli.path, cliMajor, clientConfig, host: ready.host, engine }),
    close: lab.close,
  };
}

/** Names and labels for one file of tests, so that it never meets what others have on the same engine. */
export interface Corner {
  readonly run: RunId;
  readonly labels: Labels;
  /** A new name that begins with the run's. */
  name(word: string): string;
  /** Takes away whatever carries the labels. */
  clear(engine: Engine): Promise<void>;
}

export function createCorner(): Corner {
  const run = newTestRun();
  // Not the label of runs: a reaper on this swarm would take these for the remains of a dead one.
  const labels = { 'seatrial-tests': run };
  let names = 0;
  return {
    run,
    labels,
    name(word) {
      names += 1;
      return `seatrial-${run}-${word}${names}`;
    },
    async clear(engine) {
      const signal = AbortSignal.timeout(60_000);
      const ours = labels;
      for (const { id } of await engine.services(ours, signal)) await engine.removeService(id, signal);
      for (const { id } of await engine.containers(ours, signal)) await engine.removeContainer(id, signal);
      // Swarm lets go of a network's endpoints a moment after their containers.
      await until({ name: 'networks of a test', deadline: 60_000, every: 200, signal }, async () => {
        const left = await engine.networks(ours, signal);
        for (const { name } of left) await engine.removeNetwork(name, signal).catch(stillUsed);
        return left.length === 0 ? { done: true, value: undefined } : { done: false, missing: 'networks' };
      });
      for (const { name } of await engine.volumes(ours, signal)) await engine.removeVolume(name, signal);
      for (const { id } of await engine.configs(ours, signal)) await engine.removeConfig(id, signal);
      for (const { id } of await engine.secrets(ours, signal)) await engine.removeSecret(id, signal);
    },
  };
}

function stillUsed(error: unknown): void {
  if (!(error instanceof Error && /active endpoints|in use/i.test(error.message))) throw error;
}

/** A run that no other test and no living controller has. */
export function newTestRun(): RunId {
  // Far in the future, so that it is never the identifier of a run of today.
  const later = Date.now() + 40 * 365 * 86_400_000 + Math.floor(Math.random() * 86_400_000_000);
  const run = parseRunId(newRunId(later, (count) => randomBytes(count)));
  if (run === undefined) throw new Error('no run identifier');
  return run;
}
