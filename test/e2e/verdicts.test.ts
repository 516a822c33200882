import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Change } from '../../lab/custom-html/changes.ts';
import { addChange, type CustomHtml } from '../../lab/custom-html/custom-html.ts';
import { MUTANTS } from '../../lab/custom-html/mutants.ts';
import { type RecipeFiles, replace } from '../../lab/custom-html/recipe-files.ts';
import { createDockerEngine } from '../../src/adapters/docker-engine/engine.ts';
import type { Deployer } from '../../src/ports/deployer.ts';
import type { Report } from '../../src/report/schema.ts';
import type { House } from '../../src/run/house.ts';
import { parseStackName, type RunId } from '../../src/shared/brand.ts';
import { cancellation } from '../../src/shared/errors.ts';
import { newRunId } from '../../src/shared/ids.ts';
import type { StageName } from '../../src/trigger/request.ts';
import { deploymentOf } from '../support/deployer.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { conducted, customHtmlIn, houseIn, leftOf } from '../support/house.ts';
import { openTestLab, type TestLab } from '../support/lab.ts';

let lab: TestLab | undefined;
const at = <T>(thing: T | undefined): T => thing ?? expect.fail('it is not there yet');
beforeAll(async () => {
  lab = await openTestLab();
});
afterAll(async () => lab?.close());

describe('a change with one fault ends with the cause that it deserves', () => {
  test('an image that its registry does not have (B48)', async () => {
    const { report, run } = await tried(MUTANTS['missing-tag'], ['install']);
    expect(report).toMatchObject({ outcome: 'failure', stage: 'install', cause: { code: 'B48' } });
    expect(report.cause?.sentence).toContain(at(lab).images.nginx.missing);
    expect(report.level).toMatchObject({ reached: 0, name: 'Sunk' });
    expect(await leftOf(at(lab), run)).toEqual([]);
  });

  test('a web server that serves its own welcome page, healthy as it is', async () => {
    const { report, run } = await tried(MUTANTS['default-page'], ['install']);
    expect(report).toMatchObject({ outcome: 'failure', stage: 'install', cause: { code: 'default-page' } });
    expect(report.stages[0]?.checks.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['deploys', 'pass'],
      ['runs-the-commit', 'pass'],
      ['answers', 'fail'],
    ]);
    expect(await leftOf(at(lab), run)).toEqual([]);
  });

  test('a config that changed under its old name (B25), which only an upgrade shows', async () => {
    const { report, run } = await tried(MUTANTS['config-not-versioned'], ['install', 'upgrade']);
    expect(report).toMatchObject({ outcome: 'failure', stage: 'upgrade', cause: { code: 'B25' } });
    expect(report.cause?.evidence.join(' ')).toContain('only updates to Labels are allowed');
    expect(report.level).toMatchObject({ reached: 1, stopsAt: { level: 2 } });
    expect(await leftOf(at(lab), run)).toEqual([]);
  });

  test('a health check that never says yes, within the time that the recipe gives itself', async () => {
    const { report } = await tried(neverHealthyForLong, ['install']);
    expect(report).toMatchObject({ outcome: 'failure', stage: 'install', cause: { code: 'never-healthy' } });
    expect(report.cause?.sentence).toContain('`app`');
    expect(report.timings.totalMs).toBeLessThan(60_000);
  });

  test('a compose file that is no YAML, where a forge asked for it, by file and line', async () => {
    const { report } = await tried(MUTANTS['not-yaml'], []);
    expect(report).toMatchObject({
      ...{ outcome: 'failure', stage: 'install', level: { reached: 0 } },
      cause: { code: 'not-yaml', where: { file: 'compose.yml', line: expect.any(Number) } },
    });
  });
});

