import type { RecordedEvent, RunEvent } from '../../journal/event.ts';
import type { Ledger, LedgerKind, LedgerRow } from '../../journal/ledger.ts';
import { ended, outgoingOf } from '../../report/outbox.ts';
import type { RunRecord, RunStore } from '../../run/store.ts';
import { parseRunId, type RunId } from '../../shared/brand.ts';
import type { Clock } from '../../shared/clock.ts';
import { SeatrialError } from '../../shared/errors.ts';
import type { Redactor } from '../../shared/redact.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import type { Database } from './database.ts';
import { postFor, readRequest } from './outbox-store.ts';
import { insertRequest } from './trigger-store.ts';

/** Runs, their events and their ledger. Nothing is written that the redactor has not seen. */
export function runStore(db: Database, clock: Clock, redactor: Redactor): RunStore {
  return {
    begin: (run) =>
      db.transaction(() => {
        insertRequest(db, run.request);
        db.run(
          'INSERT INTO run (id, request, controller, pid, started, at) VALUES (?, ?, ?, ?, ?, ?)',
          ...[run.id, run.request.id, run.controller, run.process.pid, run.process.started, run.at],
        );
      }),
    append: (run, event) => db.transaction(() => append(db, clock, redactor, run, event)),
    events: (run) => db.all('SELECT seq, at, body FROM event WHERE run = ? ORDER BY seq', run).map(asEvent),
    ledger: (run) => ledgerOf(db, clock, run),
    openLedgerRows: () =>
      db.all('SELECT run, kind, name FROM ledger WHERE gone IS NULL').flatMap(asLedgerRow),
    conclude: (run, verdict) => db.transaction(() => conclude(db, clock, redactor, run, verdict)),
    abandon: (run) =>
      void db.run('UPDATE run SET ended = ? WHERE id = ? AND ended IS NULL', clock.now(), run),
    forget: (run) =>
      db.transaction(() => {
        db.run('DELETE FROM event WHERE run = ?', run);
        db.run('DELETE FROM run WHERE id = ?', run);
      }),
    get: (run) => db.all(`${SELECT_RUN} WHERE id = ?`, run).map((row) => asRun(db, row))[0],
    list: (limit) =>
      db.all(`${SELECT_RUN} ORDER BY at DESC, id DESC LIMIT ?`, limit).map((row) => asRun(db, row)),
    unfinished: () => db.all(`${SELECT_RUN} WHERE ended IS NULL ORDER BY at`).map((row) => asRun(db, row)),
  };
}

const SELECT_RUN = 'SELECT id, request, controller, pid, started, at, ended, verdict FROM run';

function append(db: Database, clock: Clock, redactor: Redactor, run: RunId, event: RunEvent): RecordedEvent {
  const seq = Number(
    db.get('SELECT coalesce(max(seq), 0) + 1 AS next FROM event WHERE run = ?', run)?.['next'],
  );
  const recorded = { seq, at: clock.now(), event };
  db.run(
    'INSERT INTO event VALUES (?, ?, ?, ?)',
    run,
    seq,
    recorded.at,
    redactor.redact(JSON.stringify(event)),
  );
  const request = requestOf(db, run);
  for (const outgoing of request === undefined ? [] : outgoingOf(event, run, request.id)) {
    if (request !== undefined) postFor(db, request, outgoing);
  }
  return recorded;
}

function conclude(db: Database, clock: Clock, redactor: Redactor, run: RunId, verdict: Verdict): void {
  const text = redactor.redact(JSON.stringify(verdict));
  const { changes } = db.run(
    'UPDATE run SET ended = ?, verdict = ? WHERE id = ? AND verdict IS NULL',
    clock.now(),
    text,
    run,
  );
  const request = requestOf(db, run);
  if (changes === 0 || request === undefined) {
    throw new SeatrialError({
      kind: 'internal',
      code: 'second-verdict',
      sentence: `Run ${run} has its verdict already.`,
    });
  }
  db.run(`UPDATE job SET state = 'ended' WHERE request = ?`, request.id);
  for (const outgoing of ended(run, request.id)) postFor(db, request, outgoing);
}

function requestOf(db: Database, run: RunId): RunRecord['request'] | undefined {
  const row = db.get('SELECT request FROM run WHERE id = ?', run);
  return row === undefined ? undefined : readRequest(db, String(row['request']));
}

function ledgerOf(db: Database, clock: Clock, run: RunId): Ledger {
  return {
    intend: (kind, names) =>
      db.transaction(() => {
        for (const name of names) {
          db.run(
            'INSERT INTO ledger (run, kind, name) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET gone = NULL',
            run,
            kind,
            name,
          );
        }
      }),
    gone: (kind, names) =>
      db.transaction(() => {
        for (const name of names)
          db.run(
            'UPDATE ledger SET gone = ? WHERE run = ? AND kind = ? AND name = ?',
            clock.now(),
            run,
            kind,
            name,
          );
      }),
    open: () =>
      db.all('SELECT run, kind, name FROM ledger WHERE run = ? AND gone IS NULL', run).flatMap(asLedgerRow),
  };
}

function asLedgerRow(row: Record<string, unknown>): LedgerRow[] {
  const run = parseRunId(String(row['run']));
  return run === undefined
    ? []
    : [{ run, kind: String(row['kind']) as LedgerKind, name: String(row['name']) }];
}

function asEvent(row: Record<string, unknown>): RecordedEvent {
  return {
    seq: Number(row['seq']),
    at: Number(row['at']),
    event: JSON.parse(String(row['body'])) as RunEvent,
  };
}

function asRun(db: Database, row: Record<string, unknown>): RunRecord {
  const id = parseRunId(String(row['id']));
  const request = readRequest(db, String(row['request']));
  if (id === undefined || request === undefined) {
    throw new SeatrialError({
      kind: 'internal',
      code: 'database-broken',
      sentence: `The database has a run without a request: ${String(row['id'])}`,
    });
  }
  return {
    id,
    request,
    controller: String(row['controller']),
    process: { pid: Number(row['pid']), started: String(row['started']) },
    at: Number(row['at']),
    endedAt: row['ended'] === null ? undefined : Number(row['ended']),
    verdict: row['verdict'] === null ? undefined : (JSON.parse(String(row['verdict'])) as Verdict),
  };
}
