import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { imageStore } from '../../src/adapters/sqlite/image-store.ts';
import { runStore } from '../../src/adapters/sqlite/run-store.ts';
import type { RunEvent } from '../../src/journal/event.ts';
import type { Deployer } from '../../src/ports/deployer.ts';
import type { Service } from '../../src/ports/engine.ts';
import type { RegistryAccess } from '../../src/ports/registry.ts';
import { trimImages } from '../../src/run/image-budget.ts';
import { pullImages } from '../../src/run/images.ts';
import { parseStackName, type RunId, type StackName } from '../../src/shared/brand.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createRedactor } from '../../src/shared/redact.ts';
import { until } from '../../src/shared/wait.ts';
import { verdictOf } from '../../src/verdict/verdict.ts';
import { deploymentOf, swarmDeployerWith } from '../support/deployer.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { createCorner, newTestRun, openTestLab, type TestLab } from '../support/lab.ts';
import { LOGIN, startRegistry, startTroubledRegistry, type TestRegistry } from '../support/registry.ts';
import { localRequest } from '../support/requests.ts';

const corner = createCorner();
let lab: TestLab | undefined;
let open: TestRegistry | undefined;
let guarded: TestRegistry | undefined;
const at = <T>(thing: T | undefined): T => thing ?? expect.fail('it is not there yet');
const soon = () => AbortSignal.timeout(60_000);

beforeAll(async () => {
  lab = await openTestLab();
  [open, guarded] = await Promise.all([
    startRegistry(lab, corner, 'open'),
    startRegistry(lab, corner, 'login'),
  ]);
});
afterAll(async () => {
  await Promise.all([open?.close(), guarded?.close()]);
  if (lab !== undefined) await corner.clear(lab.engine);
  await lab?.close();
});

describe('what a real registry and a real engine say', { timeout: 60_000 }, () => {
  test.each([
    ['a tag that is not there', 'open', 'there:none'],
    ['a repository that is not there', 'open', 'nowhere:1'],
  ] as const)('of %s is the recipe’s fault', async (_, which, path) => {
    await at(open).push('there:1');
    const image = `${at(which === 'open' ? open : guarded).address}/${path}`;
    expect(await troubleOf(image)).toMatchObject({ kind: 'missing', fault: 'recipe' });
  });

  test('to a stranger is that it wants a login, and the same to a wrong password', async () => {
    await at(guarded).push('private:1');
    const image = `${at(guarded).address}/private:1`;
    expect(await troubleOf(image)).toMatchObject({ kind: 'login', fault: 'environment' });
    const wrong = { host: at(guarded).address, username: LOGIN.username, password: 'wrong' };
    expect(await troubleOf(image, { logins: [wrong] })).toMatchObject({ kind: 'login' });
    expect(await troubleOf(image, { logins: [{ ...wrong, ...LOGIN }] })).toBeUndefined();
    await forgetting(image);
  });

  test('where nobody listens is that it is out of reach', async () => {
    expect(await troubleOf('127.0.0.1:9/x:1')).toMatchObject({ kind: 'unreachable', fault: 'environment' });
  });

  test('where its name is none is that it is out of reach', async () => {
    expect(await troubleOf('registry.invalid/x:1')).toMatchObject({ kind: 'unreachable' });
  });

  test('of a name that is none is the recipe’s fault', async () => {
    expect(await troubleOf('Bad:Ref')).toMatchObject({ kind: 'reference', fault: 'recipe' });
  });
});

test('a registry in trouble is told from a bad recipe, in whatever way it says so', async () => {
  const registry = await startTroubledRegistry();
  try {
    const of = (path: string, more: Partial<RegistryAccess> = {}) =>
      troubleOf(`${registry.address}/${path}`, more);
    expect(await of('limit/x:1')).toMatchObject({ kind: 'limit', fault: 'environment' });
    expect(await of('denied/x:1')).toMatchObject({ kind: 'denied', fault: 'recipe' });
    expect(await of('elsewhere/x:1')).toMatchObject({ kind: 'architecture', fault: 'recipe' });
    expect(await of('broken/x:1')).toMatchObject({ kind: 'unreachable', fault: 'environment' });
    expect(await of('slow/x:1', { pullDeadline: 500 })).toMatchObject({ kind: 'slow', fault: 'environment' });
  } finally {
    await registry.close();
  }
}, 60_000);