test('a volume whose data survives the wipe proves nothing: the run is an error, never a success', async () => {
  const { house, recipe, directory } = await opened();
  const { report, run } = await finished(
    { ...house, deployer: keepingData(at(lab), house.deployer) },
    recipe,
    directory,
    recipe.main,
    ['backup-restore'],
  );
  expect(report).toMatchObject({
    outcome: 'error',
    stage: 'backup-restore',
    cause: { code: 'wipe-survived' },
  });
  const checks = report.stages.flatMap((stage) => stage.checks);
  expect(checks.find(({ id }) => id === 'wipe-control')?.outcome).toBe('invalid');
  expect(checks.map(({ id }) => id)).not.toContain('restores');
  expect(report.level?.reached ?? 0).toBe(0);
  const seeds = report.seeds.filter(({ moment }) => moment === 'after the wipe');
  expect(seeds.map(({ state, asDemanded }) => [state, asDemanded])).toContainEqual(['intact', false]);
  expect(await leftOf(at(lab), run)).toEqual([]);
});

test('an engine that is not there when the run begins ends it with a verdict all the same', async () => {
  const { house, recipe, directory } = await opened();
  const gone = createDockerEngine('unix:///nonexistent/docker.sock');
  const { report } = await finished({ ...house, engine: gone }, recipe, directory, recipe.main, ['install']);
  expect(report).toMatchObject({ outcome: 'error', cause: { code: 'engine-unreachable' } });
});

test('what is left of a run is named, and makes it an error though all its checks passed', async () => {
  const { house, recipe, directory } = await opened();
  const { engine, deployer } = at(lab);
  const run = newRunId(Date.now(), house.random);
  const foreign = parseStackName(`foreign-${run}`) ?? expect.fail('no name');
  const config = `seatrial-${run}-held`;
  const signal = AbortSignal.timeout(120_000);
  try {
    // An object of this run that a service of somebody else holds on to: it cannot be taken away.
    await engine.createConfig(config, { 'seatrial.run': run }, 'x', signal);
    await deployer.deploy(deploymentOf(foreign, holding(config)), signal);
    const { report } = await finished(house, recipe, directory, recipe.main, ['install'], run);
    expect(report).toMatchObject({ outcome: 'error', stage: 'teardown', cause: { code: 'residue' } });
    expect(report.residue).toEqual([{ kind: 'config', name: config }]);
    expect(report.cause?.sentence).toContain(config);
    expect(report.troubles.join(' ')).toContain('in use');
    expect(report.stages[0]).toMatchObject({ stage: 'install', outcome: 'success' });
    expect(await leftOf(at(lab), run)).toEqual(expect.arrayContaining([config]));
  } finally {
    await deployer.remove(foreign, signal);
    const held = await engine.config(config, signal);
    if (held !== undefined) await engine.removeConfig(held.id, signal);
  }
});

test('a run that is cancelled in the middle of a stage is cancelled, and leaves nothing', async () => {
  const { house, recipe, directory } = await opened();
  const run = newRunId(Date.now(), house.random);
  const stop = new AbortController();
  const { store } = house;
  const watching: House = {
    ...house,
    store: {
      ...store,
      append(id, event) {
        if (event.type === 'progress') stop.abort(cancellation('cancelled', 'enough seen'));
        return store.append(id, event);
      },
    },
  };
  const head = recipe.pullRequests.good.head;
  const { report } = await finished(watching, recipe, directory, head, [], run, stop.signal);
  expect(report).toMatchObject({ outcome: 'cancelled', cause: { code: 'cancelled' } });
  expect(report.cause?.sentence).toContain('enough seen');
  expect(report.stages.at(-1)).toMatchObject({ stage: 'teardown', outcome: 'success' });
  expect(await leftOf(at(lab), run)).toEqual([]);
  expect(store.openLedgerRows()).toEqual([]);
});

interface Opened {
  readonly house: House;
  readonly recipe: CustomHtml;
  readonly directory: string;
}

async function opened(): Promise<Opened> {
  const directory = temporaryDirectory();
  return {
    house: houseIn(at(lab), directory),
    recipe: await customHtmlIn(at(lab), directory),
    directory,
  };
}

interface Finished {
  readonly report: Report;
  readonly run: RunId;
}

