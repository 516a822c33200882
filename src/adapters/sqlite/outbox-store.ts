import type { OutboxRow, OutboxStore, Outgoing } from '../../report/outbox.ts';
import type { TestRequest } from '../../trigger/request.ts';
import type { Database } from './database.ts';

export function outboxStore(db: Database): OutboxStore {
  return {
    due(now) {
      // The first pending row of each pull request alone: a later one must not overtake it.
      const rows = db.all(
        `SELECT id, forge, body, attempts FROM outbox
         WHERE id IN (SELECT min(id) FROM outbox WHERE state = 'pending' GROUP BY forge, pull) AND due <= ? ORDER BY id`,
        now,
      );
      return rows.map(asRow);
    },
    posted: (id) => void db.run(`UPDATE outbox SET state = 'posted' WHERE id = ?`, id),
    postponed: (id, until, why) =>
      void db.run('UPDATE outbox SET attempts = attempts + 1, due = ?, why = ? WHERE id = ?', until, why, id),
    abandoned: (id, why) =>
      void db.run(`UPDATE outbox SET state = 'abandoned', why = ? WHERE id = ?`, why, id),
    pending: () => Number(db.get(`SELECT count(*) AS n FROM outbox WHERE state = 'pending'`)?.['n'] ?? 0),
    request: (id) => readRequest(db, id),
    sticky(forge, repositoryId, pull) {
      const row = db.get(
        'SELECT comment FROM sticky WHERE forge = ? AND repository = ? AND pull = ?',
        forge,
        repositoryId,
        pull,
      );
      return row === undefined ? undefined : String(row['comment']);
    },
    setSticky: (forge, repositoryId, pull, comment) =>
      void db.run(
        `INSERT INTO sticky VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET comment = excluded.comment`,
        forge,
        repositoryId,
        pull,
        comment,
      ),
  };
}

/** Puts something into the outbox; to be called inside the transaction that makes it necessary. */
export function post(db: Database, forge: string, pull: string, outgoing: Outgoing): void {
  db.run('INSERT INTO outbox (forge, pull, body) VALUES (?, ?, ?)', forge, pull, JSON.stringify(outgoing));
}

/** Puts something into the outbox of the forge that a request came from; a local request has none. */
export function postFor(db: Database, request: TestRequest, outgoing: Outgoing): void {
  const { origin } = request;
  if (origin.kind === 'forge') post(db, origin.forge, `${origin.repositoryId}#${origin.pull}`, outgoing);
}

export function readRequest(db: Database, id: string): TestRequest | undefined {
  const row = db.get('SELECT body FROM request WHERE id = ?', id);
  // Written by us alone, in this very shape.
  return row === undefined ? undefined : (JSON.parse(String(row['body'])) as TestRequest);
}

function asRow(row: Record<string, unknown>): OutboxRow {
  return {
    id: Number(row['id']),
    forge: String(row['forge']),
    outgoing: JSON.parse(String(row['body'])) as Outgoing,
    attempts: Number(row['attempts']),
  };
}
