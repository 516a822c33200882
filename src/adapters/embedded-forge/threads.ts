import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import { transaction } from './database.ts';

/** An issue or a pull request: they share their numbers and their comments. */
export interface Thread {
  readonly id: number;
  readonly repositoryId: number;
  readonly number: number;
  readonly authorId: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  /** Locked: only those who may write can still comment. */
  readonly locked: boolean;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly updated: number;
  readonly closed: number | undefined;
  readonly pull: PullSides | undefined;
}

export interface PullSides {
  readonly headRepositoryId: number;
  readonly headBranch: string;
  readonly baseBranch: string;
}

export interface NewThread {
  readonly repositoryId: number;
  readonly authorId: number;
  readonly title: string;
  readonly body: string;
  readonly created: number;
  readonly pull: PullSides | undefined;
}

/** Gives it the repository's next number. */
export function insertThread(database: DatabaseSync, thread: NewThread): Thread {
  const sql = `INSERT INTO threads (repository_id, number, kind, author_id, title, body, state, locked,
      created, updated, head_repository_id, head_branch, base_branch)
    VALUES (?, ?, ?, ?, ?, ?, 'open', 0, ?, ?, ?, ?, ?) RETURNING *`;
  return transaction(database, () => {
    const last = database
      .prepare('SELECT max(number) AS number FROM threads WHERE repository_id = ?')
      .get(thread.repositoryId);
    const number = (numberRow.parse(last).number ?? 0) + 1;
    const { repositoryId, pull, authorId, title, body, created } = thread;
    const kind = pull === undefined ? 'issue' : 'pull';
    const sides = [pull?.headRepositoryId ?? null, pull?.headBranch ?? null, pull?.baseBranch ?? null];
    const values = [repositoryId, number, kind, authorId, title, body, created, created, ...sides];
    return threadRow.parse(database.prepare(sql).get(...values));
  });
}

export function threadByNumber(
  database: DatabaseSync,
  repositoryId: number,
  number: number,
): Thread | undefined {
  const row = database
    .prepare('SELECT * FROM threads WHERE repository_id = ? AND number = ?')
    .get(repositoryId, number);
  return row === undefined ? undefined : threadRow.parse(row);
}

/** Newest first. */
export function pullsOf(
  database: DatabaseSync,
  repositoryId: number,
  state: 'open' | 'closed' | 'all',
): Thread[] {
  return selectPulls(
    database,
    "repository_id = ? AND (? = 'all' OR state = ?) ORDER BY created DESC, number DESC",
    repositoryId,
    state,
    state,
  );
}

/** Open pull requests whose head is a branch of this repository, wherever they are opened. */
export function openPullsFrom(database: DatabaseSync, headRepositoryId: number): Thread[] {
  return selectPulls(database, "head_repository_id = ? AND state = 'open' ORDER BY id", headRepositoryId);
}

export interface ThreadChange {
  readonly title?: string;
  readonly body?: string;
  readonly state?: 'open' | 'closed';
  readonly locked?: boolean;
}

/** `now` in seconds becomes the time of the update and, where it closes, of the closing. */
export function changeThread(
  database: DatabaseSync,
  thread: Thread,
  change: ThreadChange,
  now: number,
): Thread {
  const next = { ...thread, ...change };
  const closed = next.state === 'open' ? null : (thread.closed ?? now);
  const sql = `UPDATE threads SET title = ?, body = ?, state = ?, locked = ?, closed = ?, updated = ?
    WHERE id = ? RETURNING *`;
  const values = [next.title, next.body, next.state, Number(next.locked), closed, now, thread.id];
  return threadRow.parse(database.prepare(sql).get(...values));
}

function selectPulls(database: DatabaseSync, where: string, ...values: SQLInputValue[]): Thread[] {
  const rows = database.prepare(`SELECT * FROM threads WHERE kind = 'pull' AND ${where}`).all(...values);
  return rows.map((row) => threadRow.parse(row));
}

const numberRow = z.object({ number: z.int().nullable() });

const threadRow = z
  .object({
    id: z.int(),
    repository_id: z.int(),
    number: z.int(),
    author_id: z.int(),
    title: z.string(),
    body: z.string(),
    state: z.enum(['open', 'closed']),
    locked: z.int(),
    created: z.int(),
    updated: z.int(),
    closed: z.int().nullable(),
    head_repository_id: z.int().nullable(),
    head_branch: z.string().nullable(),
    base_branch: z.string().nullable(),
  })
  .transform((row): Thread => {
    const { head_repository_id: headRepositoryId, head_branch: headBranch, base_branch: baseBranch } = row;
    const pull =
      headRepositoryId === null || headBranch === null || baseBranch === null
        ? undefined
        : { headRepositoryId, headBranch, baseBranch };
    return {
      id: row.id,
      repositoryId: row.repository_id,
      number: row.number,
      authorId: row.author_id,
      title: row.title,
      body: row.body,
      state: row.state,
      locked: row.locked !== 0,
      created: row.created,
      updated: row.updated,
      closed: row.closed ?? undefined,
      pull,
    };
  });
