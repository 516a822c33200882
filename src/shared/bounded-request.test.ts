import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { errorOf } from '../../test/support/errors.ts';
import { requestOnce } from './bounded-request.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

test('a request that somebody took and nobody answered in time is told as that', async () => {
  const error = await errorOf(asked(await silent()));
  expect(error).toMatchObject({ code: 'unanswered', facts: { host: 'app.example', path: '/slow' } });
  expect(error.message).toBe('app.example/slow was not answered within 0.3 s');
});

test('a request that nobody took is no such thing', async () => {
  const port = await silent();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  await expect(asked(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a request that was cancelled is none either', async () => {
  const reason = AbortSignal.abort(new Error('cancelled'));
  await expect(asked(await silent(), reason)).rejects.toMatchObject({ name: 'AbortError' });
});

function asked(port: number, signal = new AbortController().signal) {
  const connect = { host: '127.0.0.1', port };
  return requestOnce(
    { ...{ connect, host: 'app.example', path: '/slow', tls: undefined }, deadline: 300, maxBytes: 10 },
    signal,
  );
}

/** The port of a server that takes connections and says nothing. */
async function silent(): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => undefined));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
