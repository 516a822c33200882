import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { developerEnvironment, PATH } from '../../../test/support/git.ts';
import { systemClock } from '../../shared/clock.ts';
import { runOrThrow, runProcess } from '../../shared/process.ts';
import type { Account } from './admin.ts';
import { type EmbeddedForge, startEmbeddedForge } from './embedded-forge.ts';

const path = { owner: 'ann', name: 'app' };

let directory = '';
let work = '';
let forge: EmbeddedForge;
let ann: Account;
let reader: Account;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'seatrial-git-'));
  work = join(directory, 'work');
  forge = await startEmbeddedForge({
    directory: join(directory, 'forge'),
    clock: systemClock,
    random: (count) => randomBytes(count),
    path: PATH,
  });
  ann = forge.admin.createUser({ login: 'ann' });
  reader = forge.admin.createUser({ login: 'reader' });
  await forge.admin.createRepository(path);
  await git('init', '--quiet', '--initial-branch=main', work);
  await commit('one');
});
afterEach(async () => {
  await forge.close();
  await rm(directory, { recursive: true, force: true });
});

function options() {
  const signal = AbortSignal.timeout(30_000);
  return { env: developerEnvironment(directory), cwd: directory, deadline: 30_000, name: 'git', signal };
}

async function git(...args: string[]): Promise<string> {
  return (await runOrThrow('git', args, options())).stdout.trim();
}

/** Everything git said, and whether it succeeded. */
async function tryGit(...args: string[]): Promise<{ ok: boolean; said: string }> {
  const { exitCode, stderr } = await runProcess('git', args, options());
  return { ok: exitCode === 0, said: stderr };
}

async function commit(content: string | Uint8Array): Promise<string> {
  await writeFile(join(work, 'file'), content);
  await git('-C', work, 'add', 'file');
  await git('-C', work, 'commit', '--quiet', '--allow-empty', '-m', 'change');
  return git('-C', work, 'rev-parse', 'HEAD');
}

function remote(account: Account | undefined, name = 'app'): string {
  const url = new URL(`${forge.url}/ann/${name}.git`);
  if (account !== undefined) {
    url.username = account.login;
    url.password = account.token;
  }
  return url.href;
}

const push = (account: Account | undefined, ...refs: string[]) =>
  tryGit('-C', work, 'push', '--quiet', remote(account), ...refs);

const pullHead = async (number: number): Promise<string | undefined> => {
  const line = await git('ls-remote', remote(ann), `refs/pull/${number}/head`);
  return line.split('\t')[0];
};

const openPull = (head = 'fix') =>
  forge.admin.createPullRequest(path, 'ann', { title: 'T', body: '', head, base: 'main' });

