import { describe, expect, test } from 'vitest';
import { parseCommitSha, parseRunId, parseStackName } from '../../shared/brand.ts';
import { parseStackFile, printStackFile, type StackFile } from '../document.ts';
import { adjust } from './adjust.ts';
import type { AppScene } from './adjustment.ts';

const RENDERED = `
version: "3.8"
services:
  app:
    image: nginx:1
    labels:
      own: label
    environment:
      DOMAIN: app.example
      FROM_OUTSIDE: null
      PORT: 80
    healthcheck:
      test: [CMD, curl, http://127.0.0.1/]
      interval: 30s
      retries: 10
    networks:
      proxy: null
      inside: null
    ports:
      - mode: ingress
        target: 80
        published: 8080
      - mode: host
        target: 443
    deploy:
      labels:
        traefik.enable: "true"
      placement:
        constraints: [node.labels.disk == fast]
  db:
    image: postgres:16
networks:
  proxy:
    external: true
    name: proxy
  inside: {}
  theirs:
    external: true
    name: monitoring
volumes:
  data: null
  shared:
    external: true
configs:
  conf:
    name: x_conf_v1
    file: /tmp/conf
`;

describe('labels', () => {
  test('stand on everything that the stack makes, and on nothing that is somebody else’s', () => {
    const { file } = adjusted();
    const { 'seatrial.expires': _, ...constant } = OWN;
    expect(file.services['app']?.labels).toMatchObject({ own: 'label', ...constant });
    expect(file.services['db']?.deploy?.labels).toMatchObject(OWN);
    expect(file.services['app']?.deploy?.labels).toMatchObject({ 'traefik.enable': 'true', ...OWN });
    expect(file.volumes?.['data']?.labels).toEqual(OWN);
    expect(file.configs?.['conf']?.labels).toEqual(OWN);
    expect(file.networks?.['inside']?.labels).toEqual(OWN);
    expect(file.networks?.['theirs']?.labels).toBeUndefined();
    expect(file.volumes?.['shared']?.labels).toBeUndefined();
  });

  test('of containers are the same for two commits, or an upgrade would restart what it does not touch', () => {
    const one = adjusted({ sha: shaOf('a'), expires: 1000 }).file;
    const two = adjusted({ sha: shaOf('b'), expires: 2000 }).file;
    const { deploy: deployOne, ...containerOne } = one.services['app'] ?? {};
    const { deploy: deployTwo, ...containerTwo } = two.services['app'] ?? {};
    expect(containerTwo).toEqual(containerOne);
    expect(JSON.stringify(containerOne)).not.toContain(shaOf('a').slice(0, 8));
    expect(JSON.stringify(containerOne)).not.toContain('expires');
    const { labels: labelsOne, ...placedOne } = deployOne ?? {};
    const { labels: labelsTwo, ...placedTwo } = deployTwo ?? {};
    expect(placedTwo).toEqual(placedOne);
    expect(labelsTwo).not.toEqual(labelsOne);
  });

  test('of services name the very commit, as abra does too', () => {
    const labels = adjusted({ sha: shaOf('c') }).file.services['app']?.deploy?.labels;
    expect(labels).toMatchObject({
      'seatrial.sha': shaOf('c'),
      'coop-cloud.sample-00zohv67hl.chaos-version': 'cccccccc',
      'seatrial.expires': '1234',
    });
  });
});

test('the network that all apps of an operator share becomes one of this app alone', () => {
  const { file, adjustments } = adjusted();
  expect(file.networks?.['proxy']).toEqual({ external: true, name: 'sample-net' });
  expect(file.networks?.['theirs']).toEqual({ external: true, name: 'monitoring' });
  expect(adjustments.filter(({ what }) => what.includes('`proxy`'))).toHaveLength(1);
});

test('a network called proxy that the recipe makes itself stays', () => {
  const file = parseStackFile('services: {app: {image: x}}\nnetworks: {proxy: {name: proxy}}');
  adjust(file, place());
  expect(file.networks?.['proxy']?.external).toBeUndefined();
  expect(file.networks?.['proxy']?.name).toBe('proxy');
});

test('every service is pinned to the node, beside what the recipe asks', () => {
  const { file } = adjusted();
  expect(file.services['app']?.deploy?.placement?.constraints).toEqual([
    'node.labels.disk == fast',
    'node.id == node1',
  ]);
  expect(file.services['db']?.deploy?.placement?.constraints).toEqual(['node.id == node1']);
});

