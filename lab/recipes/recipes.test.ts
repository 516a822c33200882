import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runOrThrow } from '../../src/shared/process.ts';
import { localReference } from '../images/definitions.ts';
import { type TestContext, testContext } from '../testing/context.ts';
import { buildRecipe, type LabRecipe, type RecipeOptions } from './build-recipe.ts';
import { imagesOf, RECIPES, type RecipeName } from './recipes.ts';

describe.each(Object.keys(RECIPES) as RecipeName[])('the recipe %s', (name) => {
  let context: TestContext;
  let options: RecipeOptions;
  let recipe: LabRecipe;
  beforeAll(async () => {
    context = await testContext();
    options = { ...context, reference: localReference, directory: join(context.directory, 'recipe.git') };
    recipe = await buildRecipe(name, options);
  });
  afterAll(() => context.remove());

  const git = async (...args: string[]) => {
    const env = { PATH: context.environment.path };
    const call = { cwd: recipe.directory, env, signal: context.signal, name: 'git', deadline: 20_000 };
    return (await runOrThrow('git', args, call)).stdout.trim();
  };
  const { releases, head } = RECIPES[name];
  const steps = [...releases, head];
  const [, newer] = releases;
  const commitOf = (step: (typeof steps)[number]) => (step === head ? 'change' : step.version);

  test('has two releases with annotated tags, and a change that starts from the newer one', async () => {
    for (const { version } of releases) expect(await git('cat-file', '-t', version)).toBe('tag');
    expect(await git('rev-parse', `${newer.version}^{commit}`)).toBe(recipe.main);
    expect(await git('rev-parse', 'change^')).toBe(recipe.main);
    expect(await git('rev-parse', 'change')).toBe(recipe.head);
  });

  test('has the same commit ids wherever it is built', async () => {
    const again = await buildRecipe(name, { ...options, directory: join(context.directory, 'again.git') });
    expect({ ...again, directory: '' }).toEqual({ ...recipe, directory: '' });
  });

  test('carries at each commit its version, its release note and its images, and no name that stands for one', async () => {
    for (const step of steps) {
      const compose = await git('show', `${commitOf(step)}:compose.yml`);
      expect(compose).toContain(`.version=${step.version}"`);
      expect(await git('show', `${commitOf(step)}:release/${step.version}`)).toBe(step.note);
      for (const image of Object.values(step.images))
        expect(compose).toContain(`image: ${localReference(image)}\n`);
      const left = await git('grep', '-lE', '__[A-Z_]+__', commitOf(step)).catch(() => '');
      expect(left).toBe('');
    }
    expect(imagesOf(name)).toEqual(expect.arrayContaining(Object.values(head.images)));
  });

  test('raises the version of each config whose file changes', async () => {
    for (const [before, after] of [[releases[0], newer] as const, [newer, head] as const]) {
      const changed = await git('diff', '--name-only', commitOf(before), commitOf(after));
      const configs = changed.split('\n').filter((path) => /\.(tmpl|sh)$/.test(path) && path !== 'abra.sh');
      expect(changed.split('\n').includes('abra.sh')).toBe(configs.length > 0);
    }
  });
});
