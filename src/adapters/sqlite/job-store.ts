import type { JobStore } from '../../queue/job.ts';
import type { Database } from './database.ts';
import { readRequest } from './outbox-store.ts';

export function jobStore(db: Database): JobStore {
  return {
    take: (run) =>
      db.transaction(() => {
        const row = db.get(`SELECT request, attempts FROM job WHERE state = 'waiting' ORDER BY seq LIMIT 1`);
        if (row === undefined) return undefined;
        const request = readRequest(db, String(row['request']));
        if (request === undefined) return undefined;
        db.run(
          `UPDATE job SET state = 'running', run = ?, attempts = attempts + 1 WHERE request = ?`,
          run,
          request.id,
        );
        return { request, attempts: Number(row['attempts']) + 1 };
      }),
    attempts: (requestId) =>
      Number(db.get('SELECT attempts FROM job WHERE request = ?', requestId)?.['attempts'] ?? 0),
    requeue: (requestId) => void db.run(`UPDATE job SET state = 'waiting' WHERE request = ?`, requestId),
    waiting: () => Number(db.get(`SELECT count(*) AS n FROM job WHERE state = 'waiting'`)?.['n'] ?? 0),
  };
}
