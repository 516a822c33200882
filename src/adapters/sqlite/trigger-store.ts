import { acknowledgement } from '../../report/outbox.ts';
import type { Decision, TriggerStore } from '../../trigger/store.ts';
import type { Database } from './database.ts';
import { post, postFor } from './outbox-store.ts';

export function triggerStore(db: Database): TriggerStore {
  return {
    cursor(forge, repositoryId) {
      const row = db.get('SELECT at FROM cursor WHERE forge = ? AND repository = ?', forge, repositoryId);
      return row === undefined ? undefined : Number(row['at']);
    },
    setCursor: (forge, repositoryId, cursor) =>
      void db.run(
        'INSERT INTO cursor VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at',
        forge,
        repositoryId,
        cursor,
      ),
    isDecided: (key) =>
      db.get(
        'SELECT 1 FROM comment WHERE forge = ? AND repository = ? AND comment = ?',
        key.forge,
        key.repositoryId,
        key.commentId,
      ) !== undefined,
    decide: (key, decision, at) =>
      db.transaction(() => {
        const why = decision.kind === 'ignored' ? decision.why : null;
        const { changes } = db.run(
          'INSERT INTO comment VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
          ...[key.forge, key.repositoryId, key.commentId, decision.kind, why, at],
        );
        if (changes === 0) return false;
        follow(db, decision);
        return true;
      }),
  };
}

function follow(db: Database, decision: Decision): void {
  if (decision.kind === 'accepted') {
    const { request } = decision;
    insertRequest(db, request);
    db.run(`INSERT INTO job (request, state) VALUES (?, 'waiting')`, request.id);
    for (const outgoing of acknowledgement(request.id)) postFor(db, request, outgoing);
  }
  if (decision.kind === 'refused') {
    const { forge, repositoryId, pull, login } = decision.refusal;
    const { changes } = db.run(
      'INSERT INTO refused VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      forge,
      repositoryId,
      pull,
      login.toLowerCase(),
    );
    if (changes > 0)
      post(db, forge, `${repositoryId}#${pull}`, { kind: 'refusal', refusal: decision.refusal });
  }
}

export function insertRequest(
  db: Database,
  request: Extract<Decision, { kind: 'accepted' }>['request'],
): void {
  const forge = request.origin.kind === 'forge' ? request.origin.forge : null;
  db.run(
    'INSERT INTO request VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    request.id,
    forge,
    JSON.stringify(request),
    request.at,
  );
}
