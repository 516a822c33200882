import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printEnv } from '../../src/recipe/env-print.ts';
import { variablesIn } from '../../src/recipe/interpolate.ts';
import { dockersView, ourView } from '../support/docker-view.ts';
import { recipeOf } from '../support/recipe.ts';

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
  const files = {
    '.env.sample': printEnv(ENV),
    'compose.yml': JSON.stringify({ version: '3.8', services: { app: { image: 'x', environment } } }),
  };
  const recipe = recipeOf(files);
  expect(ourView(recipe)).toEqual(await dockersView(recipe, files));
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
  const recipe = recipeOf(files);
  expect(ourView(recipe)).toEqual(await dockersView(recipe, files));
});
