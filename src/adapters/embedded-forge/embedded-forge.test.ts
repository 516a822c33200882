import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedForge, type EmbeddedForgeOptions, startEmbeddedForge } from './embedded-forge.ts';

const path = { owner: 'ann', name: 'app' };
const NOON = Date.UTC(2026, 10, 25, 12, 0, 0);

let directory = '';
let now = NOON;
let forge: EmbeddedForge;
let token = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'seatrial-forge-'));
  now = NOON;
  forge = await start();
  token = forge.admin.createUser({ login: 'ann' }).token;
  await forge.admin.createRepository(path);
});
afterEach(async () => {
  await forge.close();
  await rm(directory, { recursive: true, force: true });
});

function start(options: Partial<EmbeddedForgeOptions> = {}): Promise<EmbeddedForge> {
  return startEmbeddedForge({
    directory,
    clock: { now: () => now, monotonic: () => now },
    random: (count) => randomBytes(count),
    path: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    ...options,
  });
}

interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string | undefined;
}

async function ask(where: string, asked: Asked = {}) {
  const given = 'token' in asked ? asked.token : token;
  const response = await fetch(`${forge.url}/api/v1${where}`, {
    method: asked.method ?? 'GET',
    redirect: 'manual',
    headers: given === undefined ? {} : { authorization: `token ${given}` },
    signal: AbortSignal.timeout(10_000),
    ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
  });
  const text = await response.text();
  const json = text.startsWith('{') || text.startsWith('[') || text === 'null' ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, text, json };
}

const post = (where: string, body: unknown) => ask(where, { method: 'POST', body });

describe('the clock', () => {
  test('is the one that is handed in, cut to whole seconds, also in the Date header', async () => {
    now = NOON + 1999;
    const issue = forge.admin.createIssue(path, 'ann', 'A question');
    const { json, headers } = await post(`/repos/ann/app/issues/${issue}/comments`, { body: 'x' });
    expect(json).toMatchObject({ created_at: '2026-11-25T12:00:01Z', updated_at: '2026-11-25T12:00:01Z' });
    expect(headers.get('date')).toBe('Wed, 25 Nov 2026 12:00:01 GMT');
  });
});

describe('since', () => {
  test.each([
    ['2026-11-25T12:00:09Z', 2],
    ['2026-11-25T12:00:10Z', 2],
    ['2026-11-25T12:00:10.999Z', 2],
    ['2026-11-25T13:00:10%2B01:00', 2],
    ['2026-11-25T12:00:11Z', 1],
    ['2026-11-25T12:00:20Z', 1],
    ['2026-11-25T12:00:21Z', 0],
  ])('%s finds %i of two comments, for it means "updated then or later"', async (since, count) => {
    const issue = forge.admin.createIssue(path, 'ann', 'A question');
    const first = forge.admin.createComment(path, issue, 'ann', 'first');
    now = NOON + 10_000;
    forge.admin.createComment(path, issue, 'ann', 'second');
    now = NOON + 20_500;
    await ask(`/repos/ann/app/issues/comments/${first}`, { method: 'PATCH', body: { body: 'edited' } });
    const { json, headers } = await ask(`/repos/ann/app/issues/comments?since=${since}`);
    expect(json).toHaveLength(count);
    expect(headers.get('x-total-count')).toBe(String(count));
  });

  test.each(['yesterday', '2026-11-25', '1795608000', 'null', '2026-11-25T13:00:10+01:00'])(
    '%s is refused with 422',
    async (since) => {
      expect((await ask(`/repos/ann/app/issues/comments?since=${since}`)).status).toBe(422);
    },
  );

  test('does not change the order: the first created comes first', async () => {
    const issue = forge.admin.createIssue(path, 'ann', 'A question');
    const first = forge.admin.createComment(path, issue, 'ann', 'first');
    const second = forge.admin.createComment(path, issue, 'ann', 'second');
    now = NOON + 5000;
    await ask(`/repos/ann/app/issues/comments/${first}`, { method: 'PATCH', body: { body: 'edited' } });
    const { json } = await ask('/repos/ann/app/issues/comments?since=2026-11-25T12:00:00Z');
    expect(json.map(({ id }: { id: number }) => id)).toEqual([first, second]);
  });
});

describe('pages', () => {
  test('hold at most 50, begin at 1, and behind the end they are empty', async () => {
    const issue = forge.admin.createIssue(path, 'ann', 'A question');
    for (let count = 0; count < 61; count++) forge.admin.createComment(path, issue, 'ann', `${count}`);
    const sizeOf = async (query: string) => (await ask(`/repos/ann/app/issues/comments${query}`)).json.length;
    expect(await sizeOf('')).toBe(30);
    expect(await sizeOf('?limit=100')).toBe(50);
    expect(await sizeOf('?page=0&limit=100')).toBe(50);
    expect(await sizeOf('?page=2&limit=50')).toBe(11);
    expect(await sizeOf('?page=3&limit=50')).toBe(0);
    const { headers } = await ask('/repos/ann/app/issues/comments?limit=10');
    expect(headers.get('link')).toBeNull();
    expect((await ask(`/repos/ann/app/issues/${issue}/comments?limit=10`)).json).toHaveLength(61);
  });
});

