import { describe, expect, test } from 'vitest';
import { parseStackName } from '../shared/brand.ts';
import { type Routing, routingOf } from './routes.ts';

const ON = { 'traefik.enable': 'true' };
const PORT = { 'traefik.http.services.x.loadbalancer.server.port': '8080' };
const rule = (text: string, name = 'x') => ({ [`traefik.http.routers.${name}.rule`]: text });
const OWN = rule('Host(`app.example`)');

describe('the routes of a stack', () => {
  test('lead from each host of a rule to the port that the labels name', () => {
    const { routes, faults, leftOut } = routing({
      ...ON,
      ...PORT,
      ...rule('Host(`app.example`, `www.app.example`)'),
    });
    const common = {
      service: 'sample-00zohv67hl_app',
      port: 8080,
      scheme: 'http',
      network: 'net',
      priority: 38,
    };
    expect(routes).toEqual([
      { ...common, host: 'app.example', conditions: [], steps: [] },
      { ...common, host: 'www.app.example', conditions: [], steps: [] },
    ]);
    expect([...faults, ...leftOut]).toEqual([]);
  });

  test('take over what else a rule asks for', () => {
    const text =
      '(Host(`app.example`) || Host(`b.app.example`)) && (PathPrefix(`/a`) || !Method(`get`)) && !Host(`b.app.example`)';
    const { routes } = routing({ ...ON, ...PORT, ...rule(text) });
    expect(routes.map(({ host, conditions }) => [host, conditions])).toEqual([
      ['app.example', [{ kind: 'path-prefix', values: ['/a'], not: false }]],
      ['app.example', [{ kind: 'method', values: ['GET'], not: true }]],
    ]);
  });

  test('lead to the backend of their own service, however many others there are, with its scheme', () => {
    const other = {
      ...{ ...ON, ...rule('Host(`app.example`) && Path(`/other`)', 'y') },
      'traefik.http.services.y.loadbalancer.server.port': '8443',
      'traefik.http.services.y.loadbalancer.server.scheme': 'https',
    };
    const { routes, faults } = routing({ ...ON, ...PORT, ...OWN }, other);
    expect(faults).toEqual([]);
    expect(routes).toMatchObject([
      { service: 'sample-00zohv67hl_app', port: 8080, scheme: 'http' },
      { service: 'sample-00zohv67hl_other', port: 8443, scheme: 'https' },
    ]);
  });

  test('go to the first that defines a backend where two services do and the router names it', () => {
    const backend = { 'traefik.http.services.api.loadbalancer.server.port': '9' };
    const named = { ...ON, ...OWN, ...backend, 'traefik.http.routers.x.service': 'api' };
    expect(routing(named, { ...ON, ...backend })).toMatchObject({ faults: [], routes: [{ port: 9 }] });
  });

  test('may lead to a backend that another service defines', () => {
    const { routes } = routing(
      { ...ON, ...OWN, 'traefik.http.routers.x.service': 'api' },
      { ...ON, 'traefik.http.services.api.loadbalancer.server.port': '9' },
    );
    expect(routes).toMatchObject([{ service: 'sample-00zohv67hl_other', port: 9 }]);
  });

  test('have the steps of their middlewares in order', () => {
    const { routes } = routing({
      ...{ ...ON, ...PORT, ...OWN, 'traefik.http.routers.x.middlewares': 'b,a' },
      'traefik.http.middlewares.a.stripprefix.prefixes': '/a',
      'traefik.http.middlewares.b.addprefix.prefix': '/b',
    });
    expect(routes[0]?.steps.map(({ kind }) => kind)).toEqual(['add-prefix', 'strip-prefix']);
  });

  test.each([
    [
      'a rule that is none',
      'B90',
      { ...ON, ...PORT, ...rule('Host(`app.example`') },
      'where `)` was expected',
    ],
    ['no rule', 'B90', { ...ON, ...PORT, 'traefik.http.routers.x.tls': 'true' }, 'it ends'],
    [
      'a host that is none',
      'bad-host',
      { ...ON, ...PORT, ...rule('Host(`x {.app.example`)') },
      '`x {.app.example` is no host name',
    ],
    ['no port', 'B69', { ...ON, ...OWN }, 'on which port'],
    [
      'a port that is none',
      'B69',
      { ...ON, ...OWN, 'traefik.http.services.x.loadbalancer.server.port': 'x' },
      'has no port',
    ],
    [
      'a service that nobody defines',
      'B69',
      { ...ON, ...PORT, ...OWN, 'traefik.http.routers.x.service': 'y' },
      'nothing defines its service `y`',
    ],
    [
      'several services',
      'B69',
      { ...ON, ...PORT, ...OWN, 'traefik.http.services.y.loadbalancer.server.port': '1' },
      'several services',
    ],
    [
      'a middleware that nobody defines',
      'bad-route',
      { ...ON, ...PORT, ...OWN, 'traefik.http.routers.x.middlewares': 'm' },
      '`m`',
    ],
  ])('are not made of a router with %s', (_, code, labels, words) => {
    const { routes, faults } = routing(labels);
    expect(routes).toEqual([]);
    expect(faults).toMatchObject([{ service: 'app', code }]);
    expect(faults[0]?.sentence).toContain(words);
  });

  test('are not made of two routers with one name', () => {
    const labels = { ...ON, ...PORT, ...OWN };
    const { routes, faults } = routing(labels, labels);
    expect(routes).toEqual([]);
    expect(faults.map(({ code, service }) => [code, service])).toEqual([
      ['B71', 'app'],
      ['B71', 'other'],
    ]);
  });

  test.each([
    ['a foreign host', rule('Host(`app.example`, `other.example`)'), 1, 'the host other.example'],
    ['every host', rule('PathPrefix(`/`)'), 0, 'the host *'],
    ['another entrypoint', { ...OWN, 'traefik.http.routers.x.entrypoints': 'gitea-ssh' }, 0, 'gitea-ssh'],
    [
      'the operator’s middleware',
      { ...OWN, 'traefik.http.routers.x.middlewares': 'auth@file' },
      1,
      'auth@file',
    ],
    [
      'the operator’s dashboard',
      { ...OWN, 'traefik.http.routers.x.service': 'api@internal' },
      0,
      'api@internal',
    ],
    ['a visitor’s address', rule('Host(`app.example`) && ClientIP(`10.0.0.0/8`)'), 0, 'ClientIP'],
    [
      'what a middleware asks for beside its steps',
      {
        ...{ ...OWN, 'traefik.http.routers.x.middlewares': 'm' },
        'traefik.http.middlewares.m.ratelimit.average': '10',
      },
      1,
      'ratelimit of the middleware m',
    ],
    ['a TCP router', { ...OWN, 'traefik.tcp.routers.t.rule': 'HostSNI(`*`)' }, 1, 'TCP router `t`'],
  ])('say what they leave out: %s', (_, labels, count, words) => {
    const { routes, faults, leftOut } = routing({ ...ON, ...PORT, ...labels });
    expect(routes).toHaveLength(count);
    expect(faults).toEqual([]);
    expect(leftOut.map(({ what }) => what).join()).toContain(words);
    expect(routes.every(({ host }) => host === 'app.example')).toBe(true);
  });

  test('are none where nothing is switched on', () => {
    expect(routing({ ...PORT, ...OWN })).toEqual({ routes: [], faults: [], leftOut: [] });
  });
});

function routing(app: Record<string, string>, other: Record<string, string> = {}): Routing {
  const stack = parseStackName('sample-00zohv67hl');
  if (stack === undefined) throw new Error('no stack name');
  const services = [
    { name: 'app', labels: app },
    { name: 'other', labels: other },
  ];
  return routingOf({ stack, domain: 'app.example', network: 'net', services });
}
