import { type Recipe, recipeFrom } from '../../src/recipe/recipe.ts';
import { parseCommitSha } from '../../src/shared/brand.ts';

/** A recipe of these files, as if they were a commit. */
export function recipeOf(files: Readonly<Record<string, string>>, name = 'sample'): Recipe {
  const sha = parseCommitSha('a'.repeat(40));
  if (sha === undefined) throw new Error('no commit id');
  return recipeFrom({
    ...{ name, sha, tree: '', leftOut: [] },
    files: Object.entries(files).map(([path, text]) => ({
      ...{ path, executable: false },
      content: Buffer.from(text),
    })),
  });
}