describe('cloning and pushing', () => {
  test('the owner pushes and a stranger clones the same', async () => {
    expect(await push(ann, 'main')).toMatchObject({ ok: true });
    const clone = join(directory, 'clone');
    await git('clone', '--quiet', remote(undefined), clone);
    expect(await readFile(join(clone, 'file'), 'utf8')).toBe('one');
    expect(await git('-C', clone, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
  });

  test('megabytes pass in both directions', async () => {
    const content = randomBytes(3 * 1024 * 1024);
    await commit(content);
    expect(await push(ann, 'main')).toMatchObject({ ok: true });
    const clone = join(directory, 'clone');
    await git('clone', '--quiet', remote(undefined), clone);
    expect((await readFile(join(clone, 'file'))).equals(content)).toBe(true);
  });

  test('readers and strangers can not push, writers can', async () => {
    expect((await push(undefined, 'main')).ok).toBe(false);
    const refused = await push(reader, 'main');
    expect(refused).toMatchObject({ ok: false, said: expect.stringContaining('403') });
    forge.admin.setAccess(path, 'reader', 'write');
    expect((await push(reader, 'main')).ok).toBe(true);
  });

  test('a refused push changes nothing', async () => {
    await push(ann, 'main');
    const before = await git('ls-remote', remote(ann));
    await commit('two');
    await push(reader, 'main');
    expect(await git('ls-remote', remote(ann))).toBe(before);
  });

  test('a private repository is there for those who may read it only', async () => {
    await forge.admin.createRepository({ owner: 'ann', name: 'secret', private: true });
    expect((await tryGit('ls-remote', remote(undefined, 'secret'))).ok).toBe(false);
    expect((await tryGit('ls-remote', remote(reader, 'secret'))).said).toContain('not found');
    forge.admin.setAccess({ owner: 'ann', name: 'secret' }, 'reader', 'read');
    expect((await tryGit('ls-remote', remote(reader, 'secret'))).ok).toBe(true);
  });

  test('an archived repository takes no push', async () => {
    await push(ann, 'main');
    forge.admin.setArchived(path, true);
    await commit('two');
    expect((await push(ann, 'main')).ok).toBe(false);
  });

  test('a renamed repository is found under its old address', async () => {
    await push(ann, 'main');
    forge.admin.renameRepository(path, 'new');
    const clone = join(directory, 'clone');
    expect((await tryGit('clone', '--quiet', remote(undefined), clone)).ok).toBe(true);
  });

  test('hooks of a repository never run', async () => {
    const hooks = join(forge.admin.gitDirectory(path), 'hooks');
    const ran = join(directory, 'hook-ran');
    await mkdir(hooks, { recursive: true });
    await writeFile(join(hooks, 'post-receive'), `#!/bin/sh\ntouch ${ran}\n`);
    await chmod(join(hooks, 'post-receive'), 0o755);
    expect((await push(ann, 'main')).ok).toBe(true);
    await expect(stat(ran)).rejects.toThrow('ENOENT');
  });

  test('the old protocol of plain files is not served', async () => {
    await push(ann, 'main');
    for (const file of ['info/refs', 'HEAD', 'config', 'objects/info/packs', '../../forge.db']) {
      expect((await fetch(`${forge.url}/ann/app.git/${file}`)).status).toBeGreaterThanOrEqual(400);
    }
  });

  test('a request that comes compressed, as git sends the longer ones, is understood', async () => {
    await push(ann, 'main');
    const want = `want ${await git('-C', work, 'rev-parse', 'HEAD')}\n`;
    const length = (want.length + 4).toString(16).padStart(4, '0');
    const response = await fetch(`${forge.url}/ann/app.git/git-upload-pack`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-git-upload-pack-request', 'content-encoding': 'gzip' },
      body: gzipSync(`${length}${want}00000009done\n`),
    });
    expect(await response.text()).toContain('PACK');
  });

  test('closing ends a push that hangs', async () => {
    const url = `${forge.url}/ann/app.git/git-receive-pack`;
    const authorization = `token ${ann.token}`;
    const hanging = fetch(url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-git-receive-pack-request' },
      body: new ReadableStream(),
      duplex: 'half',
    });
    const ended = expect(hanging).rejects.toThrow();
    await fetch(`${forge.url}/api/v1/version`);
    await forge.close();
    await ended;
  });
});

describe('a repository made from another one', () => {
  test('has its branches and tags, and neither its hooks nor its pull requests', async () => {
    await git('-C', work, 'tag', '1.0.0');
    await git('-C', work, 'update-ref', 'refs/pull/1/head', 'HEAD');
    await forge.admin.createRepository({ owner: 'ann', name: 'copy', source: work });
    const lines = (await git('ls-remote', remote(undefined, 'copy'))).split('\n');
    const refs = lines.map((line) => line.split('\t')[1]);
    expect(refs).toEqual(['HEAD', 'refs/heads/main', 'refs/tags/1.0.0']);
  });
});

