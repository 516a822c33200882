import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { transaction } from './database.ts';

export interface Repository {
  readonly id: number;
  readonly ownerId: number;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly archived: boolean;
  readonly defaultBranch: string;
  readonly forkOf: number | undefined;
  /** Seconds since the epoch. */
  readonly created: number;
}

export interface NewRepository {
  readonly ownerId: number;
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly forkOf: number | undefined;
  readonly created: number;
}

const SELECT =
  'SELECT repositories.*, users.login AS owner FROM repositories JOIN users ON users.id = owner_id';

/** Throws the database's own error where the owner has one of this name. */
export function insertRepository(database: DatabaseSync, repository: NewRepository): number {
  const sql = `INSERT INTO repositories (owner_id, name, private, archived, default_branch, fork_of, created)
    VALUES (?, ?, ?, 0, ?, ?, ?)`;
  const { ownerId, name, defaultBranch, forkOf, created } = repository;
  const done = database
    .prepare(sql)
    .run(ownerId, name, Number(repository.private), defaultBranch, forkOf ?? null, created);
  return Number(done.lastInsertRowid);
}

export function repositoryById(database: DatabaseSync, id: number): Repository | undefined {
  return found(database.prepare(`${SELECT} WHERE repositories.id = ?`).get(id));
}

export function repositoryByPath(
  database: DatabaseSync,
  owner: string,
  name: string,
): Repository | undefined {
  return found(database.prepare(`${SELECT} WHERE users.login = ? AND name = ?`).get(owner, name));
}

/** The fork that someone has of a repository. */
export function forkOwnedBy(database: DatabaseSync, forkOf: number, owner: string): Repository | undefined {
  return found(database.prepare(`${SELECT} WHERE fork_of = ? AND users.login = ?`).get(forkOf, owner));
}

/** The repository that used to have this name, unless another one has taken it. */
export function redirectedRepository(
  database: DatabaseSync,
  owner: string,
  name: string,
): Repository | undefined {
  const sql = `${SELECT} JOIN redirects ON redirects.repository_id = repositories.id
    WHERE redirects.owner = ? AND redirects.name = ?`;
  return found(database.prepare(sql).get(owner, name));
}

/** The old name keeps pointing here. */
export function renameRepository(database: DatabaseSync, repository: Repository, name: string): void {
  transaction(database, () => {
    rememberOldName(database, repository);
    database.prepare('UPDATE repositories SET name = ? WHERE id = ?').run(name, repository.id);
  });
}

/** To be called before the owner of a repository, or the repository, gets another name. */
export function rememberOldName(database: DatabaseSync, repository: Repository): void {
  database
    .prepare('INSERT OR REPLACE INTO redirects (owner, name, repository_id) VALUES (?, ?, ?)')
    .run(repository.owner, repository.name, repository.id);
}

export function repositoriesOf(database: DatabaseSync, ownerId: number): Repository[] {
  const rows = database.prepare(`${SELECT} WHERE owner_id = ? ORDER BY repositories.id`).all(ownerId);
  return rows.map((row) => repositoryRow.parse(row));
}

export function setArchived(database: DatabaseSync, id: number, archived: boolean): void {
  database.prepare('UPDATE repositories SET archived = ? WHERE id = ?').run(Number(archived), id);
}

export function deleteRepository(database: DatabaseSync, id: number): void {
  database.prepare('DELETE FROM repositories WHERE id = ?').run(id);
}

function found(row: unknown): Repository | undefined {
  return row === undefined ? undefined : repositoryRow.parse(row);
}

const repositoryRow = z
  .object({
    id: z.int(),
    owner_id: z.int(),
    owner: z.string(),
    name: z.string(),
    private: z.int(),
    archived: z.int(),
    default_branch: z.string(),
    fork_of: z.int().nullable(),
    created: z.int(),
  })
  .transform(
    (row): Repository => ({
      id: row.id,
      ownerId: row.owner_id,
      owner: row.owner,
      name: row.name,
      private: row.private !== 0,
      archived: row.archived !== 0,
      defaultBranch: row.default_branch,
      forkOf: row.fork_of ?? undefined,
      created: row.created,
    }),
  );