describe('comments', () => {
  test('that are edited to the same text keep their time', async () => {
    const issue = forge.admin.createIssue(path, 'ann', 'A question');
    const id = forge.admin.createComment(path, issue, 'ann', 'same');
    now = NOON + 5000;
    const edit = (body: string) =>
      ask(`/repos/ann/app/issues/comments/${id}`, { method: 'PATCH', body: { body } });
    expect((await edit('same')).json.updated_at).toBe('2026-11-25T12:00:00Z');
    expect((await edit('other')).json.updated_at).toBe('2026-11-25T12:00:05Z');
  });

  test('share their numbers with events, which answer 204', async () => {
    const issue = forge.admin.createIssue(path, 'ann', 'A question');
    const before = forge.admin.createComment(path, issue, 'ann', 'before');
    forge.admin.setPullRequestState(path, issue, 'closed', 'ann');
    const after = forge.admin.createComment(path, issue, 'ann', 'after');
    expect(after).toBe(before + 2);
    const event = await ask(`/repos/ann/app/issues/comments/${before + 1}`);
    expect([event.status, event.text]).toEqual([204, '']);
    expect((await ask('/repos/ann/app/issues/comments')).json).toHaveLength(2);
  });

  test.each([{}, { body: '' }, { body: 5 }, [], undefined])(
    'made of %j are refused with 422',
    async (body) => {
      const issue = forge.admin.createIssue(path, 'ann', 'A question');
      expect((await post(`/repos/ann/app/issues/${issue}/comments`, body)).status).toBe(422);
    },
  );

  test('of a deleted account are in the list, in the name of Ghost, and a 500 by themselves', async () => {
    const issue = forge.admin.createIssue(path, 'ann', 'A question');
    forge.admin.createUser({ login: 'leaver' });
    const id = forge.admin.createComment(path, issue, 'leaver', 'bye');
    forge.admin.deleteUser('leaver');
    const { json } = await ask('/repos/ann/app/issues/comments');
    expect(json).toMatchObject([{ id, body: 'bye', user: { id: -1, login: 'Ghost' } }]);
    expect((await ask(`/repos/ann/app/issues/comments/${id}`)).status).toBe(500);
  });

  test('on a number that does not exist are a 500 without a message', async () => {
    const { status, json } = await post('/repos/ann/app/issues/99/comments', { body: 'x' });
    expect([status, json.message]).toEqual([500, '']);
  });
});

describe('reactions', () => {
  test('are 201 when new, 200 when there already, 403 when not allowed, and null when there are none', async () => {
    const issue = forge.admin.createIssue(path, 'ann', 'A question');
    const where = `/repos/ann/app/issues/comments/${forge.admin.createComment(path, issue, 'ann', 'x')}/reactions`;
    expect((await ask(where)).text).toBe('null');
    expect((await post(where, { content: 'eyes' })).status).toBe(201);
    expect((await post(where, { content: 'eyes' })).status).toBe(200);
    expect((await post(where, { content: 'poop' })).status).toBe(403);
    expect((await ask(where)).json).toHaveLength(1);
    expect((await ask(where, { method: 'DELETE', body: { content: 'eyes' } })).status).toBe(204);
    expect((await ask(where, { method: 'DELETE', body: { content: 'eyes' } })).status).toBe(204);
    expect((await ask(where)).text).toBe('null');
  });
});

describe('access', () => {
  test('anonymous callers read what is public and write nothing', async () => {
    await forge.admin.createRepository({ owner: 'ann', name: 'secret', private: true });
    const anonymous = { token: undefined };
    expect((await ask('/repos/ann/app', anonymous)).status).toBe(200);
    expect((await ask('/repos/ann/secret', anonymous)).status).toBe(404);
    expect((await ask('/user', anonymous)).status).toBe(401);
    const write = { ...anonymous, method: 'POST', body: { body: 'x' } };
    expect((await ask('/repos/ann/app/issues/1/comments', write)).status).toBe(401);
  });

  test('a bad token is refused even where none is needed', async () => {
    expect((await ask('/version', { token: 'deadbeef' })).status).toBe(401);
  });

  test('a renamed repository answers every method with 301', async () => {
    const issue = forge.admin.createIssue(path, 'ann', 'A question');
    forge.admin.renameRepository(path, 'new');
    const { status, headers } = await post(`/repos/ann/app/issues/${issue}/comments?x=1`, { body: 'x' });
    expect(status).toBe(301);
    expect(headers.get('location')).toBe(`${forge.url}/api/v1/repos/ann/new/issues/${issue}/comments?x=1`);
    forge.admin.renameUser('ann', 'anna');
    expect((await ask('/repos/ann/new')).headers.get('location')).toContain('/repos/anna/new');
    expect((await ask('/repos/anna/new')).status).toBe(200);
  });

  test('an archived repository refuses words with 423 and still takes reactions', async () => {
    const issue = forge.admin.createIssue(path, 'ann', 'A question');
    const id = forge.admin.createComment(path, issue, 'ann', 'x');
    forge.admin.setArchived(path, true);
    expect((await post(`/repos/ann/app/issues/${issue}/comments`, { body: 'x' })).status).toBe(423);
    expect((await post(`/repos/ann/app/issues/comments/${id}/reactions`, { content: 'eyes' })).status).toBe(
      201,
    );
  });

  test.each([
    ['GET', '/nothing', 404],
    ['PUT', '/user', 405],
    ['GET', '/repos/ann/%E0%A4%A', 400],
    ['GET', '/repos/ann/..%2F..%2Fuser', 404],
  ])('%s %s is answered with %i', async (method, where, status) => {
    expect((await ask(where, { method })).status).toBe(status);
  });
});

