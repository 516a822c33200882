import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Change } from '../../lab/custom-html/changes.ts';
import { addChange } from '../../lab/custom-html/custom-html.ts';
import { replace } from '../../lab/custom-html/recipe-files.ts';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { Report } from '../../src/report/schema.ts';
import type { House } from '../../src/run/house.ts';
import type { RunId } from '../../src/shared/brand.ts';
import { newRunId } from '../../src/shared/ids.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { conducted, customHtmlIn, houseIn, leftOf } from '../support/house.ts';
import { openTestLab, type TestLab } from '../support/lab.ts';

let lab: TestLab | undefined;
const at = <T>(thing: T | undefined): T => thing ?? expect.fail('it is not there yet');
beforeAll(async () => {
  lab = await openTestLab();
});
afterAll(async () => lab?.close());

const MOUNT = '      - /etc/hostname:/node-name:ro\n';
const BIND: Change = {
  ...{ branch: 'bind', title: 'Show the name of the node', body: '' },
  edit: (main) => replace(main, 'compose.yml', '      - content:/usr', `${MOUNT}      - content:/usr`),
};
const BOMB: Change = {
  ...{ branch: 'bomb', title: 'Begin twice', body: '' },
  edit: (main) => replace(main, 'compose.yml', 'services:\n', 'x-a: &a [*a]\nservices:\n'),
};

test('a change that asks for the host is refused before anything is deployed, by file and line', async () => {
  const { report, run, deployed } = await tried(BIND, '');
  expect(report).toMatchObject({
    ...{ outcome: 'refused', stage: 'install', level: { reached: 0, name: 'Sunk' }, residue: [] },
    cause: { code: 'bind-mount', where: { file: 'compose.yml', line: expect.any(Number) } },
  });
  expect(report.cause?.sentence).toBe(
    'Service app mounts `/etc/hostname` of the host to read it. This pull request adds it.',
  );
  expect(report.cause?.evidence.join('\n')).toContain(
    'feature `bind-mount:/etc/hostname:ro` of service app, requirement 27; an operator may allow it',
  );
  expect(report.refusals).toMatchObject([
    { feature: 'bind-mount:/etc/hostname:ro', service: 'app', approvable: true, added: true },
  ]);
  expect(report.troubles).toEqual([]);
  expect(deployed).toEqual([]);
  expect(await leftOf(at(lab), run)).toEqual([]);
});

test('the same change is tested where the operator allows it', async () => {
  const { report, run, deployed } = await tried(
    BIND,
    '[[allow]]\nfeature = "bind-mount:/etc/hostname:ro"\nservice = "app"\nreason = "the page shows it"\n',
  );
  expect(report.cause).toBeNull();
  expect(report.outcome).toBe('success');
  expect(deployed).toHaveLength(1);
  expect(report.adjustments.map(({ what }) => what)).toContain(
    'at most 2 CPUs, 2048 MiB of memory and 2048 processes',
  );
  expect(await leftOf(at(lab), run)).toEqual([]);
});

test('a file that is an attack on its reader is refused, not failed', async () => {
  const { report, deployed } = await tried(BOMB, '');
  expect(report).toMatchObject({
    outcome: 'refused',
    level: { reached: 0 },
    cause: { code: 'yaml-too-deep' },
  });
  expect(deployed).toEqual([]);
});

async function tried(
  change: Change,
  approvals: string,
): Promise<{ readonly report: Report; readonly run: RunId; readonly deployed: readonly string[] }> {
  const directory = temporaryDirectory();
  const policies = join(directory, 'policies');
  mkdirSync(policies);
  writeFileSync(join(policies, 'custom-html.toml'), approvals);
  const { images, environment } = at(lab);
  const own = houseIn(at(lab), directory);
  const deployed: string[] = [];
  const house: House = {
    ...own,
    settings: { ...own.settings, policy: { ...DEFAULT_POLICY, directory: policies } },
    deployer: {
      ...own.deployer,
      async deploy(deployment, signal) {
        deployed.push(deployment.stack);
        await own.deployer.deploy(deployment, signal);
      },
    },
  };
  const recipe = await customHtmlIn(at(lab), directory);
  const signal = AbortSignal.timeout(30_000);
  const { head } = await addChange({ directory: recipe.directory, images, environment, signal }, change);
  const run = newRunId(Date.now(), house.random);
  const report = await conducted({
    house,
    source: recipe.directory,
    head,
    only: ['install'],
    directory,
    run,
  });
  return { report, run, deployed };
}
