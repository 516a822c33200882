import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { SeatrialError } from '../../shared/errors.ts';
import { MIGRATIONS } from './migrations.ts';

/** One SQLite database in WAL mode; every write is durable when its call returns. */
export interface Database {
  run(sql: string, ...values: SQLInputValue[]): { readonly changes: number; readonly lastId: number };
  get(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | undefined;
  all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[];
  /** All or nothing. Nested calls join the outer one. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Opens or creates the database. Throws `environment` error `database` where that is impossible. */
export function openDatabase(path: string): Database {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const db = new DatabaseSync(path);
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000;',
    );
    migrate(db);
    return wrap(db);
  } catch (error) {
    if (error instanceof SeatrialError) throw error;
    throw new SeatrialError({
      kind: 'environment',
      code: 'database',
      sentence: `The database ${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'See that the state directory is writable and the disk is not full.',
      cause: error,
    });
  }
}

function migrate(db: DatabaseSync): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > MIGRATIONS.length) {
    throw new SeatrialError({
      kind: 'environment',
      code: 'database-newer',
      sentence: `The state directory was written by a newer Seatrial (schema ${version}, this one knows ${MIGRATIONS.length}).`,
      remedy: 'Use that version, or another --state-dir.',
    });
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue;
    db.exec('BEGIN IMMEDIATE');
    // Another process may have been faster.
    const now = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (now <= index) db.exec(`${sql}; PRAGMA user_version = ${index + 1}`);
    db.exec('COMMIT');
  }
}

function wrap(db: DatabaseSync): Database {
  let depth = 0;
  return {
    run(sql, ...values) {
      const result = told(() => db.prepare(sql).run(...values));
      return { changes: Number(result.changes), lastId: Number(result.lastInsertRowid) };
    },
    get: (sql, ...values) => db.prepare(sql).get(...values),
    all: (sql, ...values) => db.prepare(sql).all(...values),
    transaction(work) {
      if (depth > 0) return work();
      db.exec('BEGIN IMMEDIATE');
      depth += 1;
      try {
        const value = work();
        db.exec('COMMIT');
        return value;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      } finally {
        depth -= 1;
      }
    },
    close: () => db.close(),
  };
}

const SQLITE_FULL = 13;

/** A full disk is the operator's to mend. */
function told<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_FULL)) throw error;
    throw new SeatrialError({
      kind: 'environment',
      code: 'no-space',
      sentence: 'The disk that holds the state directory is full.',
      remedy: 'Make room there; what the run has deployed is taken away all the same, or by `seatrial reap`.',
      cause: error,
    });
  }
}
