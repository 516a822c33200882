import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RepositoryPath } from '../../src/ports/forge.ts';
import { type CommitSha, parseCommitSha } from '../../src/shared/brand.ts';
import { runOrThrow } from '../../src/shared/process.ts';
import { developerEnvironment } from '../support/git.ts';
import type { WorldAccount, WorldCommit } from './forge-world.ts';

/** Milliseconds for one git process. */
const DEADLINE = 30_000;

/** What a developer does with git, against a forge's address; nothing of the user's own configuration. */
export interface Developer {
  git(...args: string[]): Promise<string>;
  push(path: RepositoryPath, by: WorldAccount, commit: WorldCommit): Promise<CommitSha>;
  remoteRef(path: RepositoryPath, by: WorldAccount, ref: string): Promise<string | undefined>;
  /** Address of a repository that carries the token. */
  remote(path: RepositoryPath, by: WorldAccount): string;
  close(): Promise<void>;
}

export async function createDeveloper(forgeUrl: string): Promise<Developer> {
  const directory = await mkdtemp(join(tmpdir(), 'seatrial-developer-'));
  const env = developerEnvironment(directory);
  const git = async (...args: string[]): Promise<string> => {
    const options = { cwd: directory, env, deadline: DEADLINE, name: `git ${args[0]}` };
    const result = await runOrThrow('git', args, { ...options, signal: AbortSignal.timeout(DEADLINE) });
    return result.stdout.trim();
  };
  await git('init', '--quiet', '--bare', '.');
  const remote = (path: RepositoryPath, by: WorldAccount): string => {
    const url = new URL(`${forgeUrl}/${path.owner}/${path.name}.git`);
    url.username = by.login;
    url.password = by.token;
    return url.href;
  };
  const remoteRef = async (path: RepositoryPath, by: WorldAccount, ref: string) => {
    const lines = (await git('ls-remote', remote(path, by), ref)).split('\n');
    return lines.map((line) => line.split('\t')).find(([, name]) => name === ref)?.[0];
  };
  return {
    git,
    remote,
    remoteRef,
    async push(path, by, { branch, from, content }) {
      const file = join(directory, 'content');
      await writeFile(file, content);
      const blob = await git('hash-object', '-w', file);
      const tree = await treeOf(directory, blob, git);
      const parents: string[] = [];
      if (from !== undefined) {
        const parent = await remoteRef(path, by, `refs/heads/${from}`);
        if (parent === undefined) throw new Error(`there is no branch ${from}`);
        await git('fetch', '--quiet', remote(path, by), `refs/heads/${from}`);
        parents.push('-p', parent);
      }
      const commit = await git('commit-tree', tree, ...parents, '-m', content);
      await git('push', '--quiet', '--force', remote(path, by), `${commit}:refs/heads/${branch}`);
      const sha = parseCommitSha(commit);
      if (sha === undefined) throw new Error(`git made no commit: ${commit}`);
      return sha;
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A tree of one file, without an index or a work tree. */
async function treeOf(
  directory: string,
  blob: string,
  git: (...args: string[]) => Promise<string>,
): Promise<string> {
  const entry = Buffer.concat([Buffer.from('100644 file\0'), Buffer.from(blob, 'hex')]);
  const file = join(directory, 'tree');
  await writeFile(file, entry);
  return git('hash-object', '-t', 'tree', '-w', file);
}
