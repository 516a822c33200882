import { describe, expect, test } from 'vitest';
import type { CommitStatus, Forge, RepositoryPath } from '../../ports/forge.ts';
import { parseCommitSha } from '../../shared/brand.ts';
import { createGiteaForge } from './gitea-forge.ts';

const path: RepositoryPath = { owner: 'o', name: 'r' };
const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const date = 'Wed, 25 Nov 2026 12:00:00 GMT';

interface Scripted {
  readonly status?: number;
  readonly body: string | object | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A forge whose server is a function of method and path with query. */
function scripted(answer: (asked: string, body: string) => Scripted): { forge: Forge; asked: string[] } {
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const line = `${init?.method} ${String(input).replace('http://forge.test/api/v1', '')}`;
    asked.push(line);
    const { status = 200, body, headers } = answer(line, String(init?.body ?? ''));
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return new Response(status === 204 ? null : text, { status, headers: { date, ...headers } });
  };
  return {
    forge: createGiteaForge({ name: 'test', url: 'http://forge.test', token: 'a-token', fetch }),
    asked,
  };
}

function comment(id: number | string, more: object = {}): object {
  return {
    id,
    body: 'text',
    user: { id: 7, login: 'ann' },
    html_url: 'http://forge.test/o/r/pulls/3#issuecomment-1',
    pull_request_url: 'http://forge.test/o/r/pulls/3',
    issue_url: '',
    created_at: '2026-11-25T12:00:00+01:00',
    updated_at: '2026-11-25T11:00:01Z',
    ...more,
  };
}

