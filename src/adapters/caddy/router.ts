import { request } from 'node:http';
import type { Engine, Labels } from '../../ports/engine.ts';
import type { Answer, Ask, OpenRouter, Route, Router } from '../../ports/router.ts';
import { asSeatrialError, SeatrialError } from '../../shared/errors.ts';
import { until } from '../../shared/wait.ts';

export interface CaddyRouterOptions {
  readonly engine: Engine;
  /** An image with the program `caddy`. */
  readonly image: string;
}

const PORT = 80;
const READY_MS = 30_000;
const POLL_MS = 100;
/** Set by the router alone, so that its own answers are never taken for an app's. */
const ORIGIN = 'seatrial-answer-from';

/** One Caddy container a run, on the networks of its apps, with a port on loopback. */
export function createCaddyRouter({ engine, image }: CaddyRouterOptions): Router {
  const containerName = (run: string) => `seatrial-${run}-router`;
  return {
    containerName,
    async open(run, routes, labels, signal) {
      // The router comes up while the apps deploy; whoever asks first waits for it.
      const started = start({ engine, image }, containerName(run), routes, labels, signal);
      started.catch(() => undefined);
      return opened(engine, started);
    },
  };
}

interface Started {
  readonly id: string;
  readonly port: number;
}

async function start(
  { engine, image }: CaddyRouterOptions,
  name: string,
  routes: readonly Route[],
  labels: Labels,
  signal: AbortSignal,
): Promise<Started> {
  const content = Buffer.from(caddyfile(routes));
  const entrypoint = ['caddy'];
  const command = ['run', '--config', '/etc/seatrial/Caddyfile', '--adapter', 'caddyfile'];
  const id = await engine.createContainer(
    { name, image, labels, entrypoint, command, publish: PORT },
    signal,
  );
  const file = { path: 'etc/seatrial/Caddyfile', content, mode: 0o644, uid: 0, gid: 0, mtime: 0 };
  await engine.putFiles(id, '/', [file], signal);
  await engine.startContainer(id, signal);
  for (const [network, hosts] of hostsByNetwork(routes)) await engine.connect(network, id, hosts, signal);
  const port = await engine.publishedPort(id, PORT, signal);
  if (port === undefined) throw unreachable(`it ended at once: ${await engine.logs(id, 3, signal)}`);
  await listening(engine, id, port, signal);
  return { id, port };
}

function opened(engine: Engine, started: Promise<Started>): OpenRouter {
  return {
    async ask(ask, signal) {
      const { port } = await started;
      try {
        return await once(port, ask, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw unreachable(asSeatrialError(error).message);
      }
    },
    async close(signal) {
      // One that never came up has nothing to close; what it left carries the labels of its run.
      const { id } = await started.catch(() => ({ id: undefined }));
      if (id !== undefined) await engine.removeContainer(id, signal);
    },
  };
}

function caddyfile(routes: readonly Route[]): string {
  const blocks = [...new Map(routes.map((route) => [route.host, route])).values()].map(
    (route) => `http://${safeHost(route.host)} {
  reverse_proxy ${route.service}:${route.port} {
    header_down ${ORIGIN} app
    lb_try_duration 0
  }
  handle_errors {
    header ${ORIGIN} router
    respond "{http.error.status_code} {http.error.status_text}" {http.error.status_code}
  }
}
`,
  );
  return `{
  auto_https off
  admin off
}
${blocks.join('')}http:// {
  header ${ORIGIN} router
  respond 404
}
`;
}

/** Host names come from labels: only what a DNS name may hold gets into the file. */
function safeHost(host: string): string {
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host)) return host;
  throw new SeatrialError({
    kind: 'recipe',
    code: 'bad-host',
    sentence: `The router labels name the host “${host}”, which is no host name.`,
    remedy: 'Use the variable DOMAIN in the rule.',
    facts: { host },
  });
}

function hostsByNetwork(routes: readonly Route[]): Map<string, string[]> {
  const networks = new Map<string, string[]>();
  for (const { network, host } of routes)
    networks.set(network, [...new Set([...(networks.get(network) ?? []), host])]);
  return networks;
}

async function listening(engine: Engine, id: string, port: number, signal: AbortSignal): Promise<void> {
  await until({ name: 'the router', deadline: READY_MS, every: POLL_MS, signal }, async () => {
    try {
      await once(port, { host: 'router.invalid', path: '/', deadline: 1000, maxBytes: 1024 }, signal);
      return { done: true, value: undefined };
    } catch (error) {
      signal.throwIfAborted();
      const state = await engine.containerState(id, signal);
      if (state !== undefined && !state.running)
        throw unreachable(`it ended with ${state.exitCode}: ${await engine.logs(id, 3, signal)}`);
      return { done: false, missing: asSeatrialError(error).message };
    }
  });
}

/** One request straight to the router, with the host name that a visitor would use. */
function once(port: number, ask: Ask, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: ask.path,
        headers: { host: ask.host, 'user-agent': 'seatrial' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(ask.deadline)]),
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > ask.maxBytes)
            response.destroy(new Error(`the answer has more than ${ask.maxBytes} bytes`));
          else chunks.push(chunk);
        });
        response.once('error', reject);
        response.once('end', () => {
          const headers = Object.fromEntries(
            Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
          );
          resolve({
            from: headers[ORIGIN] === 'app' ? 'app' : 'router',
            status: response.statusCode ?? 0,
            headers,
            body: Buffer.concat(chunks),
          });
        });
      },
    );
    asked.once('error', reject);
    asked.end();
  });
}

function unreachable(why: string): SeatrialError {
  return new SeatrialError({
    kind: 'environment',
    code: 'router-unreachable',
    sentence: `The router of the run does not answer: ${why}`,
    transient: true,
  });
}