describe('a request', () => {
  test('whose address is none is answered with 400', async () => {
    const { port } = new URL(forge.url);
    const asking = request({ host: '127.0.0.1', port, method: 'OPTIONS', path: '*' }).end();
    const [response] = await once(asking, 'response');
    expect(response.statusCode).toBe(400);
    response.resume();
  });
});

describe('pages for people', () => {
  test('show the words of a conversation without their HTML coming alive', async () => {
    const issue = forge.admin.createIssue(path, 'ann', '<b>bold</b>');
    forge.admin.createComment(path, issue, 'ann', '<script>alert("x")</script>');
    const response = await fetch(`${forge.url}/ann/app/issues/${issue}`);
    const page = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
    expect(page).not.toMatch(/<script|<b>/);
  });

  test('show nothing of a private repository to strangers', async () => {
    const secret = { owner: 'ann', name: 'secret' };
    await forge.admin.createRepository({ ...secret, private: true });
    const issue = forge.admin.createIssue(secret, 'ann', 'Hush');
    expect((await fetch(`${forge.url}/ann/secret/issues/${issue}`)).status).toBe(404);
  });
});

describe('a restart', () => {
  test('keeps accounts, tokens, comments and numbers', async () => {
    const issue = forge.admin.createIssue(path, 'ann', 'A question');
    const first = forge.admin.createComment(path, issue, 'ann', 'kept');
    await forge.close();
    forge = await start();
    const { json } = await ask(`/repos/ann/app/issues/${issue}/comments`);
    expect(json).toMatchObject([{ id: first, body: 'kept', user: { login: 'ann' } }]);
    expect(forge.admin.createComment(path, issue, 'ann', 'next')).toBe(first + 1);
  });

  test('does not use the id of a deleted comment again', async () => {
    const issue = forge.admin.createIssue(path, 'ann', 'A question');
    const first = forge.admin.createComment(path, issue, 'ann', 'gone');
    await ask(`/repos/ann/app/issues/comments/${first}`, { method: 'DELETE' });
    await forge.close();
    forge = await start();
    expect(forge.admin.createComment(path, issue, 'ann', 'next')).toBe(first + 1);
  });

  test('fails where the port is taken and leaves the directory usable', async () => {
    const port = Number(new URL(forge.url).port);
    const other = await mkdtemp(join(tmpdir(), 'seatrial-forge-'));
    await expect(start({ directory: other, port })).rejects.toThrow('EADDRINUSE');
    const second = await start({ directory: other });
    await second.close();
    await rm(other, { recursive: true, force: true });
  });
});

describe('the admin', () => {
  test.each(['', '.', '..', 'a/b', 'a b', 'x.git', '-x'])('can not call a repository %j', async (name) => {
    await expect(forge.admin.createRepository({ owner: 'ann', name })).rejects.toThrow('can be no name');
  });

  test('is told of names that are taken, in whatever case, and of those that are not there', async () => {
    expect(() => forge.admin.createUser({ login: 'ANN' })).toThrow('UNIQUE');
    await expect(forge.admin.createRepository({ owner: 'ann', name: 'APP' })).rejects.toThrow('UNIQUE');
    expect(() => forge.admin.createToken('bob')).toThrow('has no user bob');
  });

  test('leaves nothing behind of a repository whose source can not be read', async () => {
    const broken = { owner: 'ann', name: 'broken', source: join(directory, 'nowhere') };
    await expect(forge.admin.createRepository(broken)).rejects.toMatchObject({ code: 'process-failed' });
    expect((await ask('/repos/ann/broken')).status).toBe(404);
  });
});

describe('an error that nobody foresaw', () => {
  test('is reported, and the client gets a 500 without a word', async () => {
    const told: unknown[] = [];
    await forge.close();
    forge = await start({ report: (error) => told.push(error), clock: { now: broken, monotonic: broken } });
    function broken(): number {
      if (told.length > 0) return NOON;
      throw new Error('the clock has stopped');
    }
    // The Date header of the answer itself is set before anything else.
    const { status, json } = await ask('/user').catch(() => ({ status: 0, json: undefined }));
    expect([status, json?.message]).toEqual([500, '']);
    expect(told).toEqual([expect.objectContaining({ message: 'the clock has stopped' })]);
  });
});
