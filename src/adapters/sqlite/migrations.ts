/** Steps of the schema, forward only; the database's user_version counts those it has. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE cursor (forge TEXT, repository TEXT, at INTEGER NOT NULL, PRIMARY KEY (forge, repository)) STRICT;
   CREATE TABLE comment (forge TEXT, repository TEXT, comment TEXT, decision TEXT NOT NULL, why TEXT, at INTEGER NOT NULL,
     PRIMARY KEY (forge, repository, comment)) STRICT;
   CREATE TABLE refused (forge TEXT, repository TEXT, pull INTEGER, login TEXT, PRIMARY KEY (forge, repository, pull, login)) STRICT;
   CREATE TABLE request (id TEXT PRIMARY KEY, forge TEXT, body TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
   CREATE TABLE job (seq INTEGER PRIMARY KEY AUTOINCREMENT, request TEXT NOT NULL UNIQUE REFERENCES request (id),
     state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'ended')), attempts INTEGER NOT NULL DEFAULT 0, run TEXT) STRICT;
   CREATE TABLE run (id TEXT PRIMARY KEY, request TEXT NOT NULL REFERENCES request (id), controller TEXT NOT NULL,
     pid INTEGER NOT NULL, started TEXT NOT NULL, at INTEGER NOT NULL, ended INTEGER, verdict TEXT) STRICT;
   CREATE TABLE event (run TEXT NOT NULL REFERENCES run (id), seq INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL,
     PRIMARY KEY (run, seq)) STRICT;
   CREATE TABLE ledger (run TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, gone INTEGER, PRIMARY KEY (run, kind, name)) STRICT;
   CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, forge TEXT NOT NULL, pull TEXT NOT NULL, body TEXT NOT NULL,
     state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'posted', 'abandoned')),
     attempts INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL DEFAULT 0, why TEXT) STRICT;
   CREATE INDEX outbox_pending ON outbox (state, pull, id);
   CREATE TABLE sticky (forge TEXT, repository TEXT, pull INTEGER, comment TEXT NOT NULL, PRIMARY KEY (forge, repository, pull)) STRICT;`,
  `CREATE TABLE image (engine TEXT, id TEXT, name TEXT NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (engine, id)) STRICT;
   CREATE TABLE image_hold (engine TEXT, name TEXT, run TEXT, PRIMARY KEY (engine, name, run)) STRICT;`,
];
