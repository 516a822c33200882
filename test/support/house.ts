import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { buildCustomHtml, type CustomHtml } from '../../lab/custom-html/custom-html.ts';
import { createCaddyRouter } from '../../src/adapters/caddy/router.ts';
import { createNftFirewall } from '../../src/adapters/nft-firewall/firewall.ts';
import { createResticBackup } from '../../src/adapters/restic/backup.ts';
import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { imageStore } from '../../src/adapters/sqlite/image-store.ts';
import { runStore } from '../../src/adapters/sqlite/run-store.ts';
import { createSwarmLeases } from '../../src/adapters/swarm-leases/leases.ts';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { Labels } from '../../src/ports/engine.ts';
import type { Report } from '../../src/report/schema.ts';
import type { House } from '../../src/run/house.ts';
import { conduct } from '../../src/serve/conduct.ts';
import type { CommitSha, RunId } from '../../src/shared/brand.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { newRunId } from '../../src/shared/ids.ts';
import { createRedactor } from '../../src/shared/redact.ts';
import type { StageName } from '../../src/trigger/request.ts';
import type { TestLab } from './lab.ts';

/** As many as never have to wait for the runs of others on this swarm. */
const CAP = 20;

/** The very parts that main.ts wires, over a state directory of the test's own. */
export function houseIn(lab: TestLab, directory: string): House & { close(): void } {
  const { engine, deployer, environment, images } = lab;
  const redactor = createRedactor();
  const random = (count: number) => randomBytes(count);
  const db = openDatabase(join(directory, 'seatrial.db'));
  return {
    ...{ engine, deployer, random, redactor, clock: systemClock },
    router: createCaddyRouter({ engine, image: images.tools, clock: systemClock }),
    backup: createResticBackup({ engine, image: images.tools, random, redactor }),
    firewall: createNftFirewall({ engine, image: images.tools }),
    leases: createSwarmLeases(engine, systemClock),
    images: imageStore(db),
    registry: { logins: [], mirror: undefined, pullDeadline: 60_000, imageBudget: 50_000_000_000 },
    store: runStore(db, systemClock, redactor),
    settings: {
      ...{ controller: 'tests', baseDomain: 'seatrial.test', maxTests: CAP },
      ...{ runDeadline: 180_000, admissionDeadline: 60_000, path: environment.path },
      suites: join(import.meta.dirname, '..', '..', 'recipes'),
      policy: DEFAULT_POLICY,
      work: join(directory, 'work'),
    },
    close: db.close,
  };
}

/** The lab's recipe in a new repository, with the branches of its pull requests. */
export async function customHtmlIn(lab: TestLab, directory: string): Promise<CustomHtml> {
  const { images, environment } = lab;
  const signal = AbortSignal.timeout(60_000);
  return await buildCustomHtml({
    directory: join(directory, 'custom-html.git'),
    images,
    environment,
    signal,
  });
}

export interface Conducted {
  readonly house: House;
  /** The lab's own unless said. */
  readonly recipe?: string;
  readonly source: string;
  readonly head: CommitSha;
  readonly only: readonly StageName[];
  readonly directory: string;
  readonly run?: RunId;
  readonly signal?: AbortSignal;
}

/** One run from a request to its report, as `seatrial run` does it. */
export async function conducted(options: Conducted): Promise<Report> {
  const { house, source, head, only, directory } = options;
  const run = options.run ?? newRunId(Date.now(), house.random);
  return await conduct({
    ...{ house, run, unplannable: 'verdict', runs: join(directory, 'runs') },
    request: {
      ...{
        id: `local:${run}`,
        recipe: options.recipe ?? 'custom-html',
        source,
        head,
        base: 'main',
        refs: [],
        only,
      },
      ...{ origin: { kind: 'local' }, at: Date.now() },
    },
    signal: options.signal ?? AbortSignal.timeout(200_000),
    stillWanted: async () => undefined,
  });
}

/** Names of everything on the engine that carries the labels. */
async function labelled({ engine }: TestLab, labels: Labels): Promise<string[]> {
  const signal = AbortSignal.timeout(30_000);
  const all = await Promise.all([
    engine.services(labels, signal),
    engine.containers(labels, signal),
    engine.networks(labels, signal),
    engine.volumes(labels, signal),
    engine.secrets(labels, signal),
    engine.configs(labels, signal),
  ]);
  return all.flat().map(({ name }) => name);
}

/** Whatever is left of a run: by label, and by the names of its stacks. */
export async function leftOf(lab: TestLab, run: RunId): Promise<string[]> {
  const signal = AbortSignal.timeout(30_000);
  const { engine } = lab;
  const named = await Promise.all([
    engine.services({}, signal),
    engine.containers({}, signal),
    engine.networks({}, signal),
    engine.volumes({}, signal),
    engine.configs({}, signal),
  ]);
  const byName = named
    .flat()
    .map(({ name }) => name)
    .filter((name) => name.includes(run));
  return [...new Set([...(await labelled(lab, { 'seatrial.run': run })), ...byName])].sort();
}
