import type { Forge, ForgeUser, RepositoryPath } from '../../src/ports/forge.ts';
import type { CommitSha } from '../../src/shared/brand.ts';

/** A forge, seen from its admin's chair: what the suite needs to set its scenes. */
export interface ForgeWorld {
  /** The adapter under test, with somebody's token. */
  forge(token: string): Forge;
  /** A new account; the login begins with the given word. */
  createAccount(word: string): Promise<WorldAccount>;
  renameAccount(login: string, newLogin: string): Promise<void>;
  deleteAccount(login: string): Promise<void>;
  /** An empty repository with this owner. */
  createRepository(path: RepositoryPath, options: { readonly private: boolean }): Promise<void>;
  /** A fork with all branches under the same name. */
  forkRepository(from: RepositoryPath, owner: WorldAccount): Promise<void>;
  renameRepository(path: RepositoryPath, name: string): Promise<void>;
  setArchived(path: RepositoryPath, archived: boolean): Promise<void>;
  setAccess(path: RepositoryPath, login: string, access: WorldAccess): Promise<void>;
  createIssue(path: RepositoryPath, author: WorldAccount, title: string): Promise<number>;
  createPullRequest(path: RepositoryPath, author: WorldAccount, sides: WorldSides): Promise<number>;
  closePullRequest(path: RepositoryPath, number: number): Promise<void>;
  setLocked(path: RepositoryPath, number: number): Promise<void>;
  /** Makes a commit on top of a branch (or the first one) and pushes it to a branch. */
  push(path: RepositoryPath, by: WorldAccount, commit: WorldCommit): Promise<CommitSha>;
  /** What a ref of the repository points to, as git sees it over the network. */
  remoteRef(path: RepositoryPath, by: WorldAccount, ref: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export type WorldAccess = 'none' | 'read' | 'write' | 'admin';

export interface WorldAccount extends ForgeUser {
  readonly token: string;
}

export interface WorldSides {
  readonly title: string;
  /** `branch`, or `user:branch` for a fork. */
  readonly head: string;
  readonly base: string;
}

export interface WorldCommit {
  readonly branch: string;
  /** Branch it starts from; without it the commit is a first one. */
  readonly from?: string;
  /** Becomes the content of the one file. */
  readonly content: string;
}
