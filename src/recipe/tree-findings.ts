import { SeatrialError } from '../shared/errors.ts';
import type { Finding } from './finding.ts';
import type { CommitFiles, LeftOut } from './repository-file.ts';

/** Where a recipe names a file that it needs. */
export interface NamedFile {
  /** From the recipe's root. */
  readonly path: string;
  /** What names it; undefined for the files that every recipe has. */
  readonly by: { readonly file: string; readonly line: number } | undefined;
}

/** What is odd about the tree of a recipe, but does no harm: nothing of it is part of a deployment. */
export function treeFindings({ files, leftOut }: CommitFiles): readonly Finding[] {
  return [...leftOut.map(ignored), ...collisions(files.map(({ path }) => path))];
}

/**
 * Throws `recipe` errors for a file that the recipe needs and that is none of its own:
 * `link-refused`, `submodule-refused`, `file-name`, and `lfs-pointer` where the content lies elsewhere.
 */
export function refuseForeign(used: readonly NamedFile[], { files, leftOut }: CommitFiles): void {
  for (const named of used) {
    const left = leftOut.find(
      ({ path, why }) => path === named.path || (why === 'submodule' && named.path.startsWith(`${path}/`)),
    );
    if (left !== undefined) throw refused(left, named);
    const content = files.find(({ path }) => path === named.path)?.content;
    if (content?.subarray(0, LFS.length).toString('latin1') === LFS) throw lfsPointer(named);
  }
}

const LFS = 'version https://git-lfs.github.com/spec/';

function ignored(left: LeftOut): Finding {
  const code =
    left.why === 'submodule' ? 'submodule-ignored' : left.target === undefined ? 'file-name' : 'link-ignored';
  return {
    code,
    severity: 'note',
    file: left.path,
    line: undefined,
    sentence: `${left.path} is left out: ${reasonOf(left)}.`,
    remedy: 'Commit a regular file instead, or remove it; nothing of the recipe names it.',
  };
}

function reasonOf({ why, target }: LeftOut): string {
  switch (why) {
    case 'submodule':
      return 'it is a submodule, and submodules are not fetched';
    case 'encoding':
      return 'its name is not UTF-8';
    case 'control':
      return 'its name has control characters';
    case 'link-absolute':
      return `it is a link to ${target ?? ''}, a path of the machine`;
    case 'link-leaves':
      return `it is a link to ${target ?? ''}, which is outside the recipe`;
    case 'link-into-git':
      return `it is a link to ${target ?? ''}, which is inside .git`;
    case 'link-nowhere':
      return `it is a link to ${target ?? ''}, which is no file of the recipe`;
    case 'link-odd':
      return 'it is a link whose target is too long';
  }
}

/** Some machines take `Compose.yml` and `compose.yml` for one file. */
function collisions(paths: readonly string[]): Finding[] {
  const first = new Map<string, string>();
  return paths.flatMap((path) => {
    const folded = path.normalize('NFC').toLowerCase();
    const other = first.get(folded);
    if (other === undefined) {
      first.set(folded, path);
      return [];
    }
    return [
      {
        code: 'case-collision',
        severity: 'warning' as const,
        file: path,
        line: undefined,
        sentence: `${path} and ${other} differ in nothing but the case or the form of letters; some machines take them for one file.`,
        remedy: 'Rename one of them.',
      },
    ];
  });
}

function refused(left: LeftOut, named: NamedFile): SeatrialError {
  const code =
    left.why === 'submodule'
      ? 'submodule-refused'
      : left.why === 'encoding' || left.why === 'control'
        ? 'file-name'
        : 'link-refused';
  return new SeatrialError({
    kind: 'recipe',
    code,
    sentence: `${named.path}${saidBy(named)} is not read: ${reasonOf(left)}.`,
    remedy: 'Commit the file itself; links may lead to regular files of the recipe only.',
    facts: {
      file: named.by?.file ?? named.path,
      line: named.by?.line,
      path: named.path,
      target: left.target,
      // Numbers are those of the threat model: what is refused for them ends a run as refused.
      requirement: code === 'link-refused' ? 26 : 20,
    },
  });
}

function lfsPointer(named: NamedFile): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code: 'lfs-pointer',
    sentence: `${named.path}${saidBy(named)} is a pointer of Git LFS; its content is not in the repository.`,
    remedy: 'Commit the file itself; operators of a recipe do not fetch from LFS either.',
    facts: { file: named.by?.file ?? named.path, line: named.by?.line, path: named.path },
  });
}

function saidBy({ by }: NamedFile): string {
  return by === undefined ? '' : `, which ${by.file} line ${by.line} names,`;
}
