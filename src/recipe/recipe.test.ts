import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { errorOf } from '../../test/support/errors.ts';
import { PATH, type WorkTree, workTree } from '../../test/support/git.ts';
import { recipeOf } from '../../test/support/recipe.ts';
import { parseCommitSha } from '../shared/brand.ts';
import { fetchRepository } from './git.ts';
import { type Recipe, readRecipe, withCompose } from './recipe.ts';

const signal = AbortSignal.timeout(60_000);
const COMPOSE = `services:
  app:
    image: nginx
    deploy:
      labels:
        - "coop-cloud.\${STACK_NAME}.chaos-version=1"
        - "coop-cloud.\${STACK_NAME}.version=1.2.0+1.25"
`;

describe('a recipe at one commit', () => {
  test('has its compose files in the order of COMPOSE_FILE, and exports that win over the sample', async () => {
    const recipe = await read({
      '.env.sample': 'X_VERSION=v1\nCOMPOSE_FILE=compose.yml\nCOMPOSE_FILE=$COMPOSE_FILE:compose.more.yml\n',
      'abra.sh': 'export X_VERSION=v2\n',
      'compose.yml': COMPOSE,
      'compose.more.yml': 'services:\n  db:\n    image: postgres\n',
      'compose.off.yml': 'not: [even yaml',
    });
    expect(recipe.compose.map(({ path }) => path)).toEqual(['compose.yml', 'compose.more.yml']);
    expect(recipe.env).toMatchObject({ X_VERSION: 'v2' });
    expect(recipe.version).toBe('1.2.0+1.25');
    expect(recipe.files).toHaveLength(5);
  });

  test('needs nothing but a compose.yml', async () => {
    const recipe = await read({ 'compose.yml': 'services:\n  app:\n    image: nginx\n' });
    expect(recipe).toMatchObject({ env: {}, version: undefined });
  });

  test('can have other compose files switched on, and all that follows from them follows', () => {
    const recipe = recipeOf({
      'compose.yml': COMPOSE,
      'compose.db.yml': 'services:\n  db:\n    image: postgres:16\n',
    });
    expect(recipe.databases).toEqual([]);
    const more = withCompose(recipe, [...recipe.compose, ...recipe.inactive], []);
    expect(more.services.map(({ name }) => name)).toEqual(['app', 'db']);
    expect(more.databases).toMatchObject([{ service: 'db', kind: 'postgres', major: 16 }]);
    expect(more.version).toBe('1.2.0+1.25');
  });

  test('two commits with the same files have the same tree', async () => {
    const tree = workTree();
    tree.write('compose.yml', COMPOSE);
    const one = tree.commit('one');
    const two = tree.commit('two');
    tree.write('compose.yml', `${COMPOSE}# changed\n`);
    const three = tree.commit('three');
    const repository = await fetchRepository({ ...place(), source: tree.directory });
    const trees = await Promise.all([one, two, three].map((sha) => repository.treeOf(sha, signal)));
    expect(trees[0]).toBe(trees[1]);
    expect(trees[2]).not.toBe(trees[0]);
  });
});

describe('what is no recipe', () => {
  test.each([
    ['no compose file', { 'README.md': 'hello' }, 'not-a-recipe', 'compose.yml'],
    [
      'a compose file that is named and not there (B39)',
      { '.env.sample': 'COMPOSE_FILE=compose.old.yml', 'compose.yml': COMPOSE },
      'B39',
      'compose.old.yml',
    ],
    ['no services', { 'compose.yml': 'version: "3.8"\n' }, 'not-compose', 'compose.yml'],
    [
      'a broken overlay',
      { '.env.sample': 'COMPOSE_FILE=compose.yml:o.yml', 'compose.yml': COMPOSE, 'o.yml': 'a: [' },
      'not-yaml',
      'o.yml',
    ],
    [
      'a broken sample',
      { '.env.sample': 'no assignment\n', 'compose.yml': COMPOSE },
      'env-sample',
      '.env.sample',
    ],
  ])('has %s, which is told by file', async (_, files, code, file) => {
    const error = await errorOf(read(files));
    expect(error).toMatchObject({ kind: 'recipe', code });
    expect(error.message).toContain(file);
  });
});

