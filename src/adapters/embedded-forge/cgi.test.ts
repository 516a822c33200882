import { once } from 'node:events';
import { createServer, get, type Server, type ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { until } from '../../shared/wait.ts';
import { answerWithCgi } from './cgi.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** What the program did, as the server saw it. */
interface Answering {
  readonly response: ServerResponse;
  readonly done: Promise<void>;
}

/** A server that answers with a program written in JavaScript. */
async function serve(program: string, beforeEnd = async (): Promise<void> => {}) {
  const server = createServer();
  servers.push(server);
  const answering = new Promise<Answering>((resolve) => {
    server.once('request', (request, response) => {
      const options = { file: process.execPath, args: ['-e', program], env: {}, beforeEnd };
      resolve({ response, done: answerWithCgi(request, response, options) });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, answering };
}

test('a program that does not read what it was sent is answered with all the same', async () => {
  const steps: string[] = [];
  const program = "process.stdout.write('Status: 201 Made\\r\\nX-Kind: test\\r\\n\\r\\nhello')";
  const { url, answering } = await serve(program, async () => {
    steps.push('before the end');
  });
  const response = await fetch(url, { method: 'POST', body: Buffer.alloc(8 * 1024 * 1024) });
  expect(response.status).toBe(201);
  expect(response.headers.get('x-kind')).toBe('test');
  expect(await response.text()).toBe('hello');
  expect(steps).toEqual(['before the end']);
  await (await answering).done;
});

test('a program that is sent something can send it back', async () => {
  const program =
    "process.stdout.write('Content-Type: text/plain\\r\\n\\r\\n'); process.stdin.pipe(process.stdout)";
  const { url } = await serve(program);
  const body = 'x'.repeat(3 * 1024 * 1024);
  const response = await fetch(url, { method: 'POST', body });
  expect(response.headers.get('content-type')).toBe('text/plain');
  expect(await response.text()).toBe(body);
});

test.each([
  ['says nothing', ''],
  ['begins without a head', "setInterval(() => process.stdout.write('y'.repeat(65536)), 1)"],
])('a program that %s is a 500', async (_name, program) => {
  const { url } = await serve(program);
  expect((await fetch(url)).status).toBe(500);
});

test('a client that goes away takes a program with it that would never end', async () => {
  const endless = `
    process.stdout.write('Content-Type: text/plain\\r\\n\\r\\n');
    const more = () => { while (process.stdout.write('y'.repeat(65536))); process.stdout.once('drain', more); };
    more();`;
  const { url, answering } = await serve(endless);
  const client = get(url);
  client.once('error', () => {});
  const [incoming] = await once(client, 'response');
  incoming.pause();
  const { response, done } = await answering;
  const wait = { name: 'a full buffer', deadline: 10_000, every: 20, signal: AbortSignal.timeout(20_000) };
  await until(wait, async () =>
    response.writableNeedDrain ? { done: true, value: undefined } : { done: false, missing: 'back-pressure' },
  );
  client.destroy();
  expect(await done).toBeUndefined();
});

test('a program that is not there is an error', async () => {
  const server = createServer();
  servers.push(server);
  const failing = new Promise((resolve) => {
    server.once('request', (request, response) => {
      const options = { file: '/no/such/program', args: [], env: {}, beforeEnd: async () => {} };
      answerWithCgi(request, response, options).catch((error: unknown) => {
        response.writeHead(500).end();
        resolve(error);
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  await fetch(`http://127.0.0.1:${address.port}`);
  expect(await failing).toMatchObject({ code: 'ENOENT' });
});
