import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommitSha } from '../shared/brand.ts';
import { SeatrialError } from '../shared/errors.ts';
import { fetchRepository, type Repository } from './git.ts';

export interface Located {
  readonly head: CommitSha;
  readonly base: CommitSha;
}

export interface LocateOptions {
  readonly source: string;
  /** Branch, tag or commit; by default what the source has checked out. */
  readonly head: string | undefined;
  /** By default the source's main branch. */
  readonly base: string | undefined;
  readonly path: string;
  readonly signal: AbortSignal;
}

const SOURCE_HEAD = 'refs/seatrial/source-head';
const MAIN_BRANCHES = ['refs/heads/main', 'refs/heads/master', SOURCE_HEAD];

/** Turns names into commits. Throws `input` errors `not-a-repository` and `unknown-revision`. */
export async function locate(options: LocateOptions): Promise<Located> {
  const directory = await mkdtemp(join(tmpdir(), 'seatrial-locate-'));
  try {
    const { source, path, signal } = options;
    const repository = await fetchRepository({
      source,
      directory,
      path,
      commits: [],
      refs: [`HEAD:${SOURCE_HEAD}`],
      signal,
    });
    return {
      head: await required(repository, options.head ?? SOURCE_HEAD, signal),
      base:
        options.base === undefined
          ? await mainBranch(repository, signal)
          : await required(repository, options.base, signal),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function mainBranch(repository: Repository, signal: AbortSignal): Promise<CommitSha> {
  for (const branch of MAIN_BRANCHES) {
    const commit = await repository.resolve(branch, signal);
    if (commit !== undefined) return commit;
  }
  throw unknown(repository.source, 'a main branch');
}

async function required(repository: Repository, revision: string, signal: AbortSignal): Promise<CommitSha> {
  // Here HEAD is nothing; whoever types it means what the source has checked out.
  const meant = revision.replace(/^(HEAD|@)(?=$|[~^])/, SOURCE_HEAD);
  const commit = await repository.resolve(meant, signal);
  if (commit === undefined) throw unknown(repository.source, revision);
  return commit;
}

function unknown(source: string, revision: string): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'unknown-revision',
    sentence: `${source} has no branch, tag or commit called ${revision}.`,
    remedy: 'Name one that `git log` or `git tag` shows there.',
    facts: { source, revision },
  });
}