describe('a file that a recipe needs and that is none of its own', () => {
  const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n';
  const WITH_CONFIG = `${COMPOSE}    configs: [conf]
    env_file: [settings.env]
configs:
  conf:
    file: ./conf/app.conf
`;

  test.each([
    ['compose.yml', '/etc/passwd', 'compose.yml', undefined],
    ['compose.yml', '../compose.yml', 'compose.yml', undefined],
    ['.env.sample', '.git/config', '.env.sample', undefined],
    ['abra.sh', 'missing', 'abra.sh', undefined],
    ['conf/app.conf', '/etc/shadow', 'compose.yml', 12],
    ['settings.env', '../../secrets', 'compose.yml', 9],
  ])(
    'is a link: %s -> %s, which is told by both names and where it is needed',
    async (path, target, file, line) => {
      const files = { 'compose.yml': WITH_CONFIG, 'conf/app.conf': 'x', 'settings.env': 'x' };
      const error = await errorOf(
        readTree((tree) => {
          for (const [name, text] of Object.entries(files)) if (name !== path) tree.write(name, text);
          tree.link(path, target);
        }),
      );
      expect(error).toMatchObject({
        ...{ kind: 'recipe', code: 'link-refused' },
        facts: { path, target, file, line },
      });
      expect(error.message).toContain(target);
    },
  );

  test('is a link behind COMPOSE_FILE, with the line that names it', async () => {
    const error = await errorOf(
      readTree((tree) => {
        tree.write('compose.yml', COMPOSE);
        tree.write('.env.sample', 'A=b\nCOMPOSE_FILE=compose.yml:compose.x.yml\n');
        tree.link('compose.x.yml', '/etc/x.yml');
      }),
    );
    expect(error).toMatchObject({ code: 'link-refused', facts: { file: '.env.sample', line: 2 } });
  });

  test('lies in a submodule', async () => {
    const error = await errorOf(
      readTree((tree) => {
        tree.write('compose.yml', WITH_CONFIG);
        tree.write('settings.env', 'x');
      }, 'conf'),
    );
    expect(error).toMatchObject({ code: 'submodule-refused', facts: { path: 'conf/app.conf', line: 12 } });
  });

  test.each(['compose.yml', '.env.sample', 'abra.sh', 'conf/app.conf'])(
    'is a pointer of Git LFS instead of %s',
    async (path) => {
      const files = { 'compose.yml': WITH_CONFIG, 'conf/app.conf': 'x', [path]: POINTER };
      const error = await errorOf(read(files));
      expect(error).toMatchObject({ kind: 'recipe', code: 'lfs-pointer', facts: { path } });
    },
  );

  test('has a name that no text can hold', async () => {
    const error = await errorOf(
      read({ '.env.sample': 'COMPOSE_FILE="compose\t.yml"\n', 'compose\t.yml': COMPOSE }),
    );
    expect(error).toMatchObject({ kind: 'recipe' });
  });
});

describe('what nothing needs', () => {
  test('is left out with a note, and the recipe is read all the same', async () => {
    const recipe = await readTree((tree) => {
      tree.write('compose.yml', COMPOSE);
      tree.write('picture.png', 'version https://git-lfs.github.com/spec/v1\n');
      tree.link('notes', '/var/notes');
      tree.link('compose.oidc.yml', 'compose.yml');
      tree.write('tab\tname', 'x');
    }, 'module');
    expect(recipe.findings.map(({ code, severity, file }) => [code, severity, file])).toEqual([
      ['link-ignored', 'note', 'notes'],
      ['submodule-ignored', 'note', 'module'],
      ['file-name', 'note', 'tab name'],
    ]);
    expect(recipe.findings[0]?.sentence).toContain('/var/notes');
    expect(recipe.inactive.map(({ path }) => path)).toEqual(['compose.oidc.yml']);
  });

  test('may collide with something else on machines that know no case', async () => {
    const recipe = await read({
      'compose.yml': COMPOSE,
      'Compose.yml': COMPOSE,
      'caf\u00e9': '',
      'cafe\u0301': '',
    });
    expect(recipe.findings.map(({ code, file }) => [code, file])).toEqual([
      ['case-collision', 'caf\u00e9'],
      ['case-collision', 'compose.yml'],
    ]);
  });
});

test('overlays may lie in sub-folders', async () => {
  const recipe = await read({
    '.env.sample': 'COMPOSE_FILE="./compose.yml"\nCOMPOSE_FILE="$COMPOSE_FILE:overlays/compose.db.yml"\n',
    'compose.yml': COMPOSE,
    'overlays/compose.db.yml': 'services:\n  db:\n    image: postgres:16\n',
    'overlays/compose.off.yml': 'services:\n  off:\n    image: x\n',
  });
  expect(recipe.compose.map(({ path }) => path)).toEqual(['compose.yml', 'overlays/compose.db.yml']);
  expect(recipe.inactive.map(({ path }) => path)).toEqual(['overlays/compose.off.yml']);
  expect(recipe.services.map(({ name }) => name)).toEqual(['app', 'db']);
});

/** A recipe of whatever is prepared in a work tree, and of a submodule. */
async function readTree(prepare: (tree: WorkTree) => void, submodule?: string): Promise<Recipe> {
  const tree = workTree();
  prepare(tree);
  tree.git('add', '--all');
  const any = 'a'.repeat(40);
  if (submodule !== undefined) tree.git('update-index', '--add', '--cacheinfo', `160000,${any},${submodule}`);
  tree.git('commit', '--quiet', '--message', 'recipe');
  const sha = parseCommitSha(tree.git('rev-parse', 'HEAD'));
  if (sha === undefined) throw new Error('no head');
  const repository = await fetchRepository({ ...place(), source: tree.directory });
  return await readRecipe(repository, 'sample', sha, signal);
}

async function read(files: Readonly<Record<string, string>>): Promise<Recipe> {
  const tree = workTree();
  for (const [path, text] of Object.entries(files)) tree.write(path, text);
  const sha = tree.commit('recipe');
  const repository = await fetchRepository({ ...place(), source: tree.directory });
  return await readRecipe(repository, 'sample', sha, signal);
}

function place() {
  return { directory: join(temporaryDirectory(), 'private'), path: PATH, commits: [], refs: [], signal };
}
