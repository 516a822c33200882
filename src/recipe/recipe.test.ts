import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { errorOf } from '../../test/support/errors.ts';
import { PATH, workTree } from '../../test/support/git.ts';
import { recipeOf } from '../../test/support/recipe.ts';
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
      { '.env.sample': 'no assignment', 'compose.yml': COMPOSE },
      'env-sample',
      '.env.sample',
    ],
  ])('has %s, which is told by file', async (_, files, code, file) => {
    const error = await errorOf(read(files));
    expect(error).toMatchObject({ kind: 'recipe', code });
    expect(error.message).toContain(file);
  });
});

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
