import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/adapters/sqlite/database.ts';
import { jobStore } from '../../src/adapters/sqlite/job-store.ts';
import { outboxStore } from '../../src/adapters/sqlite/outbox-store.ts';
import { runStore } from '../../src/adapters/sqlite/run-store.ts';
import { triggerStore } from '../../src/adapters/sqlite/trigger-store.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createRedactor } from '../../src/shared/redact.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { type Stores, storeConformance } from './stores.ts';

storeConformance('SQLite', () => {
  const path = join(temporaryDirectory(), 'state', 'seatrial.db');
  const redactor = createRedactor();
  return {
    redactor,
    open: () => storesOf(openDatabase(path)),
    openBroken: (at) => storesOf(failingAt(openDatabase(path), at)),
  };

  function storesOf(db: Database): Stores {
    return {
      triggers: triggerStore(db),
      jobs: jobStore(db),
      outbox: outboxStore(db),
      runs: runStore(db, systemClock, redactor),
      close: db.close,
    };
  }
});

/** The real database, which fails at one of its writes, counted from 1: as a full disk does. */
function failingAt(db: Database, failing: number): Database {
  let writes = 0;
  return {
    ...db,
    run(sql, ...values) {
      writes += 1;
      if (writes === failing) throw new Error('the disk is full');
      return db.run(sql, ...values);
    },
  };
}
