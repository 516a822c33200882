import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { transaction } from './database.ts';

export interface Status {
  /** Counts the statuses of one commit; a real Gitea shows this as their `id`. */
  readonly number: number;
  readonly sha: string;
  /** Any text: a real Gitea checks it as little. */
  readonly state: string;
  readonly context: string;
  readonly description: string;
  readonly targetUrl: string;
  readonly creatorId: number;
  /** Seconds since the epoch. */
  readonly created: number;
}

export type NewStatus = Omit<Status, 'number'>;

/** Statuses are only ever added; the newest of a context counts. */
export function insertStatus(database: DatabaseSync, repositoryId: number, status: NewStatus): Status {
  const { sha, state, context, description, targetUrl, creatorId, created } = status;
  return transaction(database, () => {
    const last = database
      .prepare('SELECT max(number) AS number FROM statuses WHERE repository_id = ? AND sha = ?')
      .get(repositoryId, sha);
    const number = (numberRow.parse(last).number ?? 0) + 1;
    database
      .prepare('INSERT INTO statuses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(repositoryId, sha, number, state, context, description, targetUrl, creatorId, created);
    return { ...status, number };
  });
}

/** Newest first. */
export function statusesOf(database: DatabaseSync, repositoryId: number, sha: string): Status[] {
  const rows = database
    .prepare('SELECT * FROM statuses WHERE repository_id = ? AND sha = ? ORDER BY number DESC')
    .all(repositoryId, sha);
  return rows.map((row) => statusRow.parse(row));
}

/** The newest of each context, newest first. */
export function latestStatuses(database: DatabaseSync, repositoryId: number, sha: string): Status[] {
  const latest = new Map<string, Status>();
  for (const status of statusesOf(database, repositoryId, sha)) {
    if (!latest.has(status.context)) latest.set(status.context, status);
  }
  return [...latest.values()];
}

const numberRow = z.object({ number: z.int().nullable() });

const statusRow = z
  .object({
    number: z.int(),
    sha: z.string(),
    state: z.string(),
    context: z.string(),
    description: z.string(),
    target_url: z.string(),
    creator_id: z.int(),
    created: z.int(),
  })
  .transform(
    (row): Status => ({
      number: row.number,
      sha: row.sha,
      state: row.state,
      context: row.context,
      description: row.description,
      targetUrl: row.target_url,
      creatorId: row.creator_id,
      created: row.created,
    }),
  );
