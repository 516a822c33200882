import type { ServiceLabels } from './labels.ts';
import { type Middleware, middlewareOf } from './router-middlewares.ts';
import { type ParsedRule, parseRule } from './router-rule.ts';

/** What the labels of one service ask of the operator's Traefik. */
export interface RouterLabels {
  readonly http: readonly HttpRouter[];
  readonly streams: readonly StreamRouter[];
  /** By name: what routers send their requests to. */
  readonly backends: Readonly<Record<string, RouterBackend>>;
  /** By name. */
  readonly middlewares: Readonly<Record<string, Middleware>>;
}

export interface HttpRouter {
  readonly name: string;
  readonly rule: string;
  readonly parsed: ParsedRule;
  /** Empty: all of them. */
  readonly entrypoints: readonly string[];
  readonly tls: boolean;
  readonly priority: number;
  /** Undefined: the one backend that the service has. */
  readonly backend: string | undefined;
  readonly middlewares: readonly string[];
}

/** A router of TCP or UDP; it listens on entrypoints of its own and is no web site. */
export interface StreamRouter {
  readonly protocol: 'tcp' | 'udp';
  readonly name: string;
  /** UDP has none. */
  readonly rule: ParsedRule | undefined;
  readonly entrypoints: readonly string[];
}

export interface RouterBackend {
  readonly port: number | undefined;
  readonly scheme: 'http' | 'https';
}

/** Undefined where the labels ask for nothing: the word has to be one that Traefik takes for yes. */
export function parseRouterLabels(labels: ServiceLabels): RouterLabels | undefined {
  const tree = treeOf(labels);
  if (!isTrue(tree.get('enable'))) return undefined;
  const http = namesBelow(tree, 'http.routers.').map((name) => httpRouter(tree, name));
  const streams = (['tcp', 'udp'] as const).flatMap((protocol) =>
    namesBelow(tree, `${protocol}.routers.`).map((name) => streamRouter(tree, protocol, name)),
  );
  const backends = namesBelow(tree, 'http.services.').map((name) => [name, backend(tree, name)] as const);
  const middlewares = namesBelow(tree, 'http.middlewares.').map(
    (name) => [name, middlewareOf(below(tree, `http.middlewares.${name}.`))] as const,
  );
  return {
    http,
    streams,
    backends: Object.fromEntries(backends),
    middlewares: Object.fromEntries(middlewares),
  };
}

/** Keys of Traefik mean the same in any case; they are kept in lower case and without `traefik.`. */
function treeOf(labels: ServiceLabels): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(labels)
      .map(([key, value]) => [key.toLowerCase(), value] as const)
      .filter(([key]) => key.startsWith('traefik.'))
      .map(([key, value]) => [key.slice('traefik.'.length), value]),
  );
}

function below(tree: ReadonlyMap<string, string>, prefix: string): ReadonlyMap<string, string> {
  const found = [...tree].filter(([key]) => key.startsWith(prefix));
  return new Map(found.map(([key, value]) => [key.slice(prefix.length), value]));
}

function namesBelow(tree: ReadonlyMap<string, string>, prefix: string): string[] {
  return [...new Set([...below(tree, prefix).keys()].map((key) => key.split('.')[0] ?? ''))];
}

function httpRouter(tree: ReadonlyMap<string, string>, name: string): HttpRouter {
  const own = below(tree, `http.routers.${name}.`);
  const rule = own.get('rule') ?? '';
  const tls = own.get('tls');
  return {
    name,
    rule,
    parsed: parseRule(rule),
    entrypoints: listOf(own.get('entrypoints')),
    tls: tls === undefined ? [...own.keys()].some((key) => key.startsWith('tls.')) : isTrue(tls),
    priority: Number(own.get('priority')) || rule.length,
    backend: own.get('service')?.toLowerCase().replace(PROVIDER, ''),
    middlewares: listOf(own.get('middlewares')).map((one) => one.toLowerCase().replace(PROVIDER, '')),
  };
}

/** Names of this provider may carry its name. */
const PROVIDER = /@(swarm|docker)$/;

function streamRouter(
  tree: ReadonlyMap<string, string>,
  protocol: StreamRouter['protocol'],
  name: string,
): StreamRouter {
  const own = below(tree, `${protocol}.routers.${name}.`);
  return {
    ...{ protocol, name, rule: protocol === 'tcp' ? parseRule(own.get('rule') ?? '') : undefined },
    entrypoints: listOf(own.get('entrypoints')),
  };
}

function backend(tree: ReadonlyMap<string, string>, name: string): RouterBackend {
  const server = below(tree, `http.services.${name}.loadbalancer.server.`);
  const port = Number(server.get('port'));
  return {
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined,
    scheme: server.get('scheme')?.toLowerCase() === 'https' ? 'https' : 'http',
  };
}

function listOf(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** The words that Go reads as true. */
function isTrue(value: string | undefined): boolean {
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value ?? '');
}
