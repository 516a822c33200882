import { describe, expect, test } from 'vitest';
import { parseCompose } from './compose.ts';
import { type RecipeService, servicesOf } from './services.ts';

describe('a service of one file', () => {
  test('tells its image as written and as filled in, with its line', () => {
    const { image } = one('image: nginx:${TAG:-1.27}');
    expect(image).toEqual({ raw: 'nginx:${TAG:-1.27}', value: 'nginx:1.27', file: 'compose.yml', line: 3 });
  });

  test('tells its environment in both forms', () => {
    const env = { HERE: 'from outside', X: 'x' };
    const list = one('environment:\n      - A=${X}\n      - HERE\n      - GONE\n      - B=', env).environment;
    expect(list.map(({ key, raw, value, line }) => [key, raw, value, line])).toEqual([
      ['A', '${X}', 'x', 4],
      ['HERE', undefined, 'from outside', 5],
      ['GONE', undefined, undefined, 6],
      ['B', '', '', 7],
    ]);
    const map = one('environment:\n      A: 1\n      HERE:', env).environment;
    expect(map.map(({ key, value }) => [key, value])).toEqual([
      ['A', '1'],
      ['HERE', 'from outside'],
    ]);
  });

  test.each([
    ['data:/d', 'volume', 'data', '/d', false],
    ['data:/d:ro', 'volume', 'data', '/d', true],
    ['data:/d:rw,nocopy', 'volume', 'data', '/d', false],
    ['/etc:/e:ro', 'bind', '/etc', '/e', true],
    ['./x:/e', 'bind', './x', '/e', false],
    ['~/x:/e', 'bind', '~/x', '/e', false],
    ['../x:/e', 'bind', '../x', '/e', false],
    ['/anonymous', 'volume', undefined, '/anonymous', false],
    ['${DIR:-/srv}:/e', 'bind', '/srv', '/e', false],
    ['v:/data', 'volume', undefined, 'v:/data', false],
    ['w:/data:ro', 'bind', 'w:/data', 'ro', false],
    ['{type: bind, source: /etc, target: /e, read_only: true}', 'bind', '/etc', '/e', true],
    ['{type: volume, source: data, target: /d}', 'volume', 'data', '/d', false],
    ['{type: tmpfs, target: /tmp}', 'tmpfs', undefined, '/tmp', false],
  ])('mounts %s as a %s', (text, type, source, target, readOnly) => {
    const [mount] = one(`volumes:\n      - ${text}`).mounts;
    expect(mount).toMatchObject({ type, source, target, readOnly, file: 'compose.yml', line: 4 });
  });

  test.each([
    ['"80"', '80', undefined, 'tcp', 'ingress'],
    ['80:8080', '8080', '80', 'tcp', 'ingress'],
    ['127.0.0.1:53:5353/udp', '5353', '53', 'udp', 'ingress'],
    ['{target: 25, published: 2525, protocol: tcp, mode: host}', '25', '2525', 'tcp', 'host'],
  ])('publishes %s', (text, target, published, protocol, mode) => {
    expect(one(`ports:\n      - ${text}`).ports).toEqual([
      { target, published, protocol, mode, file: 'compose.yml', line: 4 },
    ]);
  });

  test('has networks in both forms', () => {
    expect(one('networks: [proxy, inside]').networks.map(({ key }) => key)).toEqual(['proxy', 'inside']);
    expect(one('networks:\n      proxy:\n      inside:\n        aliases: [db]').networks).toMatchObject([
      { key: 'proxy', aliases: [], line: 4 },
      { key: 'inside', aliases: ['db'], line: 5 },
    ]);
  });

  test('mounts configs and secrets in both forms', () => {
    const text = 'secrets:\n      - pw\n      - {source: key, target: /k, mode: 0440}';
    expect(one(text).secrets).toEqual([
      { source: 'pw', target: undefined, mode: undefined, file: 'compose.yml', line: 4 },
      { source: 'key', target: '/k', mode: '0440', file: 'compose.yml', line: 5 },
    ]);
    expect(one('configs: [{source: c, target: /c.sh, mode: 0555}]').configs).toMatchObject([
      { source: 'c', target: '/c.sh', mode: '0555' },
    ]);
  });

  test('tells its command in both forms', () => {
    expect(one('command: redis-server --save 60').command).toMatchObject({
      form: 'text',
      words: ['redis-server --save 60'],
      line: 3,
    });
    expect(one('entrypoint: ["/bin/sh", "-c", "$$X"]').entrypoint).toMatchObject({
      form: 'list',
      words: ['/bin/sh', '-c', '$X'],
    });
    expect(one('image: x').command).toBeUndefined();
  });

  test('tells its health check, also one that is switched off', () => {
    const { healthcheck } = one(
      'healthcheck:\n      test: ["CMD", "true"]\n      interval: ${I:-5s}\n      retries: 3',
    );
    expect(healthcheck).toMatchObject({
      disabled: false,
      test: { words: ['CMD', 'true'] },
      interval: { raw: '${I:-5s}', value: '5s', line: 5 },
      retries: { value: '3' },
      timeout: undefined,
    });
    expect(one('healthcheck: {disable: true}').healthcheck?.disabled).toBe(true);
    expect(one('healthcheck: {test: ["NONE"]}').healthcheck?.disabled).toBe(true);
    expect(one('image: x').healthcheck).toBeUndefined();
  });

  test('tells how it is deployed', () => {
    const { deploy } = one(
      [
        'deploy:',
        '      mode: replicated',
        '      replicas: 0',
        '      endpoint_mode: dnsrr',
        '      update_config: {order: start-first, failure_action: rollback}',
        '      restart_policy: {condition: none, max_attempts: 3}',
        '      placement: {constraints: ["node.role == manager"]}',
      ].join('\n'),
    );
    expect(deploy).toMatchObject({
      mode: { value: 'replicated' },
      replicas: { value: '0', line: 5 },
      endpointMode: { value: 'dnsrr' },
      updateOrder: { value: 'start-first' },
      updateFailureAction: { value: 'rollback' },
      restartCondition: { value: 'none' },
      restartMaxAttempts: { value: '3' },
      constraints: [{ value: 'node.role == manager' }],
    });
  });

  test('tells what it depends on in both forms, and its env files', () => {
    expect(one('depends_on: [db]').dependsOn.map(({ value }) => value)).toEqual(['db']);
    expect(one('depends_on: {db: {condition: service_healthy}}').dependsOn).toMatchObject([{ value: 'db' }]);
    expect(one('env_file: a.env').envFiles.map(({ value }) => value)).toEqual(['a.env']);
    expect(one('env_file: [a.env, b.env]').envFiles.map(({ value }) => value)).toEqual(['a.env', 'b.env']);
  });
});

