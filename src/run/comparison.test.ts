import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { PATH, type WorkTree, workTree } from '../../test/support/git.ts';
import { changed, GOOD, type Tree } from '../recipe/findings/testing/good-recipe.ts';
import { fetchRepository } from '../recipe/git.ts';
import type { CommitSha } from '../shared/brand.ts';
import { STRICT } from '../stack/policy/policy.ts';
import { type Looked, lookAt } from './comparison.ts';

const signal = AbortSignal.timeout(60_000);
const CONTENT_CHANGED = changed(GOOD, ['settings.conf.tmpl', 'password', 'pass']);

test('a change is compared with the commit where it branched off, not with what its base has become', async () => {
  const tree = workTree();
  const from = commit(tree, GOOD, '1.3.0+2.4.0');
  tree.git('checkout', '--quiet', '-b', 'change');
  const head = commit(tree, CONTENT_CHANGED);
  tree.git('checkout', '--quiet', 'main');
  const base = commit(tree, changed(GOOD, ['db_hook.sh', 'set -euo', 'set -xeuo']));
  const looked = await look(tree, head, base);
  expect(looked.against).toEqual({ kind: 'base', name: from.slice(0, 10), sha: from });
  expect(codes(looked)).toEqual(['B25', 'B80']);
});

test('a head that is its own base is compared with the release before it', async () => {
  const tree = workTree();
  const release = commit(tree, GOOD, '1.3.0+2.4.0');
  const head = commit(tree, CONTENT_CHANGED);
  const looked = await look(tree, head, head);
  expect(looked.against).toEqual({ kind: 'release', name: '1.3.0+2.4.0', sha: release });
  expect(codes(looked)).toContain('B25');
});

test('the first commit of all is compared with nothing', async () => {
  const tree = workTree();
  const head = commit(tree, GOOD);
  expect(await look(tree, head, head)).toEqual({ against: undefined, findings: [], refusals: [] });
});

test('what the policy refuses is told with whether the change is the first to ask for it', async () => {
  const tree = workTree();
  const socket = '- /var/run/docker.sock:/var/run/docker.sock';
  const asking = changed(GOOD, ['compose.yml', '- books:/books', `- books:/books\n      ${socket}`]);
  const base = commit(tree, GOOD);
  const head = commit(tree, asking);
  const later = commit(tree, changed(asking, ['settings.conf.tmpl', 'password', 'pass']));
  const refusal = { code: 'docker-socket', approvable: false, service: 'app', file: 'compose.yml' };
  expect((await look(tree, head, base)).refusals).toMatchObject([{ ...refusal, added: true }]);
  expect((await look(tree, later, head)).refusals).toMatchObject([{ ...refusal, added: false }]);
});

test('a head that is no recipe is a finding with its file and line', async () => {
  const tree = workTree();
  const base = commit(tree, GOOD);
  const head = commit(tree, changed(GOOD, ['compose.yml', 'services:', 'services: [']));
  expect((await look(tree, head, base)).findings).toMatchObject([
    { code: 'not-yaml', severity: 'error', file: 'compose.yml', line: expect.any(Number) },
  ]);
});

test('a base that is no recipe leaves what can be known of the head alone', async () => {
  const tree = workTree();
  const base = commit(tree, { 'README.md': 'to come' });
  const head = commit(tree, changed(GOOD, ['abra.sh', 'export START_VERSION=v1\n', '']));
  expect(codes(await look(tree, head, base))).toEqual(['B26']);
});

function commit(tree: WorkTree, files: Tree, tag?: string): CommitSha {
  for (const [path, text] of Object.entries(files)) tree.write(path, text);
  return tree.commit('recipe', tag);
}

async function look(tree: WorkTree, head: CommitSha, base: CommitSha): Promise<Looked> {
  const directory = join(temporaryDirectory(), 'private');
  const place = { source: tree.directory, directory, path: PATH, commits: [], refs: [], signal };
  return await lookAt({
    repository: await fetchRepository(place),
    recipe: 'shelf',
    head,
    base,
    policy: STRICT,
    signal,
  });
}

function codes({ findings }: Looked): string[] {
  return findings.map(({ code }) => code);
}
