import { pathWithin } from './paths.ts';
import type { LeftOut, RepositoryFile } from './repository-file.ts';

/** A symbolic link as the commit holds it. */
export interface Linked {
  readonly path: string;
  readonly target: string;
}

const MOST_STEPS = 8;

/** Follows links to regular files of the same commit, also over other links to files; the rest is left out. */
export function linkedFiles(
  files: readonly RepositoryFile[],
  links: readonly Linked[],
): { readonly followed: readonly RepositoryFile[]; readonly leftOut: readonly LeftOut[] } {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const targets = new Map(links.map(({ path, target }) => [path, target]));
  const followed: RepositoryFile[] = [];
  const leftOut: LeftOut[] = [];
  for (const { path, target } of links) {
    const found = follow(path, byPath, targets);
    if (typeof found === 'string') leftOut.push({ path, why: found, target });
    else followed.push({ ...found, path });
  }
  return { followed, leftOut };
}

function follow(
  start: string,
  files: ReadonlyMap<string, RepositoryFile>,
  targets: ReadonlyMap<string, string>,
): RepositoryFile | LeftOut['why'] {
  let path = start;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const target = targets.get(path);
    if (target === undefined) break;
    if (target.startsWith('/')) return 'link-absolute';
    const folder = path.replace(/[^/]*$/, '');
    const next = pathWithin(folder, target);
    if (next === undefined) return 'link-leaves';
    if (/^\.git(\/|$)/i.test(next)) return 'link-into-git';
    path = next;
  }
  return files.get(path) ?? 'link-nowhere';
}
