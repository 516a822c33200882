import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildRecipe, type LabRecipe } from '../../lab/recipes/build-recipe.ts';
import { imagesOf, type RecipeName } from '../../lab/recipes/recipes.ts';
import type { Engine } from '../../src/ports/engine.ts';
import type { Report } from '../../src/report/schema.ts';
import type { House } from '../../src/run/house.ts';
import type { RunId } from '../../src/shared/brand.ts';
import { newRunId } from '../../src/shared/ids.ts';
import type { StageName } from '../../src/trigger/request.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { conducted, houseIn, leftOf } from '../support/house.ts';
import { openTestLab, type TestLab } from '../support/lab.ts';
import { exchangeVersions, type MumbleVersion } from '../support/mumble.ts';
import { isSeed, type Witnessed, witnessing } from '../support/witness.ts';

const NAMES: readonly RecipeName[] = ['reader', 'powerdns', 'webdis', 'mumble', 'noticeboard'];

let lab: TestLab | undefined;
const at = <T>(thing: T | undefined): T => thing ?? expect.fail('it is not there yet');
beforeAll(async () => {
  lab = await openTestLab(NAMES.flatMap((name) => imagesOf(name)));
}, 900_000);
afterAll(async () => lab?.close());

const NOTICES = '/usr/share/nginx/html';

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
  noticeboard: {
    plant: `mkdir -p ${NOTICES}/members && echo hello >${NOTICES}/members/notice.txt`,
    read: `${members('--header "X-Board-Token: $(cat /run/secrets/board_token)"')} | grep -q hello && echo present || echo absent`,
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

test('a recipe with overlays, secrets of all kinds, templates, a job and a service that is off', async () => {
  const { house, recipe, directory } = await opened('noticeboard');
  const witness = witnessing(at(lab).engine, WITNESSES.noticeboard);
  const found: string[] = [];
  const engine: Engine = {
    ...witness.engine,
    async putFiles(container, target, files, signal) {
      if (isSeed(files)) {
        const { stdout } = await at(lab).engine.exec(container, ['bash', '-c', LOOK_AT_BOARD], signal);
        found.push(...stdout.split('\n').filter((line) => line !== ''));
      }
      await witness.engine.putFiles(container, target, files, signal);
    },
  };
  const { report, run } = await finished({ ...house, engine }, recipe, directory, []);
  expect(story(report)).toEqual(ALL_GOOD);
  expect(witness.seen).toEqual([true, false, true]);
  expect(new Set(found)).toEqual(
    new Set([
      'link key: 64 characters, 0 beyond hex',
      'salt: 24 characters',
      'token: token-of-the-newsroom',
      'without token: 403',
      'title: Notices of the house',
      'first notice: Pin your notices here.',
      'after the deployment: noticeboard',
    ]),
  );
  expect(report.level).toMatchObject({ reached: 3 });
  expect(await leftOf(at(lab), run)).toEqual([]);
});

/** What the recipe's secrets, templates and job came to, looked at from inside the app. */
const LOOK_AT_BOARD = `cd /run/secrets
echo "link key: $(wc -c <link_key) characters, $(tr -d 0-9a-f <link_key | wc -c) beyond hex"
echo "salt: $(wc -c <salt) characters"
echo "token: $(cat board_token)"
echo "without token: $(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1/members/)"
echo "title: $(curl -s -o /dev/null -D - http://127.0.0.1/ | tr -d '\\r' | sed -n 's/^X-Board-Title: //p')"
echo "first notice: $(curl -s http://127.0.0.1/welcome.txt)"
echo "after the deployment: $(curl -s http://127.0.0.1/deployed.txt)"`;

describe('a service that is not HTTP and takes a port of its node', () => {
  test('is refused where nobody has allowed it', async () => {
    const { house, recipe, directory } = await opened('mumble');
    const { report, run } = await finished(house, recipe, directory, ['install']);
    expect(report).toMatchObject({ outcome: 'refused', cause: { code: 'published-port' } });
    expect(await leftOf(at(lab), run)).toEqual([]);
  });

  test('goes through a whole run where the operator has, and speaks its protocol', async () => {
    const { house, recipe, directory } = await opened('mumble');
    const heard: MumbleVersion[] = [];
    const engine: Engine = {
      ...house.engine,
      async exec(container, command, signal) {
        if (command.join(' ').includes('sqlite_backup')) heard.push(await exchangeVersions(64738));
        return await house.engine.exec(container, command, signal);
      },
    };
    const policy = { ...house.settings.policy, directory: POLICIES };
    const settings = { ...house.settings, policy };
    const { report, run } = await finished({ ...house, engine, settings }, recipe, directory, []);
    expect(story(report)).toEqual(ALL_GOOD);
    expect(heard).toEqual([
      expect.objectContaining({ version: '1.3.4' }),
      expect.objectContaining({ version: '1.3.4' }),
    ]);
    expect(report.level).toMatchObject({ reached: 3 });
    expect(await leftOf(at(lab), run)).toEqual([]);
  });
});

const POLICIES = join(import.meta.dirname, '..', '..', 'lab', 'policies');

function members(option: string): string {
  return `curl -fsS ${option} http://127.0.0.1/members/notice.txt`;
}

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
