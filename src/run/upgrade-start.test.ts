import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { errorOf } from '../../test/support/errors.ts';
import { PATH, type WorkTree, workTree } from '../../test/support/git.ts';
import { localRequest } from '../../test/support/requests.ts';
import { fetchRepository } from '../recipe/git.ts';
import type { CommitSha } from '../shared/brand.ts';
import { readSuite } from '../suite/suite.ts';
import { baseOf, type Start, startOf } from './upgrade-start.ts';

const signal = AbortSignal.timeout(60_000);

test('an upgrade starts from the newest release before the change', async () => {
  const tree = workTree();
  commit(tree, 'one', '1.0.0+1');
  const two = commit(tree, 'two', '1.1.0+1');
  const head = commit(tree, 'three');
  expect(await start(tree, head)).toEqual({ kind: 'release', release: { tag: '1.1.0+1', sha: two } });
});

test('a suite may name another release', async () => {
  const tree = workTree();
  const one = commit(tree, 'one', '1.0.0+1');
  commit(tree, 'two', '1.1.0+1');
  const head = commit(tree, 'three');
  expect(await start(tree, head, '1.0.0+1')).toEqual({
    kind: 'release',
    release: { tag: '1.0.0+1', sha: one },
  });
});

test('a head that equals the release that the suite names is told and not upgraded', async () => {
  const tree = workTree();
  commit(tree, 'one', '1.0.0+1');
  const head = commit(tree, 'two', '1.1.0+1');
  const told = await start(tree, head, '1.1.0+1');
  expect(told).toMatchObject({ kind: 'none', reason: expect.stringContaining('the head equals 1.1.0+1') });
});

test('a head that equals its base with no release before it is told as such', async () => {
  const tree = workTree();
  const head = commit(tree, 'one', '1.0.0+1');
  expect(await start(tree, head)).toMatchObject({
    kind: 'none',
    reason: 'the head equals its base, and there is no release before it',
  });
});

test("a release that is not there is the suite's fault", async () => {
  const tree = workTree();
  const head = commit(tree, 'one', '1.0.0+1');
  expect(await errorOf(start(tree, head, '9.9.9+9'))).toMatchObject({
    kind: 'input',
    code: 'unknown-release',
  });
});

test("a base that is not there is the request's fault", async () => {
  const tree = workTree();
  const head = commit(tree, 'one');
  const request = { ...localRequest('1'), head, base: 'no-such-branch' };
  expect(await errorOf(baseOf(await fetched(tree), request, signal))).toMatchObject({ code: 'unknown-base' });
});

function commit(tree: WorkTree, text: string, tag?: string): CommitSha {
  tree.write('compose.yml', text);
  return tree.commit(text, tag);
}

async function start(tree: WorkTree, head: CommitSha, from?: string): Promise<Start> {
  const repository = await fetched(tree);
  const suite = await readSuite(temporaryDirectory(), 'sample');
  const wanted = from === undefined ? suite : { ...suite, upgrade: { from } };
  return await startOf({
    repository,
    request: { ...localRequest('1'), head },
    base: head,
    suite: wanted,
    signal,
  });
}

async function fetched(tree: WorkTree) {
  const directory = join(temporaryDirectory(), 'private');
  return await fetchRepository({
    source: tree.directory,
    directory,
    path: PATH,
    commits: [],
    refs: [],
    signal,
  });
}