test('a pull tells how far it is', async () => {
  await at(open).push('large:1', 3_000_000);
  const image = `${at(open).address}/large:1`;
  const told: [number, number][] = [];
  await at(lab).engine.pull(image, soon(), { progress: (done, total) => told.push([done, total]) });
  expect(told.length).toBeGreaterThan(0);
  for (const [done, total] of told) expect(done).toBeLessThanOrEqual(total);
  expect(told.at(-1)?.[1]).toBeGreaterThan(1_000_000);
  await forgetting(image);
});

test('an image of Docker Hub comes from the mirror, under the name that the recipe uses', async () => {
  const name = `mirrored-${corner.run}`;
  await at(open).push(`library/${name}:1`);
  const image = `${name}:1`;
  expect(await troubleOf(image, { mirror: at(open).address })).toBeUndefined();
  const there = await at(lab).engine.image(image, soon());
  expect(there?.names.filter((one) => !one.includes('@'))).toEqual([image]);
  await forgetting(image);
});

describe('a service of an image that wants a login', { timeout: 60_000 }, () => {
  test('is pulled for by the node, and nothing of the login stays on our disk', async () => {
    await at(guarded).push('service:1');
    const image = `${at(guarded).address}/service:1`;
    const directory = temporaryDirectory();
    const login = { host: at(guarded).address, ...LOGIN };
    const stack = await deployed(await swarmDeployerWith(at(lab), directory, [login]), image);
    const wait = { name: 'the image', deadline: 30_000, every: 200, signal: soon() };
    await until(wait, async () =>
      (await imagesUnder('service')).length > 0
        ? { done: true, value: undefined }
        : { done: false, missing: 'the image on the node' },
    );
    expect(readdirSync(join(directory, 'docker-client'))).toEqual([]);
    await at(lab).deployer.remove(stack, soon());
    for (const id of await imagesUnder('service')) await at(lab).engine.removeImage(id, soon());
  });

  test('is not, where the login was not handed over', async () => {
    await at(guarded).push('service:2');
    const image = `${at(guarded).address}/service:2`;
    const stack = await deployed(at(lab).deployer, image);
    const wait = { name: 'a rejection', deadline: 30_000, every: 200, signal: soon() };
    const words = await until(wait, async () => {
      const { tasks } = await at(lab).deployer.observe(stack, soon());
      const rejected = tasks.find(({ state }) => state === 'rejected');
      return rejected !== undefined
        ? { done: true, value: rejected.error }
        : { done: false, missing: tasks[0]?.state ?? 'a task' };
    });
    expect(words).toContain('No such image');
    expect(await imagesUnder('service')).toEqual([]);
    await at(lab).deployer.remove(stack, soon());
  });
});

test('requirement 36: what is deployed by its digest does not move with the tag', async () => {
  const { engine, deployer } = at(lab);
  await at(open).push('moving:1');
  const image = `${at(open).address}/moving:1`;
  await engine.pull(image, soon());
  const digest = (await engine.image(image, soon()))?.names.find((name) => name.includes('@'))?.split('@')[1];
  const pinned = `${image}@${at(digest)}`;
  const stack = await deployed(deployer, pinned);
  const service = async (): Promise<Service> => at((await deployer.observe(stack, soon())).services[0]);
  const before = await service();
  expect(before.image).toBe(pinned);
  await at(open).push('moving:1');
  await engine.pull(image, soon());
  expect(await engine.digest(image, soon())).not.toBe(digest);
  await deployed(deployer, pinned, stack);
  expect(await service()).toMatchObject({ image: pinned, template: before.template });
  await deployer.remove(stack, soon());
  for (const id of await imagesUnder('moving')) await engine.removeImage(id, soon());
}, 60_000);