describe('a service of several files', () => {
  test('is merged as Docker merges it, and each part knows its file', () => {
    const [service] = servicesOf(
      [
        parseCompose(
          'compose.yml',
          `services:
  app:
    image: nginx:1
    environment: [A=1, B=1]
    volumes: ["data:/d", "cache:/c"]
    secrets: [pw]
    command: one
    networks: [proxy]
    deploy:
      replicas: 2
      labels: ["x=1", "y=1"]
`,
        ),
        parseCompose(
          'compose.more.yml',
          `services:
  app:
    image: nginx:2
    environment: {B: "2"}
    volumes: ["other:/d:ro"]
    secrets: [{source: pw, target: renamed}]
    command: two
    networks: [inside]
    deploy:
      labels: ["y=2"]
`,
        ),
      ],
      {},
    );
    expect(service).toMatchObject({
      name: 'app',
      file: 'compose.yml',
      line: 2,
      image: { value: 'nginx:2', file: 'compose.more.yml' },
      command: { words: ['two'] },
      deploy: { replicas: { value: '2', file: 'compose.yml' } },
    });
    expect(service?.parts.map(({ file }) => file)).toEqual(['compose.yml', 'compose.more.yml']);
    expect(service?.environment.map(({ key, value, file }) => [key, value, file])).toEqual([
      ['A', '1', 'compose.yml'],
      ['B', '2', 'compose.more.yml'],
    ]);
    expect(service?.mounts.map(({ source, target }) => [source, target])).toEqual([
      ['other', '/d'],
      ['cache', '/c'],
    ]);
    expect(service?.secrets.map(({ source, target }) => [source, target])).toEqual([['pw', 'renamed']]);
    expect(service?.networks.map(({ key }) => key)).toEqual(['proxy', 'inside']);
    expect(service?.labels.map(({ key, value, file }) => [key, value, file])).toEqual([
      ['x', '1', 'compose.yml'],
      ['y', '2', 'compose.more.yml'],
    ]);
  });

  test('may stand in the later file alone', () => {
    const files = ['services: {app: {image: a}}', 'services: {db: {image: b}}'];
    const services = servicesOf(
      files.map((text, index) => parseCompose(`${index}.yml`, text)),
      {},
    );
    expect(services.map(({ name, file }) => [name, file])).toEqual([
      ['app', '0.yml'],
      ['db', '1.yml'],
    ]);
  });
});

test.each([
  'app:',
  'app: text',
  'app: [list]',
  'app: {volumes: text, ports: {a: b}, environment: 5, deploy: []}',
])('a service that is not as it should be (%s) is read without a complaint', (text) => {
  const [service] = servicesOf([parseCompose('compose.yml', `services:\n  ${text}\n`)], {});
  expect(service).toMatchObject({ name: 'app', image: undefined, mounts: [], ports: [], environment: [] });
});

function one(text: string, env: Readonly<Record<string, string>> = {}): RecipeService {
  const [service] = servicesOf([parseCompose('compose.yml', `services:\n  app:\n    ${text}\n`)], env);
  if (service === undefined) throw new Error('no service');
  return service;
}
