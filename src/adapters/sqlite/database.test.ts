import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/support/directory.ts';
import { thrownBy } from '../../../test/support/errors.ts';
import { openDatabase } from './database.ts';
import { MIGRATIONS } from './migrations.ts';

test('a database is made where it is missing, in a directory that nobody else reads', () => {
  const path = join(temporaryDirectory(), 'new', 'state', 'seatrial.db');
  const db = openDatabase(path);
  expect(db.get('PRAGMA user_version')).toEqual({ user_version: MIGRATIONS.length });
  expect(db.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
  db.close();
  expect(statSync(join(path, '..')).mode & 0o077).toBe(0);
});

test('one that a newer Seatrial wrote is left alone', async () => {
  const path = join(temporaryDirectory(), 'seatrial.db');
  const db = openDatabase(path);
  db.run(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  db.close();
  const error = await thrownBy(() => openDatabase(path));
  expect(error).toMatchObject({ kind: 'environment', code: 'database-newer' });
  expect(error.remedy).toContain('--state-dir');
});

test('what is no database, or nowhere, is trouble of the environment with a remedy', async () => {
  const directory = temporaryDirectory();
  writeFileSync(
    join(directory, 'text.db'),
    'this is no database, but long enough to be taken for one'.repeat(50),
  );
  mkdirSync(join(directory, 'directory.db'));
  chmodSync(directory, 0o755);
  for (const name of ['text.db', 'directory.db', 'text.db/below.db']) {
    const error = await thrownBy(() => openDatabase(join(directory, name)));
    expect(error, name).toMatchObject({ kind: 'environment', code: 'database' });
    expect(error.message).toContain(name);
  }
});

test('a transaction is all or nothing, and one inside another joins it', () => {
  const db = openDatabase(join(temporaryDirectory(), 'seatrial.db'));
  const rows = () => db.all('SELECT forge FROM cursor').length;
  const insert = (forge: string) => db.run('INSERT INTO cursor VALUES (?, ?, ?)', forge, '1', 1);
  expect(() =>
    db.transaction(() => {
      insert('a');
      db.transaction(() => insert('b'));
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(rows()).toBe(0);
  expect(
    db.transaction(() => {
      insert('a');
      return db.transaction(() => insert('b').changes);
    }),
  ).toBe(1);
  expect(rows()).toBe(2);
  db.close();
});

test('two processes that open a new database at once both find it whole', () => {
  const path = join(temporaryDirectory(), 'seatrial.db');
  const [one, other] = [openDatabase(path), openDatabase(path)];
  one.run('INSERT INTO cursor VALUES (?, ?, ?)', 'forge', '1', 1);
  expect(other.get('SELECT at FROM cursor')).toEqual({ at: 1 });
  one.close();
  other.close();
});
