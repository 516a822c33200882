import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../shared/clock.ts';
import { runOrThrow } from '../../shared/process.ts';
import { type EmbeddedForge, startEmbeddedForge } from './embedded-forge.ts';

const path = { owner: 'ann', name: 'app' };
const searchPath = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';

let directory = '';
let forge: EmbeddedForge;
let token = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'seatrial-statuses-'));
  const random = (count: number): Uint8Array => randomBytes(count);
  forge = await startEmbeddedForge({ directory, clock: systemClock, random, path: searchPath });
  token = forge.admin.createUser({ login: 'ann' }).token;
  await forge.admin.createRepository(path);
});
afterAll(async () => {
  await forge.close();
  await rm(directory, { recursive: true, force: true });
});

/** A commit of its own on a branch of its own, so that tests do not see each other's statuses. */
async function commit(branch: string): Promise<string> {
  const env = {
    PATH: searchPath,
    GIT_CONFIG_NOSYSTEM: '1',
    HOME: directory,
    GIT_AUTHOR_NAME: 'dev',
    GIT_AUTHOR_EMAIL: 'dev@example.test',
    GIT_COMMITTER_NAME: 'dev',
    GIT_COMMITTER_EMAIL: 'dev@example.test',
  };
  const git = async (...args: string[]): Promise<string> => {
    const options = { env, deadline: 10_000, name: 'git', signal: AbortSignal.timeout(10_000) };
    const all = ['--git-dir', forge.admin.gitDirectory(path), ...args];
    return (await runOrThrow('git', all, options)).stdout.trim();
  };
  const tree = await git('mktree');
  const sha = await git('commit-tree', tree, '-m', branch);
  await git('update-ref', `refs/heads/${branch}`, sha);
  return sha;
}

async function ask(where: string, body?: unknown) {
  const response = await fetch(`${forge.url}/api/v1/repos/ann/app${where}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `token ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, json: JSON.parse(await response.text()) };
}

const post = (sha: string, context: string, state: string) => ask(`/statuses/${sha}`, { state, context });

describe('a status', () => {
  test('is asked for as state and answered as status, with its texts trimmed', async () => {
    const sha = await commit('trimmed');
    const { status, json } = await ask(`/statuses/${sha}`, {
      state: 'success',
      context: ' c ',
      description: ' d ',
      target_url: 'http://x/',
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      status: 'success',
      context: 'c',
      description: 'd',
      target_url: 'http://x/',
    });
    expect(json).not.toHaveProperty('state');
  });

  test('may be any word, as on a real Gitea', async () => {
    expect((await post(await commit('bogus'), 'c', 'bogus')).status).toBe(201);
  });

  test('for a branch or a shortened id stands on its commit, and for an unknown one on none', async () => {
    const sha = await commit('named');
    for (const name of ['named', sha.slice(0, 8), sha]) {
      expect((await ask(`/statuses/${name}`, { state: 'success', context: name })).status).toBe(201);
    }
    expect((await ask(`/statuses/${sha}`)).json).toHaveLength(3);
    expect((await ask('/statuses/named')).json).toEqual([]);
    expect((await post('0'.repeat(40), 'c', 'success')).status).toBe(500);
  });

  test('is listed with the newest first, in pages with links', async () => {
    const sha = await commit('listed');
    for (const state of ['pending', 'failure', 'success']) await post(sha, 'c', state);
    const { json, headers } = await ask(`/statuses/${sha}?page=1&limit=2`);
    expect(json.map(({ status }: { status: string }) => status)).toEqual(['success', 'failure']);
    expect(headers.get('x-total-count')).toBe('3');
    expect(headers.get('link')).toContain('page=2');
    expect((await ask(`/statuses/${sha}?page=2&limit=2`)).headers.get('link')).toContain('rel="prev"');
  });
});

describe('the combined status', () => {
  test('is made of the newest of each context', async () => {
    const sha = await commit('combined');
    await post(sha, 'a', 'failure');
    await post(sha, 'a', 'success');
    await post(sha, 'b', 'success');
    const { json } = await ask(`/commits/${sha}/status`);
    expect(json).toMatchObject({ state: 'success', sha, total_count: 2 });
    expect((await ask('/commits/combined/status')).json).toMatchObject({ sha, state: 'success' });
  });

  test.each([
    ['none', [], 'pending'],
    ['good', ['success', 'skipped'], 'success'],
    ['waiting', ['success', 'pending'], 'pending'],
    ['broken', ['success', 'error'], 'failure'],
    ['warned', ['success', 'warning'], 'failure'],
  ])('of a %s commit with %j is %s', async (branch, states, combined) => {
    const sha = await commit(branch);
    for (const [index, state] of states.entries()) await post(sha, `context ${index}`, state);
    const { json } = await ask(`/commits/${sha}/status`);
    expect(json.state).toBe(combined);
    if (states.length === 0) expect(json.statuses).toBeNull();
  });

  test('of a commit that is unknown is not found', async () => {
    expect((await ask('/commits/nowhere/status')).status).toBe(404);
  });
});
