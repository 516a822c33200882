import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import type { Forge, RepositoryPath } from '../../ports/forge.ts';
import { isSeatrialError, type SeatrialError } from '../../shared/errors.ts';
import { createGiteaForge } from './gitea-forge.ts';

const token = '0123456789abcdef0123456789abcdef01234567';
const path: RepositoryPath = { owner: 'o', name: 'r' };
const soon = (): AbortSignal => AbortSignal.timeout(10_000);

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A real server on loopback; `seen` are the methods and paths that reached it. */
async function serve(listener: RequestListener): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, seen };
}

function forgeAt(url: string, deadline = 5000): Forge {
  return createGiteaForge({ name: 'test', url, token, deadline });
}

async function errorOf(call: Promise<unknown>): Promise<SeatrialError> {
  const thrown = await call.then(
    (value) => expect.fail(`it gave ${inspect(value)}`),
    (error: unknown) => error,
  );
  if (!isSeatrialError(thrown)) throw thrown;
  expect(thrown.kind).toBe('environment');
  return thrown;
}

describe('redirects', () => {
  test.each([301, 302, 307, 308])(
    'a POST answered with %i is reported as moved and sent once',
    async (code) => {
      const { url, seen } = await serve((request, response) => {
        if (request.url?.includes('/new/')) response.end('[]');
        else response.writeHead(code, { location: '/api/v1/repos/o/new/issues/1/comments?x=1' }).end();
      });
      const error = await errorOf(forgeAt(url).createComment(path, 1, 'hello', soon()));
      expect(error.code).toBe('forge-moved');
      expect(error.facts['location']).toBe('/api/v1/repos/o/new/issues/1/comments');
      expect(seen).toEqual(['POST /api/v1/repos/o/r/issues/1/comments']);
    },
  );
});

describe('answers that are none', () => {
  test('a page of HTML with status 200 is a failure and not an empty list', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please sign in</html>');
    });
    const error = await errorOf(forgeAt(url).commentsSince(path, 0, soon()));
    expect(error.code).toBe('forge-failed');
    expect(error.message).toContain('no JSON (text/html)');
  });

  test('a page of HTML with status 500 is a failure that is not quoted', async () => {
    const { url } = await serve((_request, response) => response.writeHead(500).end('<html>panic</html>'));
    const error = await errorOf(forgeAt(url).createComment(path, 1, 'x', soon()));
    expect(error).toMatchObject({ code: 'forge-failed', facts: { status: 500, words: '' } });
  });

  test('an empty answer where something was asked for is a failure', async () => {
    const { url } = await serve((_request, response) => response.end());
    expect((await errorOf(forgeAt(url).commentsOf(path, 1, soon()))).code).toBe('forge-failed');
  });

  test('a comment that was "created" with 200 is a failure: something answered in between', async () => {
    const comment = {
      id: 1,
      body: 'x',
      pull_request_url: 'http://forge.test/o/r/pulls/1',
      created_at: '2026-11-25T12:00:00Z',
      updated_at: '2026-11-25T12:00:00Z',
    };
    const { url } = await serve((_request, response) => response.end(JSON.stringify(comment)));
    const error = await errorOf(forgeAt(url).createComment(path, 1, 'x', soon()));
    expect(error.message).toContain('the server answered 200, which fits nothing');
  });

  test('an answer without a time is a failure where the time is what was asked for', async () => {
    const { url } = await serve((_request, response) => {
      response.sendDate = false;
      response.end('[]');
    });
    expect((await errorOf(forgeAt(url).commentsSince(path, undefined, soon()))).code).toBe('forge-failed');
  });
});

describe('an answer without an end', () => {
  test('is a failure and not read for ever', async () => {
    const chunk = new Uint8Array(1024 * 1024).fill(0x20);
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(chunk) });
    const fetch = async (): Promise<Response> => new Response(endless);
    const forge = createGiteaForge({ name: 'test', url: 'http://forge.test', token, fetch });
    expect((await errorOf(forge.commentsOf(path, 1, soon()))).code).toBe('forge-failed');
  });
});

