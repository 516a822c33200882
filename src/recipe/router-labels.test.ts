import { describe, expect, test } from 'vitest';
import { parseRouterLabels } from './router-labels.ts';

describe('router labels', () => {
  test('give each router its rule, entrypoints, service and middlewares', () => {
    const labels = parseRouterLabels({
      'traefik.enable': 'true',
      'traefik.http.routers.x.rule': 'Host(`a.example`)',
      'traefik.http.routers.x.entrypoints': 'web, web-secure',
      'traefik.http.routers.x.tls.certresolver': '',
      'traefik.http.routers.x-api.rule': 'Host(`a.example`) && PathPrefix(`/api`)',
      'traefik.http.routers.x-api.tls': 'true',
      'traefik.http.routers.x-api.priority': '500',
      'traefik.http.routers.x-api.service': 'x-api@swarm',
      'traefik.http.routers.x-api.middlewares': 'x-strip@docker,security@file',
      'traefik.http.services.x.loadbalancer.server.port': '8080',
      'traefik.http.services.x-api.loadbalancer.server.port': '8443',
      'traefik.http.services.x-api.loadbalancer.server.scheme': 'https',
    });
    expect(labels?.http).toMatchObject([
      {
        ...{ name: 'x', entrypoints: ['web', 'web-secure'], tls: true, priority: 17 },
        ...{ backend: undefined, middlewares: [] },
      },
      {
        ...{ name: 'x-api', entrypoints: [], tls: true, priority: 500, backend: 'x-api' },
        middlewares: ['x-strip', 'security@file'],
      },
    ]);
    expect(labels?.backends).toEqual({
      x: { port: 8080, scheme: 'http' },
      'x-api': { port: 8443, scheme: 'https' },
    });
  });

  test.each(['true', 'True', 'TRUE', 't', 'T', '1'])('are switched on by %s', (value) => {
    expect(parseRouterLabels({ 'traefik.enable': value })).toBeDefined();
  });

  test.each(['false', 'yes', 'tRue', '', '0'])('are not switched on by %o', (value) => {
    expect(parseRouterLabels({ 'traefik.enable': value })).toBeUndefined();
  });

  test('mean the same in upper case', () => {
    const labels = parseRouterLabels({
      'Traefik.Enable': 'true',
      'traefik.HTTP.routers.X.Rule': 'Host(`a`)',
      'traefik.http.routers.x.service': 'Back@Swarm',
      'traefik.http.routers.x.middlewares': 'Strip@Docker',
      'traefik.http.Services.X.LoadBalancer.Server.Port': '80',
      'traefik.http.Services.X.LoadBalancer.Server.Scheme': 'HTTPS',
    });
    expect(labels?.http).toMatchObject([
      { name: 'x', rule: 'Host(`a`)', backend: 'back', middlewares: ['strip'] },
    ]);
    expect(labels?.backends).toEqual({ x: { port: 80, scheme: 'https' } });
  });

  test('that are not Traefik’s say nothing', () => {
    const labels = parseRouterLabels({
      'traefik.enable': 'true',
      'Traefik2.http.routers.x.rule': 'Host(`a`)',
      'another.http.routers.x.rule': 'Host(`a`)',
    });
    expect(labels?.http).toEqual([]);
  });

  test('ask for TLS where they say so, or how', () => {
    const router = 'traefik.http.routers.x';
    const tls = (labels: Record<string, string>) =>
      parseRouterLabels({ 'traefik.enable': 'true', [`${router}.rule`]: 'Host(`a`)', ...labels })?.http[0]
        ?.tls;
    expect(tls({})).toBe(false);
    expect(tls({ [`${router}.tls`]: 'true' })).toBe(true);
    expect(tls({ [`${router}.tls.options`]: 'x@file' })).toBe(true);
    expect(tls({ [`${router}.tls`]: 'false', [`${router}.tls.options`]: 'x@file' })).toBe(false);
  });

  test.each(['', 'http', '0', '70000', '80.5'])('with the port %o have none', (port) => {
    const key = 'traefik.http.services.x.loadbalancer.server.port';
    expect(parseRouterLabels({ 'traefik.enable': 'true', [key]: port })?.backends['x']?.port).toBeUndefined();
  });

  test('of TCP and UDP are no web sites', () => {
    const labels = parseRouterLabels({
      'traefik.enable': 'true',
      'traefik.tcp.routers.mail.rule': 'HostSNI(`*`)',
      'traefik.tcp.routers.mail.entrypoints': 'smtp',
      'traefik.udp.routers.voice.entrypoints': 'mumble-udp',
    });
    expect(labels?.http).toEqual([]);
    expect(labels?.streams).toMatchObject([
      { protocol: 'tcp', name: 'mail', rule: { ok: true }, entrypoints: ['smtp'] },
      { protocol: 'udp', name: 'voice', rule: undefined, entrypoints: ['mumble-udp'] },
    ]);
  });
});

describe('a middleware', () => {
  const read = (options: Record<string, string>) => {
    const labels = Object.entries(options).map(([key, value]) => [
      `traefik.http.middlewares.m.${key}`,
      value,
    ]);
    return parseRouterLabels({ 'traefik.enable': 'true', ...Object.fromEntries(labels) })?.middlewares['m'];
  };

  test.each([
    [{ 'stripprefix.prefixes': '/a, /b' }, { kind: 'strip-prefix', prefixes: ['/a', '/b'] }],
    [{ 'addprefix.prefix': '/a' }, { kind: 'add-prefix', prefix: '/a' }],
    [{ 'headers.customRequestHeaders.X-One': 'v' }, { kind: 'request-header', name: 'x-one', value: 'v' }],
    [{ 'headers.customresponseheaders.X-One': '' }, { kind: 'response-header', name: 'x-one', value: '' }],
    [
      { 'redirectRegex.regex': '^https://a/(.*)', 'redirectregex.replacement': 'https://b/${1}' },
      { kind: 'redirect', pattern: '^https://a/(.*)', target: 'https://b/$1', permanent: false },
    ],
    [
      { 'basicauth.users': 'me:$2y$05$abc' },
      { kind: 'password', users: [{ name: 'me', hash: '$2y$05$abc' }] },
    ],
  ])('of %j is carried out', (options, step) => {
    expect(read(options)).toEqual({ steps: [step], notCarriedOut: [] });
  });

  test.each([
    [{ 'ratelimit.average': '10' }, ['ratelimit']],
    [{ 'headers.sslforcehost': 'true' }, ['headers.sslforcehost']],
    [
      { 'headers.customresponseheaders.x-key': '{file./etc/shadow}' },
      ['headers.customresponseheaders.x-key'],
    ],
    [{ 'redirectregex.regex': 'a', 'redirectregex.replacement': 'b' }, ['redirectregex']],
    [{ 'redirectregex.regex': '^(.*)', 'redirectregex.replacement': '{env.HOME}' }, ['redirectregex']],
    [{ 'basicauth.users': 'me:$apr1$x' }, ['basicauth']],
    [{ 'redirectscheme.scheme': 'http' }, ['redirectscheme to another scheme than https']],
    [{ 'redirectscheme.scheme': 'https' }, []],
  ])('of %j is named where it is not carried out', (options, notCarriedOut) => {
    expect(read(options)).toEqual({ steps: [], notCarriedOut });
  });
});