describe('lists', () => {
  test('always carry page and limit, and a beginning in whole seconds of UTC', async () => {
    const { forge, asked } = scripted(() => ({ body: [] }));
    await forge.commentsSince(path, Date.UTC(2026, 10, 25, 11, 0, 1, 999), soon());
    await forge.commentsSince(path, undefined, soon());
    expect(asked).toEqual([
      'GET /repos/o/r/issues/comments?page=1&limit=50&since=2026-11-25T11%3A00%3A01Z',
      'GET /repos/o/r/issues/comments?page=1&limit=1',
    ]);
  });

  test('null is an empty list', async () => {
    const { forge } = scripted(() => ({ body: null }));
    expect(await forge.commentsOf(path, 3, soon())).toEqual([]);
    const page = await forge.commentsSince(path, 0, soon());
    expect(page).toEqual({ comments: [], serverTime: Date.parse(date) });
  });

  test('are read to their end where the server grants less than was asked for', async () => {
    const all = Array.from({ length: 25 }, (_, index) => comment(index + 1));
    const { forge, asked } = scripted((line) => {
      const page = Number(/[?&]page=(\d+)/.exec(line)?.[1]);
      return { body: all.slice((page - 1) * 10, page * 10), headers: { 'x-total-count': '25' } };
    });
    const { comments } = await forge.commentsSince(path, 0, soon());
    expect(comments.map(({ id }) => Number(id))).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    expect(asked).toHaveLength(3);
  });

  test('are read until an empty page where the server does not count', async () => {
    const { forge, asked } = scripted((line) => ({
      body: line.includes('page=1&') ? [comment(1)] : line.includes('page=2&') ? [comment(2)] : [],
    }));
    expect((await forge.commentsSince(path, 0, soon())).comments).toHaveLength(2);
    expect(asked).toHaveLength(3);
  });

  test('name an item once that moved to a later page, and end where nothing new comes', async () => {
    const { forge, asked } = scripted((line) => ({
      body: line.includes('page=1&') ? [comment(1), comment(2)] : [comment(2), comment(3)],
    }));
    const { comments } = await forge.commentsSince(path, 0, soon());
    expect(comments.map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(asked).toHaveLength(3);
  });

  test('that never end are given up', async () => {
    let next = 0;
    const { forge } = scripted(() => {
      next += 1;
      return { body: [comment(next)] };
    });
    const reading = forge.commentsSince(path, 0, soon());
    await expect(reading).rejects.toMatchObject({ code: 'forge-failed' });
  });

  test('name the time of the first page as the time of the server', async () => {
    const { forge } = scripted((line) =>
      line.includes('page=1&')
        ? { body: [comment(1)] }
        : { body: [], headers: { date: 'Wed, 25 Nov 2026 12:00:09 GMT' } },
    );
    expect((await forge.commentsSince(path, 0, soon())).serverTime).toBe(Date.parse(date));
  });
});

describe('a comment', () => {
  const read = async (body: object | string) => {
    const { forge } = scripted(() => ({ body }));
    return forge.comment(path, '1', soon());
  };

  test('has its times in milliseconds, whatever zone the server writes', async () => {
    const found = await read(comment(1));
    expect(found?.createdAt).toBe(Date.UTC(2026, 10, 25, 11, 0, 0));
    expect(found?.updatedAt).toBe(Date.UTC(2026, 10, 25, 11, 0, 1));
  });

  test('keeps all digits of an id beyond 2^53', async () => {
    const text = JSON.stringify(comment(1)).replace('"id":1', '"id":9007199254740993123');
    expect((await read(text.replace('"id":7', '"id":9007199254740993')))?.author?.id).toBe(
      '9007199254740993',
    );
    expect((await read(text))?.id).toBe('9007199254740993123');
    const { forge, asked } = scripted(() => ({ body: text }));
    await forge.comment(path, '9007199254740993123', soon());
    expect(asked).toEqual(['GET /repos/o/r/issues/comments/9007199254740993123']);
  });

  test.each([
    ['a deleted account', { user: { id: -1, login: 'Ghost' } }],
    ['no account at all', { user: null }],
    ['an account elsewhere, imported by someone here', { original_author: 'ann', original_author_id: 9 }],
  ])('of %s has no author', async (_name, more) => {
    expect((await read(comment(1, more)))?.author).toBeUndefined();
  });

  test('of an issue has the number of the issue', async () => {
    const more = { pull_request_url: '', issue_url: 'https://example.org/git/o/r/issues/12' };
    expect(await read(comment(1, more))).toMatchObject({ number: 12, onPullRequest: false });
  });

  test('with fields that nobody knows and without those that are optional is read', async () => {
    const { original_author: _, ...bare } = {
      ...comment(1),
      original_author: '',
      assets: null,
      mood: 'good',
    };
    expect((await read(bare))?.id).toBe('1');
  });

  test.each([
    ['stands on nothing', { pull_request_url: '', issue_url: '' }],
    ['has no proper time', { created_at: 'yesterday' }],
    ['has no id', { id: undefined }],
  ])('that %s is a failure of the forge', async (_name, more) => {
    await expect(read(comment(1, more))).rejects.toMatchObject({ code: 'forge-failed' });
  });

  test('is undefined where its id is that of an event', async () => {
    const { forge } = scripted(() => ({ status: 204, body: '' }));
    expect(await forge.comment(path, '1', soon())).toBeUndefined();
    expect(await forge.editComment(path, '1', 'x', soon())).toBeUndefined();
  });

  test.each(['', '0', '-1', '1/../2', '1?x', 'abc'])('with the id %j is not asked for', async (id) => {
    const { forge, asked } = scripted(() => ({ body: comment(1) }));
    await expect(forge.comment(path, id, soon())).rejects.toMatchObject({ code: 'forge-rejected' });
    expect(asked).toEqual([]);
  });
});

describe('a pull request', () => {
  const sha = 'a'.repeat(40);
  const read = async (head: object) => {
    const body = {
      number: 3,
      title: 't',
      state: 'open',
      user: { id: 7, login: 'ann' },
      html_url: 'http://forge.test/o/r/pulls/3',
      head: { label: 'fix', ref: 'fix', sha, repo: { id: 5 }, ...head },
      base: { label: 'main', ref: 'main', sha, repo: { id: 5 } },
    };
    const { forge } = scripted(() => ({ body }));
    return forge.pullRequest(path, 3, soon());
  };

  test('of the repository itself says so', async () => {
    expect(await read({})).toMatchObject({ sameRepository: true, headSha: sha, draft: false });
  });

  test.each([
    ['from a fork', { repo: { id: 6 } }],
    ['from a fork that is gone', { repo: null, ref: 'refs/pull/3/head' }],
    ['by an AGit push', { label: '', ref: 'refs/pull/3/head' }],
  ])('%s is not of the same repository', async (_name, head) => {
    expect((await read(head)).sameRepository).toBe(false);
  });

  test.each(['', 'main', 'a'.repeat(64)])('whose head is %j is a failure of the forge', async (wrong) => {
    await expect(read({ sha: wrong })).rejects.toMatchObject({ code: 'forge-failed' });
  });
});

describe('a permission', () => {
  const ann = { id: '7', login: 'ann' };

  test.each([
    ['owner', 'admin'],
    ['admin', 'admin'],
    ['write', 'write'],
    ['read', 'read'],
    ['none', 'none'],
    ['emperor', 'none'],
    ['', 'none'],
  ])('the word %j means %s', async (permission, meaning) => {
    const { forge } = scripted(() => ({ body: { permission, user: { id: 7, login: 'ann' } } }));
    expect(await forge.permission(path, ann, soon())).toBe(meaning);
  });

  test('of somebody else under the same name, or of nobody in particular, is none', async () => {
    for (const user of [{ id: 8, login: 'ann' }, null]) {
      const { forge } = scripted(() => ({ body: { permission: 'owner', user } }));
      expect(await forge.permission(path, ann, soon())).toBe('none');
    }
  });

  test('of ourselves is read from the repository where the server refuses the question', async () => {
    const repository = {
      id: 5,
      name: 'r',
      owner: { id: 1, login: 'o' },
      clone_url: 'c',
      html_url: 'h',
      permissions: { admin: false, push: true, pull: true },
    };
    const { forge } = scripted((line) => {
      if (line.endsWith('/permission')) return { status: 403, body: { message: 'no' } };
      return { body: line === 'GET /user' ? { id: 7, login: 'ann' } : repository };
    });
    expect(await forge.permission(path, ann, soon())).toBe('write');
    const bob = forge.permission(path, { id: '8', login: 'bob' }, soon());
    await expect(bob).rejects.toMatchObject({ code: 'forge-forbidden' });
  });

  test('is never assumed where the server fails', async () => {
    const { forge } = scripted(() => ({ status: 503, body: '' }));
    await expect(forge.permission(path, ann, soon())).rejects.toMatchObject({ code: 'forge-failed' });
  });

  test('is asked for with the login encoded', async () => {
    const { forge, asked } = scripted(() => ({ body: { permission: 'none', user: null } }));
    await forge.permission(path, { id: '7', login: 'a/b?c' }, soon());
    expect(asked).toEqual(['GET /repos/o/r/collaborators/a%2Fb%3Fc/permission']);
  });
});

describe('a reaction', () => {
  test.each([
    ['is not on the list of the instance', ['+1'], true],
    ['is on the list', ['+1', 'eyes'], false],
  ])('that is forbidden and %s', async (_name, allowed, succeeds) => {
    const { forge } = scripted((line) =>
      line.startsWith('POST') ? { status: 403, body: '' } : { body: { allowed_reactions: allowed } },
    );
    const reacting = forge.react(path, '1', 'eyes', soon());
    if (succeeds) expect(await reacting).toBeUndefined();
    else await expect(reacting).rejects.toMatchObject({ code: 'forge-forbidden' });
  });

  test('that is forbidden on an instance that tells no list is refused', async () => {
    const { forge } = scripted((line) => ({ status: line.startsWith('POST') ? 403 : 404, body: '' }));
    await expect(forge.react(path, '1', 'eyes', soon())).rejects.toMatchObject({ code: 'forge-forbidden' });
  });
});

describe('a status', () => {
  const sha = parseCommitSha('a'.repeat(40));
  if (sha === undefined) throw new Error('this is a commit id');
  const good: CommitStatus = {
    context: 'seatrial/r',
    state: 'success',
    description: 'd',
    targetUrl: undefined,
  };

  test('is sent with the words that the server reads', async () => {
    const bodies: unknown[] = [];
    const { forge, asked } = scripted((_line, body) => {
      bodies.push(JSON.parse(body));
      return { status: 201, body: {} };
    });
    await forge.setStatus(path, sha, { ...good, targetUrl: 'https://example.org/1' }, soon());
    expect(asked).toEqual([`POST /repos/o/r/statuses/${sha}`]);
    const sent = { state: 'success', context: 'seatrial/r', description: 'd' };
    expect(bodies).toEqual([{ ...sent, target_url: 'https://example.org/1' }]);
  });

  test.each([
    ['a state that is none', { state: 'finished' }],
    ['an empty context', { context: '' }],
    ['a context with a newline', { context: 'a\nb' }],
    ['a context that is not ASCII', { context: 'prüfung' }],
    ['a target that is a script', { targetUrl: 'javascript:alert(1)' }],
    ['a target that is no address', { targetUrl: '/runs/1' }],
  ])('with %s never leaves us', async (_name, change) => {
    const { forge, asked } = scripted(() => ({ status: 201, body: {} }));
    const wrong = { ...good, ...change } as CommitStatus;
    await expect(forge.setStatus(path, sha, wrong, soon())).rejects.toMatchObject({ code: 'forge-rejected' });
    expect(asked).toEqual([]);
  });

  test('for a branch instead of a commit never leaves us', async () => {
    const { forge, asked } = scripted(() => ({ status: 201, body: {} }));
    const branch = 'main' as typeof sha;
    await expect(forge.setStatus(path, branch, good, soon())).rejects.toMatchObject({
      code: 'forge-rejected',
    });
    expect(asked).toEqual([]);
  });

  test('is the newest by its id, and the words of others are read by what they mean', async () => {
    const status = (id: number, context: string, word: string) => ({
      id,
      context,
      status: word,
      description: '',
      target_url: '',
      created_at: '2026-11-25T11:00:00Z',
    });
    const body = [
      status(1, 'a', 'pending'),
      status(3, 'a', 'success'),
      status(2, 'a', 'failure'),
      status(4, 'b', 'warning'),
      status(5, 'c', 'skipped'),
      status(6, 'd', 'bogus'),
    ];
    const { forge } = scripted(() => ({ body, headers: { 'x-total-count': '6' } }));
    const found = (await forge.statuses(path, sha, soon())).map(({ context, state }) => [context, state]);
    expect(found).toEqual([
      ['d', 'error'],
      ['c', 'success'],
      ['b', 'failure'],
      ['a', 'success'],
    ]);
  });
});
