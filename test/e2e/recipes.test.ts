import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildRecipe, type LabRecipe } from '../../lab/recipes/build-recipe.ts';
import { imagesOf, type RecipeName } from '../../lab/recipes/recipes.ts';
import type { Report } from '../../src/report/schema.ts';
import type { House } from '../../src/run/house.ts';
import type { RunId } from '../../src/shared/brand.ts';
import { newRunId } from '../../src/shared/ids.ts';
import type { StageName } from '../../src/trigger/request.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { conducted, houseIn, leftOf } from '../support/house.ts';
import { openTestLab, type TestLab } from '../support/lab.ts';
import { type Witnessed, witnessing } from '../support/witness.ts';

const NAMES: readonly RecipeName[] = ['reader', 'powerdns', 'webdis', 'mumble', 'noticeboard'];

let lab: TestLab | undefined;
const at = <T>(thing: T | undefined): T => thing ?? expect.fail('it is not there yet');
beforeAll(async () => {
  lab = await openTestLab(NAMES.flatMap((name) => imagesOf(name)));
}, 900_000);
afterAll(async () => lab?.close());

/** How somebody who uses the app would see that data is still there. */
const WITNESSES = {
  reader: {
    plant: `${miniflux('/categories')} | grep -q '"seatrial"' || ${miniflux('/categories')} -d '{"title":"seatrial"}'`,
    read: `${miniflux('/categories')} | grep -q '"seatrial"' && echo present || echo absent`,
  },
  powerdns: {
    plant: `${powerdns('/zones')} | grep -q '"seatrial.example."' || ${powerdns('/zones')} -d '{"name":"seatrial.example.","kind":"Native","nameservers":["ns.example."]}'`,
    read: `${powerdns('/zones')} | grep -q '"seatrial.example."' && echo present || echo absent`,
  },
  webdis: {
    plant: 'curl -fsS http://127.0.0.1:7379/SET/seatrial/present',
    read: 'curl -fsS http://127.0.0.1:7379/GET/seatrial',
  },
} satisfies Partial<Record<RecipeName, Witnessed>>;

describe('an app with a database keeps its data, and its backup gives it back, as the app itself sees it', () => {
  test.each(['reader', 'powerdns', 'webdis'] as const)('%s', async (name) => {
    const { house, recipe, directory } = await opened(name);
    const witness = witnessing(at(lab).engine, WITNESSES[name]);
    const { report, run } = await finished({ ...house, engine: witness.engine }, recipe, directory, []);
    expect(story(report)).toEqual(ALL_GOOD);
    // There through the upgrade, gone with the wipe, back with the restore.
    expect(witness.seen).toEqual([true, false, true]);
    expect(report.level).toMatchObject({ reached: 3 });
    expect(await leftOf(at(lab), run)).toEqual([]);
  });
});

function miniflux(path: string): string {
  return `curl -fsS -u "admin:$(cat /run/secrets/admin_pw)" http://127.0.0.1:8080/v1${path}`;
}

function powerdns(path: string): string {
  return `curl -fsS -H "X-API-Key: $(cat /run/secrets/api_key)" http://127.0.0.1:8081/api/v1/servers/localhost${path}`;
}

const ALL_GOOD = {
  outcome: 'success',
  cause: null,
  stages: ['install: success', 'upgrade: success', 'backup-restore: success', 'teardown: success'],
  residue: [],
};

/** The part of a report that says how it went. */
function story({ outcome, cause, stages, residue }: Report) {
  return { outcome, cause, stages: stages.map(({ stage, outcome }) => `${stage}: ${outcome}`), residue };
}

interface Opened {
  readonly house: House;
  readonly recipe: LabRecipe;
  readonly directory: string;
}

async function opened(name: RecipeName): Promise<Opened> {
  const directory = temporaryDirectory();
  const { environment, reference } = at(lab);
  const signal = AbortSignal.timeout(60_000);
  const options = { directory: join(directory, `${name}.git`), environment, reference, signal };
  return { house: houseIn(at(lab), directory), recipe: await buildRecipe(name, options), directory };
}

async function finished(
  house: House,
  recipe: LabRecipe,
  directory: string,
  only: readonly StageName[],
): Promise<{ report: Report; run: RunId }> {
  const run = newRunId(Date.now(), house.random);
  const { name, directory: source, head } = recipe;
  const report = await conducted({ ...{ house, recipe: name, source, head, only, directory, run } });
  return { report, run };
}
