import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RepositoryFile } from '../recipe/repository-file.ts';
import { SeatrialError } from '../shared/errors.ts';
import type { NamedEntry, StackFile } from './document.ts';

/** A file that Docker's client reads when a stack is deployed, and what has to be in it. */
export interface StackInput {
  /** Absolute. */
  readonly path: string;
  /** Private directory that the recipe was written to. */
  readonly directory: string;
  readonly content: Buffer;
}

/**
 * `more` are files of ours besides the recipe's. Throws `recipe` error `path-missing` where the document names
 * a file that the recipe does not have, and `internal` error `stack-unguarded` where it is outside of it.
 */
export function inputsOf(
  file: StackFile,
  directory: string,
  files: readonly RepositoryFile[],
  more: readonly StackInput[] = [],
): readonly StackInput[] {
  const recipes = files.map(({ path, content }) => ({ path: join(directory, path), directory, content }));
  const written = new Map([...recipes, ...more].map((input) => [input.path, input]));
  return [file.configs, file.secrets].flatMap((entries) =>
    Object.entries(entries ?? {}).flatMap(([key, entry]) => {
      const path = fileOf(entry);
      if (path === undefined) return [];
      const input = written.get(path);
      if (input === undefined)
        throw path === directory || path.startsWith(`${directory}/`)
          ? missing(key, path.slice(directory.length + 1))
          : unknown(key, path);
      return [input];
    }),
  );
}

function fileOf(entry: NamedEntry | null): string | undefined {
  const file = entry?.['file'];
  return typeof file === 'string' ? file : undefined;
}

/**
 * Reads each file once more, just before Docker does: the very regular file that was written,
 * with the very content of the commit. Throws `environment` error `file-swapped`.
 */
export async function verifyInputs(inputs: readonly StackInput[]): Promise<void> {
  for (const { path, directory, content } of inputs) {
    const found = await readInside(path, directory).catch((cause: unknown) => {
      throw swapped(path, directory, cause);
    });
    if (found === undefined || !found.equals(content)) throw swapped(path, directory, undefined);
  }
}

/** Undefined where it is no regular file, or where a directory above it is a link. */
async function readInside(path: string, directory: string): Promise<Buffer | undefined> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) return undefined;
    const parent = await realpath(dirname(path));
    const root = await realpath(directory);
    const expected = join(root, dirname(path).slice(directory.length));
    return parent === expected ? await handle.readFile() : undefined;
  } finally {
    await handle.close();
  }
}

function swapped(path: string, directory: string, cause: unknown): SeatrialError {
  const name = path.slice(directory.length + 1);
  return new SeatrialError({
    kind: 'environment',
    code: 'file-swapped',
    sentence: `The file ${name} is not what was checked any more: something on this machine has put another in its place.`,
    remedy: 'Look who else may write to the state directory; nobody should.',
    facts: { file: name },
    cause,
  });
}

function missing(key: string, name: string): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code: 'path-missing',
    sentence: `${key} names \`${name}\`, which is no regular file of the recipe.`,
    remedy: 'Name a regular file that is committed in the recipe.',
    facts: { key, path: name },
  });
}

function unknown(key: string, path: string): SeatrialError {
  return new SeatrialError({
    kind: 'internal',
    code: 'stack-unguarded',
    sentence: `The stack would hand ${path} to the app as ${key}, which is no file of the recipe.`,
    facts: { key },
  });
}
