/** A file of a commit. A link to a file of the same commit is that file under another path. */
export interface RepositoryFile {
  readonly path: string;
  readonly executable: boolean;
  readonly content: Buffer;
}

/** What a commit holds. */
export interface CommitFiles {
  readonly files: readonly RepositoryFile[];
  /** What is not taken for a file of the recipe: links that lead elsewhere, submodules, unreadable names. */
  readonly leftOut: readonly LeftOut[];
}

/** Something of a commit that is no file of the recipe. */
export interface LeftOut {
  readonly path: string;
  readonly why:
    | 'submodule'
    /** The name is not UTF-8. */
    | 'encoding'
    /** The name has control characters. */
    | 'control'
    | 'link-absolute'
    | 'link-leaves'
    | 'link-into-git'
    /** To a folder, to nothing, or in a circle. */
    | 'link-nowhere'
    | 'link-odd';
  /** Of a link. */
  readonly target: string | undefined;
}
