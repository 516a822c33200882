import type { Engine, Labels } from '../../ports/engine.ts';
import {
  answerTooLate,
  type OpenRouter,
  type Route,
  type Router,
  routerUnreachable,
} from '../../ports/router.ts';
import { type BoundedResponse, requestOnce } from '../../shared/bounded-request.ts';
import type { Clock } from '../../shared/clock.ts';
import { asSeatrialError, SeatrialError } from '../../shared/errors.ts';
import { until } from '../../shared/wait.ts';
import { type Authority, createAuthority } from './authority.ts';
import { CHAIN_FILE, caddyConfig, HTTPS_PORT, KEY_FILE, ORIGIN } from './config.ts';

export interface CaddyRouterOptions {
  readonly engine: Engine;
  /** An image with the program `caddy`. */
  readonly image: string;
  readonly clock: Clock;
}

const READY_MS = 30_000;
const POLL_MS = 100;
const CONFIG_FILE = '/etc/seatrial/caddy.json';
const LOOPBACK = '127.0.0.1';
/** A name that the certificate has besides those of the apps, for questions about hosts that no app has. */
const NOBODY = 'nobody.seatrial.invalid';

/** One Caddy container a run, on the networks of its apps, with a port on loopback and an authority of its own. */
export function createCaddyRouter({ engine, image, clock }: CaddyRouterOptions): Router {
  return {
    network: undefined,
    async prepare(run, expires) {
      const authority = await createAuthority(`Seatrial run ${run}`, clock.now(), expires);
      const name = `seatrial-${run}-router`;
      return {
        trust: authority.trust,
        containers: [name],
        async open(routes, labels, signal) {
          // The router comes up while the apps deploy; whoever asks first waits for it.
          const started = start({ engine, image, authority, name, routes, labels }, signal);
          started.catch(() => undefined);
          return opened(engine, authority, routes, started);
        },
      };
    },
  };
}

interface Starting {
  readonly engine: Engine;
  readonly image: string;
  readonly authority: Authority;
  readonly name: string;
  readonly routes: readonly Route[];
  readonly labels: Labels;
}

interface Started {
  readonly id: string;
  readonly port: number;
}

async function start(starting: Starting, signal: AbortSignal): Promise<Started> {
  const { engine, image, authority, name, routes, labels } = starting;
  const hosts = [...new Set(routes.map(({ host }) => safeHost(host)))];
  const { chain, key } = await authority.issue([...hosts, NOBODY]);
  const command = ['run', '--config', CONFIG_FILE];
  const id = await engine.createContainer(
    { name, image, labels, entrypoint: ['caddy'], command, publish: HTTPS_PORT },
    signal,
  );
  const files = [
    file(CONFIG_FILE, caddyConfig(routes), 0o644),
    file(CHAIN_FILE, chain, 0o644),
    file(KEY_FILE, key, 0o600),
  ];
  await engine.putFiles(id, '/', files, signal);
  await engine.startContainer(id, signal);
  for (const [network, own] of hostsByNetwork(routes)) await engine.connect(network, id, own, signal);
  const port = await engine.publishedPort(id, HTTPS_PORT, signal);
  if (port === undefined) throw routerUnreachable(`it ended at once: ${await engine.logs(id, 3, signal)}`);
  await listening(starting, { id, port }, signal);
  return { id, port };
}

function file(path: string, text: string, mode: number) {
  return { path: path.slice(1), content: Buffer.from(text), mode, uid: 0, gid: 0, mtime: 0 };
}

function opened(
  engine: Engine,
  authority: Authority,
  routes: readonly Route[],
  started: Promise<Started>,
): OpenRouter {
  return {
    async address(host) {
      const { port } = await started;
      return {
        ...{ url: `https://${host}`, reach: 'everywhere', trust: authority.trust },
        connect: { host: LOOPBACK, port },
      };
    },
    async ask(ask, signal) {
      const { port } = await started;
      const known = routes.some(({ host }) => host === ask.host);
      try {
        const asked = { ...ask, servername: known ? ask.host : NOBODY };
        const answer = await askOnce(authority, port, asked, signal);
        return { ...answer, from: answer.headers[ORIGIN] === 'app' ? 'app' : 'router' };
      } catch (error) {
        signal.throwIfAborted();
        const late = answerTooLate(error);
        if (late !== undefined) return late;
        throw routerUnreachable(asSeatrialError(error).message);
      }
    },
    async close(signal) {
      // One that never came up has nothing to close; what it left carries the labels of its run.
      const { id } = await started.catch(() => ({ id: undefined }));
      if (id !== undefined) await engine.removeContainer(id, signal);
    },
  };
}

/** Host names come from labels: only what a DNS name may hold becomes one of the router. */
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

async function listening(
  { engine, authority }: Starting,
  { id, port }: Started,
  signal: AbortSignal,
): Promise<void> {
  const asked = { host: NOBODY, servername: NOBODY, path: '/', deadline: 1000, maxBytes: 1024 };
  await until({ name: 'the router', deadline: READY_MS, every: POLL_MS, signal }, async () => {
    try {
      await askOnce(authority, port, asked, signal);
      return { done: true, value: undefined };
    } catch (error) {
      signal.throwIfAborted();
      const state = await engine.containerState(id, signal);
      if (state !== undefined && !state.running)
        throw routerUnreachable(`it ended with ${state.exitCode}: ${await engine.logs(id, 3, signal)}`);
      return { done: false, missing: asSeatrialError(error).message };
    }
  });
}

interface OneAsk {
  readonly host: string;
  readonly servername: string;
  readonly path: string;
  readonly deadline: number;
  readonly maxBytes: number;
}

/** One request straight to the router, with the host name that a visitor would use. */
function askOnce(
  { trust }: Authority,
  port: number,
  { servername, ...ask }: OneAsk,
  signal: AbortSignal,
): Promise<BoundedResponse> {
  const tls = { servername, ca: trust.ca };
  return requestOnce({ ...ask, connect: { host: LOOPBACK, port }, tls }, signal);
}