test('health checks are asked more often with the budget told, and services without one are left alone', () => {
  const { file, adjustments } = adjusted();
  expect(file.services['app']?.healthcheck).toEqual({
    test: ['CMD', 'curl', 'http://127.0.0.1/'],
    interval: '1000ms',
    retries: 600,
  });
  expect(file.services['db']?.healthcheck).toBeUndefined();
  const paced = adjustments.filter(({ what }) => what.startsWith('health check'));
  expect(paced.map(({ service, what, reason }) => [service, what, reason.includes('600 s')])).toEqual([
    ['app', 'health check asked every 1 s instead of 30s × 10', true],
  ]);
});

describe('virtual addresses', () => {
  test('are avoided where the kernel cannot balance them', () => {
    const { file, adjustments } = adjusted({ ipvs: false });
    expect(file.services['app']?.deploy?.endpoint_mode).toBe('dnsrr');
    expect(file.services['app']?.ports?.map(({ mode }) => mode)).toEqual(['host', 'host']);
    expect(adjustments.filter(({ what }) => what.includes('dnsrr')).map(({ service }) => service)).toEqual([
      'app',
      'db',
    ]);
  });

  test('take start-first along where a port moves to the node, since two tasks cannot share it', () => {
    const stack = (mode: string) =>
      parseStackFile(
        `services: {app: {image: x, ports: [{mode: ${mode}, target: 80, published: 8080}], deploy: {update_config: {order: start-first, failure_action: rollback}}}}`,
      );
    const moved = stack('ingress');
    const told = adjust(moved, place({ ipvs: false }));
    expect(moved.services['app']?.deploy?.update_config).toEqual({
      ...{ order: 'stop-first', failure_action: 'rollback' },
    });
    expect(told.map(({ what }) => what)).toContain('update order stop-first instead of start-first');
    const own = stack('host');
    adjust(own, place({ ipvs: false }));
    expect(own.services['app']?.deploy?.update_config?.order).toBe('start-first');
  });

  test('stay where it can', () => {
    const { file, adjustments } = adjusted({ ipvs: true });
    expect(file.services['app']?.deploy?.endpoint_mode).toBeUndefined();
    expect(file.services['app']?.ports?.map(({ mode }) => mode)).toEqual(['ingress', 'host']);
    expect(adjustments.some(({ what }) => what.includes('dnsrr'))).toBe(false);
  });
});

test('environment keys without a value go, or they would be filled from our own environment', () => {
  const { file } = adjusted();
  expect(file.services['app']?.environment).toEqual({ DOMAIN: 'app.example', PORT: 80 });
});

test('`app` alone has every variable of the environment that it does not set itself, as abra gives it', () => {
  const { file, adjustments } = adjusted({ env: { DOMAIN: 'other', PORT: '1', MORE: 'more', NONE: '' } });
  expect(file.services['app']?.environment).toEqual({
    ...{ DOMAIN: 'app.example', PORT: 80, MORE: 'more', NONE: '' },
  });
  expect(file.services['db']?.environment).toBeUndefined();
  expect(adjustments.find(({ what }) => what.includes('environment'))).toMatchObject({
    ...{ service: 'app', what: 'MORE, NONE in its environment' },
  });
});

test('every adjustment says what and why', () => {
  for (const { what, reason } of adjusted().adjustments) {
    expect(what).not.toBe('');
    expect(reason).not.toBe('');
  }
});

test('a dollar is doubled in what is printed, everywhere and however many there are', () => {
  const file = parseStackFile('services: {app: {image: x, environment: {A: "$5 and $$HOME", B: "${C}"}}}');
  const printed = printStackFile(file);
  expect(printed).toContain('$$5 and $$$$HOME');
  expect(printed).toContain('$${C}');
});

test('what Docker prints and we do not understand is our own error', () => {
  expect(() => parseStackFile('services: [a, b]')).toThrow(/docker stack config/);
});

const OWN = {
  'seatrial.run': '00zohv67h',
  'seatrial.app': 'live',
  'seatrial.controller': 'test',
  'seatrial.expires': '1234',
};

function adjusted(more: Partial<AppScene> = {}): { file: StackFile; adjustments: ReturnType<typeof adjust> } {
  const file = parseStackFile(RENDERED);
  return { adjustments: adjust(file, place(more)), file };
}

function place(more: Partial<AppScene> = {}): AppScene {
  const run = parseRunId('00zohv67h');
  const stack = parseStackName('sample-00zohv67hl');
  if (run === undefined || stack === undefined) throw new Error('no names');
  return {
    ...{ run, stack, app: 'live', controller: 'test', expires: 1234, sha: shaOf('a') },
    ...{ network: 'sample-net', nodeId: 'node1', ipvs: true, env: {} },
    ...more,
  };
}

function shaOf(digit: string) {
  const sha = parseCommitSha(digit.repeat(40));
  if (sha === undefined) throw new Error('no commit id');
  return sha;
}
