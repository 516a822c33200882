import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

export interface User {
  readonly id: number;
  readonly login: string;
  readonly fullName: string;
  /** Site admin: may do everything everywhere. */
  readonly admin: boolean;
  /** Seconds since the epoch. */
  readonly created: number;
}

/** Stands for the author of what a deleted account left behind, as on a real Gitea. */
export const GHOST: User = { id: -1, login: 'Ghost', fullName: '', admin: false, created: 0 };

export interface NewUser {
  readonly login: string;
  readonly fullName: string;
  readonly admin: boolean;
  readonly created: number;
}

/** Throws the database's own error where the login is taken, in whatever case. */
export function insertUser(database: DatabaseSync, user: NewUser): User {
  const row = database
    .prepare('INSERT INTO users (login, full_name, admin, created) VALUES (?, ?, ?, ?) RETURNING *')
    .get(user.login, user.fullName, Number(user.admin), user.created);
  return userRow.parse(row);
}

export function userByLogin(database: DatabaseSync, login: string): User | undefined {
  return found(database.prepare('SELECT * FROM users WHERE login = ?').get(login));
}

/** Ghost where there is no such account any more. */
export function authorById(database: DatabaseSync, id: number): User {
  return found(database.prepare('SELECT * FROM users WHERE id = ?').get(id)) ?? GHOST;
}

export function renameUser(database: DatabaseSync, id: number, login: string): void {
  database.prepare('UPDATE users SET login = ? WHERE id = ?').run(login, id);
}

/** What the account wrote stays and shows as Ghost's. */
export function deleteUser(database: DatabaseSync, id: number): void {
  database.prepare('DELETE FROM users WHERE id = ?').run(id);
}

/** Only the token's hash is kept. */
export function insertToken(database: DatabaseSync, userId: number, token: string): void {
  database.prepare('INSERT INTO tokens (hash, user_id) VALUES (?, ?)').run(hashOf(token), userId);
}

export function userByToken(database: DatabaseSync, token: string): User | undefined {
  const sql = 'SELECT users.* FROM users JOIN tokens ON tokens.user_id = users.id WHERE tokens.hash = ?';
  return found(database.prepare(sql).get(hashOf(token)));
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function found(row: unknown): User | undefined {
  return row === undefined ? undefined : userRow.parse(row);
}

const userRow = z
  .object({ id: z.int(), login: z.string(), full_name: z.string(), admin: z.int(), created: z.int() })
  .transform(
    (row): User => ({
      id: row.id,
      login: row.login,
      fullName: row.full_name,
      admin: row.admin !== 0,
      created: row.created,
    }),
  );
