import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildRecipe } from '../../lab/recipes/build-recipe.ts';
import { imagesOf, type RecipeName } from '../../lab/recipes/recipes.ts';
import { createDirectRouter } from '../../src/adapters/direct/router.ts';
import type { House } from '../../src/run/house.ts';
import { newRunId } from '../../src/shared/ids.ts';
import type { StageName } from '../../src/trigger/request.ts';
import { openTraefikWorld } from '../conformance/router-traefik.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { conducted, customHtmlIn, houseIn, leftOf } from '../support/house.ts';
import { openTestLab, type TestLab } from '../support/lab.ts';

const NAMES: readonly RecipeName[] = ['powerdns', 'webdis', 'noticeboard'];

let lab: TestLab | undefined;
const at = <T>(thing: T | undefined): T => thing ?? expect.fail('it is not there yet');
beforeAll(async () => {
  lab = await openTestLab([...NAMES, 'reader' as const, 'mumble' as const].flatMap((name) => imagesOf(name)));
}, 900_000);
afterAll(async () => lab?.close());

describe('without a router, the apps are asked on their node', () => {
  test('a static site, through all stages', async () => {
    const { house, directory } = opened();
    const { main } = await customHtmlIn(at(lab), directory);
    const source = join(directory, 'custom-html.git');
    await succeeds({ ...house, router: direct() }, { name: 'custom-html', source, head: main, directory });
  });

  test.each(NAMES)('%s installs and answers', async (name) => {
    await tried(name, () => ({ router: direct() }), ['install']);
  });

  test('an app with a database, through all stages', async () => {
    await tried('reader', () => ({ router: direct() }), []);
  });

  test('what is not HTTP goes through all stages', async () => {
    await tried('mumble', (house) => ({ router: direct(), settings: lenient(house.settings) }), []);
  });

  function direct() {
    return createDirectRouter(at(lab).engine);
  }
});

describe('through an operator’s own Traefik, whose network and certificate are used as they are', () => {
  const controller = `tests-${randomBytes(4).toString('hex')}`;
  let world: Awaited<ReturnType<typeof openTraefikWorld>> | undefined;
  beforeAll(async () => {
    world = await openTraefikWorld({
      constraint: `Label(\`seatrial.controller\`, \`${controller}\`)`,
      network: 'proxy',
    });
  }, 300_000);
  afterAll(async () => world?.close());

  const parts = (house: House) => {
    const { router, baseDomain } = at(world);
    return { router, settings: { ...house.settings, controller, baseDomain } };
  };

  test('a static site, through all stages', async () => {
    const { house, directory } = opened();
    const { main } = await customHtmlIn(at(lab), directory);
    const source = join(directory, 'custom-html.git');
    await succeeds({ ...house, ...parts(house) }, { name: 'custom-html', source, head: main, directory });
  });

  test.each(NAMES)('%s installs and answers', async (name) => {
    await tried(name, parts, ['install']);
  });

  test('an app with a database, through all stages', async () => {
    await tried('reader', parts, []);
  });

  test('what is not HTTP goes through all stages', async () => {
    await tried('mumble', (house) => parts({ ...house, settings: lenient(house.settings) }), []);
  });
});

/** The lab's operator allows Mumble its ports. */
function lenient(settings: House['settings']): House['settings'] {
  const directory = join(import.meta.dirname, '..', '..', 'lab', 'policies');
  return { ...settings, policy: { ...settings.policy, directory } };
}

function opened() {
  const directory = temporaryDirectory();
  return { directory, house: houseIn(at(lab), directory) };
}

async function tried(
  name: RecipeName,
  parts: (house: House) => Partial<House>,
  only: readonly StageName[],
): Promise<void> {
  const { house, directory } = opened();
  const { environment, reference } = at(lab);
  const signal = AbortSignal.timeout(60_000);
  const source = join(directory, `${name}.git`);
  const { head } = await buildRecipe(name, { directory: source, environment, reference, signal });
  await succeeds({ ...house, ...parts(house) }, { ...{ name, source, head, directory }, only });
}

interface Tried {
  readonly name: string;
  readonly source: string;
  readonly head: Parameters<typeof conducted>[0]['head'];
  readonly directory: string;
  readonly only?: readonly StageName[];
}

async function succeeds(house: House, { name, only = [], ...rest }: Tried): Promise<void> {
  const run = newRunId(Date.now(), house.random);
  const report = await conducted({ ...rest, ...{ house, recipe: name, only, run } });
  expect(report).toMatchObject({ outcome: 'success', cause: null, residue: [] });
  const [install] = report.stages;
  const answers = name === 'mumble' ? 'skipped' : 'pass';
  expect(install?.checks.find(({ id }) => id === 'answers')).toMatchObject({ outcome: answers });
  expect(await leftOf(at(lab), run)).toEqual([]);
}
