import { DatabaseSync } from 'node:sqlite';

/** Milliseconds a second process may hold the database before we give up. */
const BUSY = 5000;

/**
 * Opens the forge's one database file and makes its tables where they are missing.
 * All times are whole seconds since the epoch, as on a real Gitea. An author's id is no
 * foreign key on purpose: what a deleted account wrote stays, as "Ghost".
 */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
  database.exec(TABLES);
  return database;
}

/** All of the writes, or none of them. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

const TABLES = `
CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  login TEXT NOT NULL UNIQUE COLLATE NOCASE,
  full_name TEXT NOT NULL,
  admin INTEGER NOT NULL,
  created INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS tokens (
  hash TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE
) STRICT;
CREATE TABLE IF NOT EXISTS repositories (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner_id INTEGER NOT NULL REFERENCES users (id),
  name TEXT NOT NULL COLLATE NOCASE,
  private INTEGER NOT NULL,
  archived INTEGER NOT NULL,
  default_branch TEXT NOT NULL,
  fork_of INTEGER,
  created INTEGER NOT NULL,
  UNIQUE (owner_id, name)
) STRICT;
CREATE TABLE IF NOT EXISTS redirects (
  owner TEXT NOT NULL COLLATE NOCASE,
  name TEXT NOT NULL COLLATE NOCASE,
  repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
  PRIMARY KEY (owner, name)
) STRICT;
CREATE TABLE IF NOT EXISTS collaborators (
  repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  access TEXT NOT NULL,
  PRIMARY KEY (repository_id, user_id)
) STRICT;
CREATE TABLE IF NOT EXISTS threads (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  author_id INTEGER NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  locked INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  closed INTEGER,
  head_repository_id INTEGER,
  head_branch TEXT,
  base_branch TEXT,
  UNIQUE (repository_id, number)
) STRICT;
CREATE TABLE IF NOT EXISTS comments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  thread_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
  author_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS comments_by_thread ON comments (thread_id);
CREATE TABLE IF NOT EXISTS reactions (
  comment_id INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL,
  content TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (comment_id, user_id, content)
) STRICT;
CREATE TABLE IF NOT EXISTS statuses (
  repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
  sha TEXT NOT NULL,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  context TEXT NOT NULL,
  description TEXT NOT NULL,
  target_url TEXT NOT NULL,
  creator_id INTEGER NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (repository_id, sha, number)
) STRICT;
`;