async function tried(change: Change, only: StageName[]): Promise<Finished> {
  const { house, recipe, directory } = await opened();
  const { images, environment } = at(lab);
  const signal = AbortSignal.timeout(30_000);
  const { head } = await addChange({ directory: recipe.directory, images, environment, signal }, change);
  return await finished(house, recipe, directory, head, only);
}

async function finished(
  house: House,
  recipe: CustomHtml,
  directory: string,
  head: CustomHtml['main'],
  only: StageName[],
  run = newRunId(Date.now(), house.random),
  signal?: AbortSignal,
): Promise<Finished> {
  const report = await conducted({
    ...{ house, source: recipe.directory, head, only, directory, run },
    ...(signal === undefined ? {} : { signal }),
  });
  return { report, run };
}

/** The same fault as the mutant's, in a recipe that gives itself seconds instead of minutes. */
const neverHealthyForLong: Change = {
  ...MUTANTS['never-healthy'],
  edit: (main, images) => {
    const edited = MUTANTS['never-healthy'].edit(main, images);
    const timing: readonly (readonly [string, string])[] = [
      ['interval: 30s', 'interval: 1s'],
      ['timeout: 10s', 'timeout: 1s'],
      ['retries: 10', 'retries: 3'],
      ['start_period: 1m', 'start_period: 1s'],
      ['    deploy:\n', '    deploy:\n      restart_policy:\n        condition: none\n'],
    ];
    return timing.reduce<RecipeFiles>((files, [from, to]) => replace(files, 'compose.yml', from, to), edited);
  },
};

/** A service that does nothing but use a config of somebody else's. */
function holding(config: string): string {
  const { images, nodeId } = at(lab);
  return stringify({
    version: '3.8',
    services: {
      holder: {
        image: images.nginx.old,
        configs: [{ source: 'held', target: '/held' }],
        deploy: { endpoint_mode: 'dnsrr', placement: { constraints: [`node.id == ${nodeId}`] } },
      },
    },
    configs: { held: { external: true, name: config } },
  });
}

/** A deployer under which the data of a stack outlives it: what was in its volume is there again at the next deployment. */
function keepingData(lab: TestLab, deployer: Deployer): Deployer {
  const { engine, images } = lab;
  const kept = new Set<string>();
  const signal = () => AbortSignal.timeout(60_000);
  const copy = async (from: string, to: string, labels: Record<string, string>) => {
    const id = await engine.createContainer(
      {
        ...{ name: `${to}-copy`, image: images.tools, labels, entrypoint: ['sh', '-c'] },
        command: ['cp -a /from/. /to/'],
        volumes: [
          { volume: from, target: '/from', readOnly: true },
          { volume: to, target: '/to', readOnly: false },
        ],
      },
      signal(),
    );
    await engine.startContainer(id, signal());
    expect(await engine.waitContainer(id, signal())).toBe(0);
    await engine.removeContainer(id, signal());
  };
  return {
    ...deployer,
    async remove(stack, stop) {
      const volume = `${stack}_content`;
      const [found] = (await engine.volumes({}, signal())).filter(({ name }) => name === volume);
      await deployer.remove(stack, stop);
      if (found === undefined || kept.has(stack)) return;
      // Not under the stack's own name, or the wipe itself would find it.
      await engine.createVolume(
        `kept-${volume}`,
        { 'seatrial.run': found.labels['seatrial.run'] ?? '' },
        signal(),
      );
      await copy(volume, `kept-${volume}`, {});
      kept.add(stack);
    },
    async deploy(deployment, stop) {
      const { stack } = deployment;
      const volume = `${stack}_content`;
      if (kept.has(stack)) {
        const [found] = (await engine.volumes({}, signal())).filter(({ name }) => name === `kept-${volume}`);
        await engine.createVolume(volume, found?.labels ?? {}, signal());
        await copy(`kept-${volume}`, volume, {});
      }
      await deployer.deploy(deployment, stop);
    },
  };
}