describe('refs/pull/N/head', () => {
  test('is there from the beginning and follows every push before the push returns', async () => {
    const one = await commit('two');
    await push(ann, 'main~0:refs/heads/main', 'HEAD:refs/heads/fix');
    const number = await openPull();
    expect(await pullHead(number)).toBe(one);
    const two = await commit('three');
    await push(ann, 'HEAD:refs/heads/fix');
    expect(await pullHead(number)).toBe(two);
  });

  test('follows a forced push, and the old commit can still be fetched by its id', async () => {
    await push(ann, 'main');
    const old = await commit('two');
    await push(ann, 'HEAD:refs/heads/fix');
    const number = await openPull();
    await git('-C', work, 'reset', '--quiet', '--hard', 'HEAD~1');
    const replaced = await commit('instead');
    await push(ann, '+HEAD:refs/heads/fix');
    expect(await pullHead(number)).toBe(replaced);
    const clone = join(directory, 'clone');
    await git('init', '--quiet', clone);
    await git('-C', clone, 'fetch', '--quiet', '--depth=1', remote(undefined), old);
    expect(await git('-C', clone, 'rev-parse', 'FETCH_HEAD')).toBe(old);
  });

  test('follows a change that was made behind the back of the server when it is asked for', async () => {
    await push(ann, 'main', 'HEAD:refs/heads/fix');
    const number = await openPull();
    const tip = await commit('two');
    await git('-C', work, 'push', '--quiet', forge.admin.gitDirectory(path), 'HEAD:refs/heads/fix');
    const response = await fetch(`${forge.url}/api/v1/repos/ann/app/pulls/${number}`);
    expect(await response.json()).toMatchObject({ head: { sha: tip, ref: 'fix' } });
    expect(await pullHead(number)).toBe(tip);
  });

  test('can not be pushed to', async () => {
    await push(ann, 'main', 'HEAD:refs/heads/fix');
    const number = await openPull();
    await commit('forged');
    expect((await push(ann, `+HEAD:refs/pull/${number}/head`)).ok).toBe(false);
  });

  test('carries the head of a fork, also when the fork is gone', async () => {
    await push(ann, 'main');
    await forge.admin.forkRepository(path, 'reader');
    const theirs = await commit('theirs');
    const fork = remote(reader).replace('/ann/', '/reader/');
    await git('-C', work, 'push', '--quiet', fork, 'HEAD:refs/heads/idea');
    const sides = { title: 'T', body: '', head: 'reader:idea', base: 'main' };
    const number = await forge.admin.createPullRequest(path, 'reader', sides);
    expect(await pullHead(number)).toBe(theirs);
    const more = await commit('more');
    await git('-C', work, 'push', '--quiet', fork, 'HEAD:refs/heads/idea');
    expect(await pullHead(number)).toBe(more);
    await forge.admin.deleteRepository({ owner: 'reader', name: 'app' });
    const response = await fetch(`${forge.url}/api/v1/repos/ann/app/pulls/${number}`);
    const head = { sha: more, repo: null, repo_id: -1, ref: `refs/pull/${number}/head`, label: 'idea' };
    expect(await response.json()).toMatchObject({ head });
  });

  test('stays when the head branch is deleted, which closes the pull request', async () => {
    const tip = await commit('two');
    await push(ann, 'HEAD~1:refs/heads/main', 'HEAD:refs/heads/fix');
    const number = await openPull();
    await push(ann, ':refs/heads/fix');
    const response = await fetch(`${forge.url}/api/v1/repos/ann/app/pulls/${number}`);
    const head = { sha: tip, ref: `refs/pull/${number}/head` };
    expect(await response.json()).toMatchObject({ state: 'closed', head });
    expect(await pullHead(number)).toBe(tip);
  });

  test.each([
    ['main', 422],
    ['nowhere', 404],
    ['stranger:fix', 404],
    ['reader:fix', 400],
  ])('is not made for a pull request from %s, which is refused with %i', async (head, status) => {
    await push(ann, 'main');
    const sides = { title: 'T', body: '', head, base: 'main' };
    await expect(forge.admin.createPullRequest(path, 'ann', sides)).rejects.toMatchObject({ status });
  });

  test('is not made for the branch of others by someone who is no collaborator', async () => {
    await push(ann, 'main', 'HEAD:refs/heads/fix');
    const sides = { title: 'T', body: '', head: 'fix', base: 'main' };
    const made = forge.admin.createPullRequest(path, 'reader', sides);
    await expect(made).rejects.toMatchObject({ status: 403 });
  });
});
