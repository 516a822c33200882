import type { ImageStore } from '../../run/image-store.ts';
import type { Database } from './database.ts';

/** A hold ends with its run, by whatever way that ends. */
export function imageStore(db: Database): ImageStore {
  return {
    hold: (engine, run, names) =>
      db.transaction(() => {
        db.run('DELETE FROM image_hold WHERE run IN (SELECT id FROM run WHERE ended IS NOT NULL)');
        for (const name of names)
          db.run('INSERT INTO image_hold VALUES (?, ?, ?) ON CONFLICT DO NOTHING', engine, name, run);
      }),
    used: (engine, { id, name, usedAt }) =>
      void db.run(
        'INSERT INTO image VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name, used = excluded.used',
        ...[engine, id, name, usedAt],
      ),
    pulled: (engine) =>
      db
        .all('SELECT id, name, used FROM image WHERE engine = ? ORDER BY used, id', engine)
        .map((row) => ({ id: String(row['id']), name: String(row['name']), usedAt: Number(row['used']) })),
    isHeld: (engine, name) =>
      db.get(
        `SELECT 1 FROM image_hold JOIN run ON run.id = image_hold.run
         WHERE image_hold.engine = ? AND image_hold.name = ? AND run.ended IS NULL`,
        engine,
        name,
      ) !== undefined,
    forget: (engine, id) => void db.run('DELETE FROM image WHERE engine = ? AND id = ?', engine, id),
  };
}