describe('images that we pulled', { timeout: 60_000 }, () => {
  test('leave when they are over the budget, the longest unused first, and no others', async () => {
    const { engine } = at(lab);
    const house = budgetHouse();
    const image = (tag: string) => `${at(open).address}/budget:${tag}`;
    for (const tag of ['theirs', 'old', 'held', 'used', 'new'])
      await at(open).push(`budget:${tag}`, 1_000_000);
    await engine.pull(image('theirs'), soon());
    for (const tag of ['theirs', 'held', 'old', 'used', 'new']) {
      const run = house.begin();
      await house.pull(run, image(tag));
      if (tag !== 'held') house.end(run);
    }
    const container = await engine.createContainer(
      { name: corner.name('user'), image: image('used'), labels: corner.labels, command: ['/content'] },
      soon(),
    );
    const trimmed = (imageBudget: number) =>
      trimImages({ engine, images: house.images, registry: { ...ACCESS, imageBudget } }, soon());

    expect(await trimmed(10_000_000)).toEqual([]);
    expect(await trimmed(3_500_000)).toEqual([image('old')]);
    expect(await trimmed(0)).toEqual([image('new')]);
    for (const tag of ['theirs', 'held', 'used'])
      expect(await engine.hasImage(image(tag), soon())).toBe(true);
    for (const tag of ['old', 'new']) expect(await engine.hasImage(image(tag), soon())).toBe(false);

    await engine.removeContainer(container, soon());
    expect(await trimmed(0)).toEqual([image('used')]);
    await forgetting(image('theirs'));
    await forgetting(image('held'));
    expect(await trimmed(0)).toEqual([]);
    expect(house.images.pulled((await engine.info(soon())).id)).toEqual([]);
  });

  test('and are needed again become the youngest', async () => {
    const { engine } = at(lab);
    const house = budgetHouse();
    const image = (tag: string) => `${at(open).address}/again:${tag}`;
    for (const tag of ['one', 'two']) await at(open).push(`again:${tag}`, 1_000_000);
    for (const tag of ['one', 'two', 'one']) {
      const run = house.begin();
      await house.pull(run, image(tag));
      house.end(run);
    }
    const registry = { ...ACCESS, imageBudget: 1_500_000 };
    expect(await trimImages({ engine, images: house.images, registry }, soon())).toEqual([image('two')]);
    await forgetting(image('one'));
  });
});

const ACCESS: RegistryAccess = {
  ...{ logins: [], mirror: undefined, pullDeadline: 30_000, imageBudget: 0 },
};

async function troubleOf(image: string, access: Partial<RegistryAccess> = {}) {
  const house = budgetHouse();
  const troubles = await house.pull(house.begin(), image, access);
  return troubles.get(image);
}

/** Runs that need images, in a database of their own. */
function budgetHouse() {
  const db = openDatabase(join(temporaryDirectory(), 'seatrial.db'));
  onTestFinished(db.close);
  const runs = runStore(db, systemClock, createRedactor());
  const images = imageStore(db);
  const { engine } = at(lab);
  return {
    images,
    begin(): RunId {
      const id = newTestRun();
      const process = { pid: 1, started: '' };
      const request = localRequest(randomBytes(4).toString('hex'));
      runs.begin({ id, request, controller: 'c', process, at: 1 });
      return id;
    },
    end: (run: RunId) => runs.conclude(run, verdictOf([])),
    pull: (run: RunId, image: string, access: Partial<RegistryAccess> = {}) =>
      pullImages({
        ...{ run, engine, store: images, clock: systemClock, images: [image], signal: soon() },
        registry: { ...ACCESS, ...access },
        emit: (_: RunEvent) => undefined,
      }),
  };
}

async function deployed(deployer: Deployer, image: string, stack = stackName()): Promise<StackName> {
  const deploy = `{endpoint_mode: dnsrr, restart_policy: {condition: none}, placement: {constraints: ["node.id == ${at(lab).nodeId}"]}}`;
  const document = `version: "3.8"\nservices: {app: {image: "${image}", command: [/content], deploy: ${deploy}}}`;
  await deployer.deploy(deploymentOf(stack, document), soon());
  return stack;
}

function stackName(): StackName {
  return parseStackName(`test-${newTestRun()}`) ?? expect.fail('no stack name');
}

/** Ids of images of one of our repositories: what Swarm pulls has no tag, only a digest. */
async function imagesUnder(repository: string): Promise<string[]> {
  const prefixes = [open, guarded].map((registry) => `${at(registry).address}/${repository}`);
  const images = await at(lab).engine.images(soon());
  return images
    .filter(({ names }) => names.some((name) => prefixes.some((prefix) => name.startsWith(prefix))))
    .map(({ id }) => id);
}

async function forgetting(image: string): Promise<void> {
  await at(lab).engine.removeImage(image, soon());
}
