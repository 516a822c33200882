import type { Engine } from '../../ports/engine.ts';
import {
  type Answer,
  type Ask,
  answerTooLate,
  type OpenRouter,
  type Route,
  type Router,
  routerUnreachable,
} from '../../ports/router.ts';
import { requestOnce } from '../../shared/bounded-request.ts';
import { asSeatrialError } from '../../shared/errors.ts';
import { pathBehind, routeFor } from './choose.ts';

/** Overlays are out of the node's reach; Swarm puts each container of a service on this bridge besides. */
const GATEWAY = 'docker_gwbridge';

/**
 * No router at all: the controller stands on the node and asks the container of a service
 * itself. Nobody else reaches an app under its host name, and `https` is not claimed.
 */
export function createDirectRouter(engine: Engine): Router {
  return {
    network: undefined,
    async prepare() {
      return {
        trust: undefined,
        containers: [],
        open: async (routes) => opened(engine, routes),
      };
    },
  };
}

function opened(engine: Engine, routes: readonly Route[]): OpenRouter {
  let closed = false;
  return {
    async address(host, signal) {
      const route = routeFor(routes, host, '/');
      const at = route && (await nodeAddressOf(engine, route, signal));
      if (route === undefined || at === undefined)
        throw routerUnreachable(`no container answers for ${host}`);
      const connect = { host: at, port: route.port };
      return {
        ...{ url: `${route.scheme}://${at}:${route.port}`, reach: 'controller', connect, trust: undefined },
      };
    },
    async ask(ask, signal) {
      if (closed) throw routerUnreachable('the run is over');
      const route = routeFor(routes, ask.host, ask.path);
      if (route === undefined) return ours(404, `no route for ${ask.host}`);
      const at = await nodeAddressOf(engine, route, signal);
      if (at === undefined) return ours(502, `no container of ${route.service}`);
      return await askContainer(route, at, ask, signal);
    },
    async close() {
      closed = true;
    },
  };
}

async function askContainer(route: Route, at: string, ask: Ask, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await requestOnce(
      {
        ...{ ...ask, path: pathBehind(route, ask.path), connect: { host: at, port: route.port } },
        tls:
          route.scheme === 'https'
            ? { servername: ask.host, ca: undefined, anyCertificate: true }
            : undefined,
      },
      signal,
    );
    return { ...response, from: 'app' };
  } catch (error) {
    signal.throwIfAborted();
    if (isRefusal(error)) return ours(502, `${route.service} takes no connection on port ${route.port}`);
    const late = answerTooLate(error);
    if (late !== undefined) return late;
    throw routerUnreachable(asSeatrialError(error).message);
  }
}

function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ECONNRESET';
}

async function nodeAddressOf(
  engine: Engine,
  { service }: Route,
  signal: AbortSignal,
): Promise<string | undefined> {
  const containers = await engine.containers({ 'com.docker.swarm.service.name': service }, signal);
  const running = containers.find((container) => container.running);
  return running && (await engine.addressesOn(GATEWAY, signal)).get(running.id);
}

/** What a router in between would have said. */
function ours(status: number, words: string): Answer {
  return { from: 'router', status, headers: {}, body: new TextEncoder().encode(words) };
}
