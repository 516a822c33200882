import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A recipe's files: text by path from its root. */
export type RecipeFiles = ReadonlyMap<string, string>;

/** A recipe's sources as they lie in a directory, with names such as `__IMAGE__` and `__VERSION__` still in them. */
export async function readTemplate(root: string): Promise<RecipeFiles> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const texts = paths.map(
    async (path) => [path.slice(root.length + 1), await readFile(path, 'utf8')] as const,
  );
  return new Map(await Promise.all(texts));
}

/** Puts the image and the version of one release in. */
export function fill(template: RecipeFiles, image: string, version: string): RecipeFiles {
  return replace(replace(template, 'compose.yml', '__IMAGE__', image), 'compose.yml', '__VERSION__', version);
}

/** Replaces a text that stands in the file exactly once; an edit that would change nothing, or too much, throws. */
export function replace(files: RecipeFiles, path: string, from: string, to: string): RecipeFiles {
  const text = files.get(path);
  if (text === undefined) throw new Error(`the recipe has no ${path}`);
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${path} has "${from}" ${parts.length - 1} times instead of once`);
  return withFile(files, path, parts.join(to));
}

export function withFile(files: RecipeFiles, path: string, text: string): RecipeFiles {
  return new Map([...files, [path, text]]);
}

export function without(files: RecipeFiles, path: string): RecipeFiles {
  if (!files.has(path)) throw new Error(`the recipe has no ${path}`);
  return new Map([...files].filter(([name]) => name !== path));
}
