import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { printEnv } from '../../src/recipe/env-print.ts';
import { fillIn, variablesIn } from '../../src/recipe/interpolate.ts';
import type { RecipeService } from '../../src/recipe/services.ts';
import { renderingDeployer } from '../support/deployer.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { recipeOf } from '../support/recipe.ts';

const signal = AbortSignal.timeout(120_000);
const ENV = { A: 'one', E: '', long_name: 'two words', D: 'example.org' };

test('variables are filled in as Docker fills them in', async () => {
  const piece = fc.constantFrom(
    ...[
      'x',
      ' ',
      '}',
      '{',
      ':-',
      '`',
      '(',
      '$$',
      '$A',
      '${A}',
      '${a}',
      '$STACK-api',
      '${A:?why-not}',
      '${A-x:-y}',
      '-',
      '?',
      ':?',
      '$E',
      '${E:-d}',
      '${E-d}',
      '${NO:-}',
    ],
    ...[
      '${NO-d e}',
      '${NO:-$A}',
      '${NO:-${A}}',
      '${A:?m}',
      '$long_name',
      '${R:-Host(`${D}`)}',
      '$$A',
      '$$$A',
    ],
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
  // Docker makes no stack where a required variable has no value.
  const texts = fc
    .sample(text, { numRuns: 600, seed: 1 })
    .filter((one) =>
      variablesIn(one).every(({ required, name, trap }) => !required || (name === 'A' && trap === undefined)),
    );
  const environment = Object.fromEntries(texts.map((one, index) => [`K${index}`, one]));
  const printed = await configured({
    'compose.yml': JSON.stringify({ version: '3.8', services: { app: { image: 'x', environment } } }),
  });
  const { services } = parse(printed) as { services: { app: { environment: Record<string, string> } } };
  for (const [index, one] of texts.entries())
    expect(fillIn(one, ENV), one).toBe(services.app.environment[`K${index}`]);
});

const BASE = `version: "3.8"
x-shared: &shared
  networks: [inside]
  environment: &common
    SHARED: yes
    A:
services:
  app:
    <<: *shared
    image: nginx:\${TAG:-1.27}
    entrypoint: ["/run.sh"]
    command: serve --port 80
    ports: ["80:8080", "127.0.0.1:53:53/udp", "9000"]
    volumes:
      - data:/data
      - \${CACHE:-cache}:/cache:ro
      - /anonymous
      - /etc/ssl:/ssl:ro
      - {type: tmpfs, target: /tmp}
    secrets: [pw, {source: key, target: app-key, mode: 0440}, {source: key, target: twice}]
    configs: [{source: conf, target: /conf}]
    deploy:
      replicas: 0
      update_config: {order: start-first}
      labels: ["a=1", "b=\${A}"]
  db:
    <<: *shared
    image: postgres:16
    environment:
      <<: *common
      POSTGRES_DB: books
networks: {inside: {}, proxy: {external: true}}
volumes: {data: {}, cache: {}, other: {}}
secrets:
  pw: {external: true, name: "s_pw_v1"}
  key: {external: true, name: "s_key_v1"}
configs:
  conf: {file: conf.txt, name: "s_conf_v1"}
  more: {file: conf.txt, name: "s_more_v1"}
`;

test.each([
  ['alone', {}],
  [
    'with an overlay over each of its parts',
    {
      'compose.more.yml': `version: "3.8"
services:
  app:
    image: nginx:2
    entrypoint: /other.sh
    environment: ["A=two", "B=\${E:-fallback}", D]
    ports: ["80:8081"]
    volumes: ["other:/data:ro", "data:/more"]
    secrets: [{source: pw, target: renamed}]
    configs: [more]
    networks: {proxy: {aliases: [x]}}
    deploy: {labels: {b: "2", c: "3"}, replicas: 2}
`,
    },
  ],
  [
    'with an overlay that adds a service and changes names',
    {
      'compose.more.yml': `version: "3.8"
services:
  cache: {image: "redis:7", command: ["redis-server", "--save", "60"]}
secrets:
  pw: {external: true, name: "s_pw_v2"}
`,
    },
  ],
])('services are merged as Docker merges them: %s', async (_, overlays) => {
  const env = { ...ENV, COMPOSE_FILE: ['compose.yml', ...Object.keys(overlays)].join(':') };
  const files = { 'compose.yml': BASE, 'conf.txt': 'x', ...overlays, '.env.sample': printEnv(env) };
  const { services } = recipeOf(files);
  const docker = parse(await configured(files)) as { services: Record<string, DockerService> };
  expect(services.map(({ name }) => name).sort()).toEqual(Object.keys(docker.services).sort());
  for (const service of services) expect(ours(service)).toEqual(theirs(docker.services[service.name] ?? {}));
});

function ours(service: RecipeService): unknown {
  return {
    image: service.image?.value,
    environment: Object.fromEntries(service.environment.map(({ key, value }) => [key, value ?? null])),
    mounts: service.mounts
      .map(({ type, source, target, readOnly }) => [target, type, source, readOnly])
      .sort(),
    ports: service.ports
      .map(({ target, published, protocol, mode }) => [target, published, protocol, mode])
      .sort(),
    secrets: service.secrets.map(({ source, target }) => [source, target]).sort(),
    configs: service.configs.map(({ source, target }) => [source, target]).sort(),
    networks: service.networks.map(({ key }) => key).sort(),
    replicas: service.deploy.replicas?.value,
    order: service.deploy.updateOrder?.value,
    labels: Object.fromEntries(
      service.labels
        .filter(({ place }) => place === 'deploy.labels')
        .map(({ key, value }) => [key, fillIn(value, ENV)]),
    ),
  };
}

/** What Docker prints of a service. */
interface DockerService {
  readonly image?: string;
  readonly environment?: Record<string, string | null>;
  readonly volumes?: { type: string; source?: string; target: string; read_only?: boolean }[];
  readonly ports?: { target: number; published?: number; protocol: string; mode: string }[];
  readonly secrets?: { source: string; target?: string }[];
  readonly configs?: { source: string; target?: string }[];
  readonly networks?: Record<string, unknown>;
  readonly deploy?: {
    readonly replicas?: number;
    readonly update_config?: { order?: string };
    readonly labels?: Record<string, string>;
  };
}

function theirs(service: DockerService): unknown {
  const { volumes = [], ports = [], secrets = [], configs = [], deploy } = service;
  return {
    image: service.image,
    environment: service.environment ?? {},
    mounts: volumes.map((mount) => [mount.target, mount.type, mount.source, mount.read_only === true]).sort(),
    ports: ports
      .map((port) => [String(port.target), port.published?.toString(), port.protocol, port.mode])
      .sort(),
    secrets: secrets.map(({ source, target }) => [source, target]).sort(),
    configs: configs.map(({ source, target }) => [source, target]).sort(),
    networks: Object.keys(service.networks ?? {}).sort(),
    replicas: deploy?.replicas?.toString(),
    order: deploy?.update_config?.order,
    labels: deploy?.labels ?? {},
  };
}

async function configured(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = temporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const compose = Object.keys(files)
    .filter((path) => path.endsWith('.yml'))
    .map((path) => join(directory, path));
  const deployer = await renderingDeployer(temporaryDirectory());
  return await deployer.config(compose, directory, ENV, signal);
}
