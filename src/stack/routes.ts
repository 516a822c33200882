import { type Route, type RouteStep, serviceAddress } from '../ports/router.ts';
import type { ServiceLabels } from '../recipe/labels.ts';
import { type HttpRouter, parseRouterLabels, type RouterBackend } from '../recipe/router-labels.ts';
import type { Middleware } from '../recipe/router-middlewares.ts';
import { foreignHosts, isOwnHost } from '../recipe/router-reach.ts';
import { ruleTerms } from '../recipe/router-terms.ts';
import type { StackName } from '../shared/brand.ts';
import type { Adjustment } from './adjust/adjustment.ts';

/** What the labels of a whole stack make of its routers. */
export interface Routing {
  readonly routes: readonly Route[];
  /** Why the operator's Traefik would make no route of a router: the recipe is at fault. */
  readonly faults: readonly RouteFault[];
  /** What a router of ours does not do though the labels ask for it. */
  readonly leftOut: readonly Adjustment[];
}

export interface RouteFault {
  readonly service: string;
  readonly code: 'B69' | 'B71' | 'B90' | 'bad-host' | 'bad-route';
  readonly sentence: string;
}

export interface RoutingOptions {
  readonly stack: StackName;
  /** The app's own host: routes lead to it and to the names below it alone. */
  readonly domain: string;
  readonly network: string;
  /** Labels under `deploy`, by service. */
  readonly services: readonly { readonly name: string; readonly labels: ServiceLabels }[];
}

/** Joins the router labels of all services, as Traefik joins them: names are those of the whole stack. */
export function routingOf(options: RoutingOptions): Routing {
  const world = gather(options);
  const made = world.routers.map((router) => routesOf(router, world, options));
  return {
    routes: made.flatMap(({ routes }) => routes),
    faults: made.flatMap(({ faults }) => faults),
    leftOut: [...streamsLeftOut(options), ...made.flatMap(({ leftOut }) => leftOut)],
  };
}

/** A router with the service on which it stands. */
interface Placed {
  readonly service: string;
  readonly router: HttpRouter;
}

interface World {
  readonly routers: readonly Placed[];
  readonly backends: readonly {
    readonly service: string;
    readonly name: string;
    readonly backend: RouterBackend;
  }[];
  readonly middlewares: ReadonlyMap<string, Middleware>;
}

function gather({ services }: RoutingOptions): World {
  const parsed = services.flatMap(({ name, labels }) => {
    const found = parseRouterLabels(labels);
    return found === undefined ? [] : [{ service: name, ...found }];
  });
  return {
    routers: parsed.flatMap(({ service, http }) => http.map((router) => ({ service, router }))),
    backends: parsed.flatMap(({ service, backends }) =>
      Object.entries(backends).map(([name, backend]) => ({ service, name, backend })),
    ),
    middlewares: new Map(parsed.flatMap(({ middlewares }) => Object.entries(middlewares))),
  };
}

const ENTRYPOINT = 'web-secure';
const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

function routesOf(placed: Placed, world: World, options: RoutingOptions): Routing {
  const { service, router } = placed;
  const fault = (code: RouteFault['code'], why: string): Routing => ({
    ...{ routes: [], leftOut: [] },
    faults: [{ service, code, sentence: `The router \`${router.name}\` makes no route: ${why}.` }],
  });
  const without = (what: string): Adjustment => ({
    service,
    what: `the router \`${router.name}\` without ${what}`,
    reason: 'the router of a run does not carry this out',
  });
  const nothing = (what: string): Routing => ({ routes: [], faults: [], leftOut: [without(what)] });
  if (world.routers.some((other) => other.service !== service && other.router.name === router.name))
    return fault('B71', 'two services of the stack define one of this name, and both are dropped');
  if (!router.parsed.ok)
    return fault('B90', `its rule \`${router.rule}\` is none, since ${router.parsed.reason}`);
  if (router.entrypoints.length > 0 && !router.entrypoints.includes(ENTRYPOINT))
    return nothing(`the entrypoint ${router.entrypoints.join(', ')}`);
  if (router.backend?.includes('@')) return nothing(`the service ${router.backend}`);
  const backend = backendOf(placed, world);
  if (typeof backend === 'string') return fault('B69', backend);
  const unknown = router.middlewares.find((name) => !name.includes('@') && !world.middlewares.has(name));
  if (unknown !== undefined) return fault('bad-route', `nothing defines its middleware \`${unknown}\``);
  const terms = ruleTerms(router.parsed.rule);
  if (!terms.ok) return nothing(terms.matcher);
  const foreign = foreignHosts([router.parsed.rule], [options.domain]);
  const own = terms.terms.flatMap(({ hosts = [], conditions }) =>
    hosts.filter((host) => isOwnHost(host, options.domain)).map((host) => ({ host, conditions })),
  );
  const wrong = own.find(({ host }) => !HOST.test(host));
  if (wrong !== undefined) return fault('bad-host', `\`${wrong.host}\` is no host name`);
  const { steps, missing } = stepsOf(router, world);
  return {
    faults: [],
    leftOut: [...foreign.map((host) => `the host ${host}`), ...missing].map(without),
    routes: own.map((one) => ({
      ...{ ...one, priority: router.priority, network: options.network, steps },
      ...{
        service: serviceAddress(options.stack, backend.service),
        port: backend.port,
        scheme: backend.scheme,
      },
    })),
  };
}

interface Target {
  readonly service: string;
  readonly port: number;
  readonly scheme: RouterBackend['scheme'];
}

/** Where a router sends its requests, or why it sends them nowhere. */
function backendOf({ service, router }: Placed, { backends }: World): Target | string {
  const candidates =
    router.backend === undefined
      ? backends.filter((one) => one.service === service)
      : backends.filter((one) => one.name === router.backend);
  const [found, another] = candidates;
  if (found === undefined) {
    return router.backend === undefined
      ? 'no label `traefik.http.services.….loadbalancer.server.port` says on which port the app listens'
      : `nothing defines its service \`${router.backend}\``;
  }
  if (another !== undefined && router.backend === undefined)
    return 'there are several services and no label says which one is meant';
  const { port, scheme } = found.backend;
  if (port === undefined) return `its service \`${found.name}\` has no port`;
  return { service: found.service, port, scheme };
}

function stepsOf(
  { middlewares }: HttpRouter,
  world: World,
): { readonly steps: readonly RouteStep[]; readonly missing: readonly string[] } {
  const found = middlewares.map((name) => ({ name, middleware: world.middlewares.get(name) }));
  return {
    steps: found.flatMap(({ middleware }) => middleware?.steps ?? []),
    missing: found.flatMap(({ name, middleware }) =>
      middleware === undefined
        ? [`the middleware ${name}`]
        : middleware.notCarriedOut.map((what) => `${what} of the middleware ${name}`),
    ),
  };
}

function streamsLeftOut({ services }: RoutingOptions): Adjustment[] {
  return services.flatMap(({ name: service, labels }) =>
    (parseRouterLabels(labels)?.streams ?? []).map(({ protocol, name }) => ({
      service,
      what: `without the ${protocol.toUpperCase()} router \`${name}\``,
      reason: 'the router of a run carries web traffic alone',
    })),
  );
}