describe('no answer', () => {
  test('a server that never answers is unreachable when the deadline is over', async () => {
    const { url, seen } = await serve(() => {});
    const error = await errorOf(forgeAt(url, 100).createComment(path, 1, 'x', soon()));
    expect(error).toMatchObject({ code: 'forge-unreachable', transient: true });
    expect(error.message).toContain('no answer within 0.1 s');
    expect(seen).toHaveLength(1);
  });

  test('a server that stops in the middle of its answer is unreachable, too', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('[');
    });
    const error = await errorOf(forgeAt(url, 100).commentsOf(path, 1, soon()));
    expect(error.code).toBe('forge-unreachable');
  });

  test('a connection that breaks after the request is not tried again', async () => {
    const { url, seen } = await serve((request) => request.socket.destroy());
    const error = await errorOf(forgeAt(url).createComment(path, 1, 'x', soon()));
    expect(error.code).toBe('forge-unreachable');
    expect(seen).toHaveLength(1);
  });

  test('a port where nobody listens is unreachable', async () => {
    const { url } = await serve(() => {});
    for (const server of servers.splice(0)) server.close();
    const error = await errorOf(forgeAt(url).whoAmI(soon()));
    expect(error.code).toBe('forge-unreachable');
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('the reason of the caller who gives up is thrown as it is', async () => {
    const caller = new AbortController();
    const reason = new Error('superseded');
    const { url } = await serve(() => caller.abort(reason));
    await expect(forgeAt(url).whoAmI(caller.signal)).rejects.toBe(reason);
  });
});

describe('refusals', () => {
  test.each([
    [400, {}, 'forge-rejected', false],
    [401, {}, 'forge-unauthorised', false],
    [403, {}, 'forge-forbidden', false],
    [403, { 'retry-after': '7' }, 'forge-limited', true],
    [404, {}, 'forge-not-found', false],
    [410, {}, 'forge-not-found', false],
    [422, {}, 'forge-rejected', false],
    [423, {}, 'forge-read-only', false],
    [429, {}, 'forge-limited', true],
    [500, {}, 'forge-failed', false],
    [502, {}, 'forge-failed', true],
    [503, {}, 'forge-failed', true],
    [503, { 'retry-after': '7' }, 'forge-limited', true],
  ])('status %i with %j is %s, transient: %s', async (status, headers, code, transient) => {
    const { url } = await serve((_request, response) => {
      response.writeHead(status, { ...headers }).end('{"message":"so it is"}');
    });
    const error = await errorOf(forgeAt(url).whoAmI(soon()));
    expect(error).toMatchObject({ code, transient, facts: { status, words: 'so it is' } });
    expect(error.message).toContain('so it is');
  });

  test('403 of an archived repository is read-only', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(403).end('{"message":"Repository was archived so is read-only."}');
    });
    const error = await errorOf(forgeAt(url).createComment(path, 1, 'x', soon()));
    expect(error.code).toBe('forge-read-only');
  });

  test.each([
    ['120', 120],
    ['Wed, 25 Nov 2026 12:00:30 GMT', 30],
    ['Wed, 25 Nov 2026 11:00:00 GMT', 1],
    ['99999999', 3600],
    ['soon', 60],
    [undefined, 60],
  ])('retry-after %s means %i seconds', async (header, seconds) => {
    const { url } = await serve((_request, response) => {
      const date = { date: 'Wed, 25 Nov 2026 12:00:00 GMT' };
      response.writeHead(429, header === undefined ? date : { ...date, 'retry-after': header }).end();
    });
    expect((await errorOf(forgeAt(url).whoAmI(soon()))).facts['retryAfter']).toBe(seconds);
  });
});

describe('the token', () => {
  test('goes out in a header and is nowhere else, not even where the server repeats it', async () => {
    const headers: (string | undefined)[] = [];
    const { url, seen } = await serve((request, response) => {
      headers.push(request.headers.authorization);
      response.writeHead(403, { location: `/${token}` }).end(JSON.stringify({ message: `bad: ${token}` }));
    });
    const error = await errorOf(forgeAt(url).repository(path, soon()));
    expect(headers).toEqual([`Bearer ${token}`]);
    expect(seen.join()).not.toContain(token);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token);
    expect(error.facts['words']).toBe('bad: [redacted]');
  });

  test.each(['', 'abc\n', 'a b', 'tokén'])('a token like %j is refused without being quoted', (bad) => {
    const make = () => createGiteaForge({ name: 'test', url: 'http://forge.test', token: bad });
    expect(make).toThrow(expect.objectContaining({ kind: 'input', code: 'forge-token' }));
  });
});

describe('the address', () => {
  test.each([
    'git.example.org',
    'ftp://git.example.org',
    'https://user:secret@git.example.org',
    'https://git.example.org/?token=x',
    '',
  ])('%j is refused without being quoted', (url) => {
    const make = () => createGiteaForge({ name: 'test', url, token });
    expect(make).toThrow(expect.objectContaining({ kind: 'input', code: 'forge-address' }));
  });

  test('may have a path below the host and slashes at its end', async () => {
    const { url, seen } = await serve((_request, response) => response.end('{"id":1,"login":"bot"}'));
    await forgeAt(`${url}/git//`).whoAmI(soon());
    expect(seen).toEqual(['GET /git/api/v1/user']);
  });
});
