import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { errorOf } from '../../test/support/errors.ts';
import { PATH, type WorkTree, workTree } from '../../test/support/git.ts';
import { localRequest } from '../../test/support/requests.ts';
import { DEFAULT_POLICY } from '../config/policy.ts';
import type { AppRole } from '../plan/plan.ts';
import { type CommitSha, parseRunId } from '../shared/brand.ts';
import { refusedBy } from '../stack/policy/refusal.ts';
import { prepare, type Rendered, renderApp } from './prepare.ts';

const signal = AbortSignal.timeout(60_000);
const HARMLESS = 'services: {app: {image: "x:1"}}\n';
const PRIVILEGED = 'services: {app: {image: "x:1", privileged: true}}\n';

test('a release before the change that is refused is an error and not the change’s fault', async () => {
  const { tree, head } = changed(PRIVILEGED, HARMLESS);
  const error = await errorOf(rendered(tree, head, 'live'));
  expect(error).toMatchObject({ kind: 'environment', code: 'previous-release-refused' });
  expect(error.message).toContain('The previous release is refused, so the upgrade cannot be tried: ');
  expect(error.message).toContain('privileged');
  expect(refusedBy(error)).toBeUndefined();
});

test('a change that is refused as well is what is refused', async () => {
  const { tree, head } = changed(PRIVILEGED, `${PRIVILEGED}x-more: 1\n`);
  const error = await errorOf(rendered(tree, head, 'live'));
  expect(error).toMatchObject({ kind: 'recipe', code: 'power-key' });
  expect(refusedBy(error)).toBe(29);
});

test('an app that is installed new has nothing to do with the release before', async () => {
  const { tree, head } = changed(PRIVILEGED, HARMLESS);
  const { previous, head: stack } = await rendered(tree, head, 'fresh');
  expect(previous).toBeUndefined();
  expect(stack.place.sha).toBe(head);
});

/** A release on `main` and a change to it. */
function changed(before: string, after: string): { readonly tree: WorkTree; readonly head: CommitSha } {
  const tree = workTree();
  tree.write('.env.sample', 'TYPE=sample\nDOMAIN=sample.example.com\n');
  tree.write('compose.yml', before);
  tree.commit('released', '1.0.0+1.0.0');
  tree.git('checkout', '--quiet', '-b', 'change');
  tree.write('compose.yml', after);
  return { tree, head: tree.commit('a change') };
}

async function rendered(tree: WorkTree, head: CommitSha, role: AppRole): Promise<Rendered> {
  const directory = temporaryDirectory();
  const suites = join(directory, 'suites');
  mkdirSync(suites);
  const settings = {
    ...{
      controller: 'tests',
      baseDomain: 'seatrial.test',
      maxTests: 2,
      runDeadline: 1,
      admissionDeadline: 1,
    },
    ...{ suites, work: join(directory, 'work'), policy: DEFAULT_POLICY, path: PATH },
  };
  const run = parseRunId('00zohv67h') ?? expect.fail('no run');
  const request = { ...localRequest('one'), recipe: 'sample', source: tree.directory, head };
  const prepared = await prepare({ run, request, house: { settings }, signal });
  const app = prepared.plan.paths.find((path) => path.app.role === role)?.app ?? expect.fail('no such app');
  const deployer = { config: async () => HARMLESS };
  const router = { network: undefined, prepare: () => expect.fail('no router is needed') };
  return await renderApp(
    {
      ...{ prepared, house: { settings, router, deployer }, key: new Uint8Array(32), trust: undefined },
      ...{ expires: 1, nodeId: 'node', ipvs: true, signal },
    },
    app,
  );
}
