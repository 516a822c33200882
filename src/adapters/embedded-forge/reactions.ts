import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

export interface Reaction {
  readonly userId: number;
  readonly content: string;
  /** Seconds since the epoch. */
  readonly created: number;
}

/** Returns false where the same person gave the same reaction before. */
export function addReaction(database: DatabaseSync, commentId: number, reaction: Reaction): boolean {
  const done = database
    .prepare('INSERT OR IGNORE INTO reactions (comment_id, user_id, content, created) VALUES (?, ?, ?, ?)')
    .run(commentId, reaction.userId, reaction.content, reaction.created);
  return done.changes === 1;
}

export function removeReaction(
  database: DatabaseSync,
  commentId: number,
  userId: number,
  content: string,
): void {
  database
    .prepare('DELETE FROM reactions WHERE comment_id = ? AND user_id = ? AND content = ?')
    .run(commentId, userId, content);
}

export function reactionsOf(database: DatabaseSync, commentId: number): Reaction[] {
  const rows = database
    .prepare('SELECT * FROM reactions WHERE comment_id = ? ORDER BY created, rowid')
    .all(commentId);
  return rows.map((row) => reactionRow.parse(row));
}

const reactionRow = z
  .object({ user_id: z.int(), content: z.string(), created: z.int() })
  .transform((row): Reaction => ({ userId: row.user_id, content: row.content, created: row.created }));
