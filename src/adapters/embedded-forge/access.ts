import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Repository } from './repositories.ts';
import type { User } from './users.ts';

/** From nothing to everything; `owner` is also what a site admin has. */
const LEVELS = ['none', 'read', 'write', 'admin', 'owner'] as const;
export type Access = (typeof LEVELS)[number];

const accessRow = z.object({ access: z.enum(LEVELS) });

/** What someone may do in a repository; everybody may read a public one. */
export function accessOf(database: DatabaseSync, repository: Repository, user: User | undefined): Access {
  const everybody: Access = repository.private ? 'none' : 'read';
  if (user === undefined) return everybody;
  if (user.admin || user.id === repository.ownerId) return 'owner';
  const row = database
    .prepare('SELECT access FROM collaborators WHERE repository_id = ? AND user_id = ?')
    .get(repository.id, user.id);
  if (row === undefined) return everybody;
  const given = accessRow.parse(row).access;
  return atLeast(given, everybody) ? given : everybody;
}

/** Whether someone was given anything here by name, be it only to read, or owns it. */
export function isCollaborator(database: DatabaseSync, repository: Repository, user: User): boolean {
  if (user.admin || user.id === repository.ownerId) return true;
  const sql = 'SELECT access FROM collaborators WHERE repository_id = ? AND user_id = ?';
  return database.prepare(sql).get(repository.id, user.id) !== undefined;
}

export function atLeast(access: Access, needed: Access): boolean {
  return LEVELS.indexOf(access) >= LEVELS.indexOf(needed);
}

/** `none` takes away what was given; a public repository stays readable. */
export function setAccess(
  database: DatabaseSync,
  repositoryId: number,
  userId: number,
  access: Access,
): void {
  if (access === 'none') {
    database
      .prepare('DELETE FROM collaborators WHERE repository_id = ? AND user_id = ?')
      .run(repositoryId, userId);
    return;
  }
  database
    .prepare('INSERT OR REPLACE INTO collaborators (repository_id, user_id, access) VALUES (?, ?, ?)')
    .run(repositoryId, userId, access);
}
