import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import { transaction } from './database.ts';

export interface Comment {
  readonly id: number;
  readonly threadId: number;
  readonly repositoryId: number;
  /** Number of the issue or pull request it stands on. */
  readonly number: number;
  readonly onPull: boolean;
  readonly authorId: number;
  /** Events (closed, reopened) share the numbering of the comments, as on a real Gitea. */
  readonly kind: 'comment' | 'event';
  readonly body: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly updated: number;
}

export interface NewComment {
  readonly threadId: number;
  readonly authorId: number;
  readonly kind: 'comment' | 'event';
  readonly body: string;
  readonly created: number;
}

/** Also moves the time of the thread's last update. */
export function insertComment(database: DatabaseSync, comment: NewComment): number {
  const { threadId, authorId, kind, body, created } = comment;
  return transaction(database, () => {
    const done = database
      .prepare(
        'INSERT INTO comments (thread_id, author_id, kind, body, created, updated) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(threadId, authorId, kind, body, created, created);
    database.prepare('UPDATE threads SET updated = ? WHERE id = ?').run(created, threadId);
    return Number(done.lastInsertRowid);
  });
}

export function commentById(database: DatabaseSync, repositoryId: number, id: number): Comment | undefined {
  return select(database, 'comments.id = ? AND repository_id = ?', id, repositoryId)[0];
}

export interface CommentFilter {
  readonly repositoryId: number;
  /** Of one thread only. */
  readonly threadId?: number;
  /** Seconds since the epoch, both inclusive, of the last update. */
  readonly since?: number | undefined;
  readonly before?: number | undefined;
}

/** Oldest first, by the time of creation, also where only recent updates are asked for. */
export function commentsOf(database: DatabaseSync, filter: CommentFilter): Comment[] {
  const conditions = ["comments.kind = 'comment'", 'repository_id = ?'];
  const values: number[] = [filter.repositoryId];
  const limits = [
    ['thread_id = ?', filter.threadId],
    ['comments.updated >= ?', filter.since],
    ['comments.updated <= ?', filter.before],
  ] as const;
  for (const [condition, value] of limits) {
    if (value === undefined) continue;
    conditions.push(condition);
    values.push(value);
  }
  return select(database, `${conditions.join(' AND ')} ORDER BY comments.created, comments.id`, ...values);
}

export function updateComment(database: DatabaseSync, id: number, body: string, now: number): void {
  database.prepare('UPDATE comments SET body = ?, updated = ? WHERE id = ?').run(body, now, id);
}

export function deleteComment(database: DatabaseSync, id: number): void {
  database.prepare('DELETE FROM comments WHERE id = ?').run(id);
}

function select(database: DatabaseSync, where: string, ...values: SQLInputValue[]): Comment[] {
  const sql = `SELECT comments.*, threads.repository_id, threads.number, threads.kind AS thread_kind
    FROM comments JOIN threads ON threads.id = comments.thread_id WHERE ${where}`;
  return database
    .prepare(sql)
    .all(...values)
    .map((row) => commentRow.parse(row));
}

const commentRow = z
  .object({
    id: z.int(),
    thread_id: z.int(),
    repository_id: z.int(),
    number: z.int(),
    thread_kind: z.enum(['issue', 'pull']),
    author_id: z.int(),
    kind: z.enum(['comment', 'event']),
    body: z.string(),
    created: z.int(),
    updated: z.int(),
  })
  .transform(
    (row): Comment => ({
      id: row.id,
      threadId: row.thread_id,
      repositoryId: row.repository_id,
      number: row.number,
      onPull: row.thread_kind === 'pull',
      authorId: row.author_id,
      kind: row.kind,
      body: row.body,
      created: row.created,
      updated: row.updated,
    }),
  );
