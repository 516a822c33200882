import { describe, expect, test } from 'vitest';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { dockersView, ourView } from '../support/docker-view.ts';
import { errorOf } from '../support/errors.ts';
import { recipeOf } from '../support/recipe.ts';

interface Tree {
  /** The sample's text. */
  readonly env?: string;
  /** Lines of the service `app`. */
  readonly app?: readonly string[];
  /** Further lines of the compose file, at its top level. */
  readonly top?: readonly string[];
  /** Further files. */
  readonly files?: Readonly<Record<string, string>>;
  readonly seen?: (recipe: Recipe) => unknown;
  readonly as?: unknown;
}

/** Recipes that use the format in ways that readers trip over. Docker is asked about each. */
const AGREED: Readonly<Record<string, Tree>> = {
  'a volume and the shared network': {
    app: ['volumes: [site:/srv]', 'networks: [proxy]'],
    top: ['volumes: {site: }', 'networks: {proxy: {external: true}}'],
  },
  'a self-appending COMPOSE_FILE': {
    env: 'COMPOSE_FILE="compose.yml"\nCOMPOSE_FILE="$COMPOSE_FILE:compose.db.yml"\n#COMPOSE_FILE="$COMPOSE_FILE:off.yml"\n',
    files: { 'compose.db.yml': 'version: "3.8"\nservices:\n  db:\n    image: postgres:16\n' },
    seen: ({ databases }) => databases.map(({ service }) => service),
    as: ['db'],
  },
  'an overlay in a sub-folder, whose config is seen from the root': {
    env: 'COMPOSE_FILE=compose.yml:overlays/compose.sso.yml\n',
    files: {
      'overlays/compose.sso.yml':
        'version: "3.8"\nservices:\n  app:\n    configs: [sso]\nconfigs:\n  sso:\n    file: overlays/sso.conf\n',
      'overlays/sso.conf': 'x',
    },
    seen: ({ configs }) => configs.map(({ path }) => path),
    as: ['overlays/sso.conf'],
  },
  'a first compose file in a sub-folder': {
    env: 'COMPOSE_FILE=stack/compose.yml\n',
    files: {
      'stack/compose.yml':
        'version: "3.8"\nservices:\n  app:\n    image: nginx\n    configs: [c]\nconfigs:\n  c:\n    file: c.conf\n',
      'stack/c.conf': 'x',
    },
    seen: ({ configs }) => configs.map(({ path }) => path),
    as: ['stack/c.conf'],
  },
  'Windows line ends': {
    env: 'A=one\r\nB="two"\r\n',
    app: ['environment:\r', '  - A=${A}\r', '  - B=${B}\r'],
  },
  'anchors and merge keys': {
    app: ['environment: &env {A: "1", B: "2"}', 'deploy: &deploy {labels: ["x=1"]}'],
    top: ['  other:', '    image: nginx', '    environment: {<<: *env, B: "3"}', '    deploy: *deploy'],
  },
  'extension fields': {
    files: {
      'compose.yml':
        'version: "3.8"\nx-app: &x\n  image: nginx\n  environment: [A=b]\nservices:\n  app:\n    <<: *x\n',
    },
  },
  'variables in the keys of a list of labels': {
    env: 'STACK_NAME=s\n',
    app: ['deploy:', '  labels:', '    - "traefik.http.routers.${STACK_NAME}.rule=Host(`x`)"'],
  },
  'a default that cannot be nested': {
    env: 'DOMAIN=d.example\n',
    app: ['environment:', '  - R=${R:-Host(`${DOMAIN}`)}'],
    seen: ({ services }) => services[0]?.environment[0]?.value,
    as: 'Host(`${DOMAIN`)}',
  },
  'a default behind a bare name': {
    env: 'STACK_NAME=s\n',
    app: ['environment:', '  - N=$STACK_NAME-api'],
    seen: ({ services }) => services[0]?.environment[0]?.value,
    as: 's',
  },
  'a dash in the words of a required variable': {
    env: 'DOMAIN=d.example\n',
    app: ['environment:', '  - D=${DOMAIN:?see the read-me}'],
    seen: ({ services }) => services[0]?.environment[0]?.value,
    as: 'me',
  },
  'dollars that are doubled': { app: ['environment:', '  - P=$$HOME $$$$', '  - Q=$${X}'] },
  'names in small letters': { env: 'small=1\nBig=2\n', app: ['environment: ["A=${small}$Big"]'] },
  'values with an equals sign and quotes': { app: [`environment: ["A=b=c", 'B="x"', "C='y'"]`] },
  'a variable without a value': { env: 'HERE=1\n', app: ['environment: [HERE, GONE]'] },
  'variables without values in a map': { env: 'HERE=1\n', app: ['environment: {HERE: , GONE: }'] },
  'numbers that stand without quotes': {
    app: [
      'environment: {UMASK: 022, V: 1.10, N: 1_000, H: 0x1F, O: 0o17, B: 0b11, E: 1e3, S: 100000000.0, M: 1e21}',
    ],
    seen: ({ services }) => services[0]?.environment.slice(0, 2).map(({ value }) => value),
    as: ['18', '1.1'],
  },
  'more numbers that stand without quotes': {
    app: [
      'environment: {A: +1, B: -0, C: .5, D: 0.00001, E: 08, F: 12345678901234567890, G: 1234567, H: 1234567.5, I: -0x10}',
    ],
  },
  'text that looks like something else': {
    app: [
      'environment: {Y: yes, O: Off, T: 1:30, V: 1.2.3, U: "022", D: 1-2, X: 0x, Q: 0o9, R: 1e, L: 99999999999999999999999a}',
    ],
  },
  'numbers in a map of labels': { app: ['deploy: {labels: {a: 1.10, b: 022, c: "1.10"}}'] },
  'ports in every form': {
    app: [
      'ports:',
      '  - "80:8080"',
      '  - 53:53/udp',
      '  - 127.0.0.1:99:99',
      '  - {target: 25, published: 2525, mode: host, protocol: tcp}',
      '  - "9000"',
    ],
  },
  'mounts in every form': {
    app: [
      'volumes:',
      '  - data:/a',
      '  - data:/b:ro',
      '  - data:/c:nocopy,ro',
      '  - /d',
      '  - /etc/timezone:/e:ro',
      '  - ./f:/f',
      '  - {type: volume, source: data, target: /g, read_only: true}',
      '  - {type: bind, source: /etc, target: /h}',
      '  - {type: tmpfs, target: /i}',
    ],
    top: ['volumes: {data: {}}'],
  },
  'volumes of one letter, which are drives to Docker': {
    app: ['volumes: ["v:/data", "w:/data:ro"]'],
    seen: ({ services }) => services[0]?.mounts.map(({ type, target }) => [type, target]),
    as: [
      ['volume', 'v:/data'],
      ['bind', 'ro'],
    ],
  },
  'a mount from a variable': {
    env: 'DIR=/srv\n',
    app: ['volumes: ["${DIR}:/a", "${VOL:-data}:/b"]'],
    top: ['volumes: {data: }'],
  },
  'one secret under two names': {
    app: ['secrets: [pw, {source: pw, target: other}]'],
    top: ['secrets: {pw: {external: true, name: s_pw_v1}}'],
    seen: ({ secrets }) => secrets[0]?.mountedBy.map(({ target }) => target),
    as: ['pw', 'other'],
  },
  'a name in the old form': {
    env: 'V=v1\n',
    app: ['secrets: [pw]'],
    top: ['secrets: {pw: {external: {name: "s_pw_${V}"}}}'],
    seen: ({ secrets }) => secrets[0]?.versionVariable,
    as: 'V',
  },
  'an executable config with a template': {
    app: ['configs: [{source: c, target: /run.sh, mode: 0555}]'],
    top: ['configs: {c: {name: "s_c_${C_VERSION}", file: run.sh.tmpl, template_driver: golang}}'],
    files: { 'abra.sh': 'export C_VERSION=v3\n', 'run.sh.tmpl': '{{ env "X" }}' },
    seen: ({ configs }) => [
      configs[0]?.name?.value,
      configs[0]?.templateDriver,
      configs[0]?.mountedBy[0]?.mode,
    ],
    as: ['s_c_v3', 'golang', '0555'],
  },
  'a service that is switched off': {
    app: ['deploy: {replicas: 0}'],
    seen: ({ services }) => services[0]?.deploy.replicas?.value,
    as: '0',
  },
  'a one-shot service': {
    app: ['deploy: {restart_policy: {condition: none}, update_config: {order: start-first}}'],
  },
  'replicas from a variable': { env: 'R=3\n', app: ['deploy: {replicas: "${R:-1}"}'] },
  'networks with aliases': {
    app: ['networks: {inside: {aliases: [web]}, proxy: }'],
    top: ['networks: {inside: , proxy: {external: true}}'],
  },
  'an overlay that says a port, a mount and a secret again': {
    env: 'COMPOSE_FILE=compose.yml:compose.more.yml\n',
    app: ['ports: ["80:80", "80:80/udp"]', 'volumes: [a:/x, b:/y]', 'secrets: [pw, {source: pw, target: q}]'],
    top: ['volumes: {a: , b: , c: }', 'secrets: {pw: {external: true}}'],
    files: {
      'compose.more.yml':
        'version: "3.8"\nservices:\n  app:\n    ports: ["80:81"]\n    volumes: [c:/x]\n    secrets: [{source: pw, target: z}]\n',
    },
  },
  'an overlay that speaks of other things, and takes from lists all the same': {
    env: 'COMPOSE_FILE=compose.yml:compose.more.yml\n',
    app: ['ports: ["80:80", "80:80/udp"]', 'secrets: [pw, {source: pw, target: q}]'],
    top: ['secrets: {pw: {external: true}}'],
    files: { 'compose.more.yml': 'version: "3.8"\nservices:\n  app:\n    environment: [A=b]\n' },
  },
  'an overlay without services': {
    env: 'COMPOSE_FILE=compose.yml:compose.more.yml\n',
    app: ['volumes: [a:/x]'],
    files: { 'compose.more.yml': 'version: "3.8"\nvolumes: {a: }\n' },
  },
};

describe('our model and Docker agree on', () => {
  test.each(Object.entries(AGREED))('%s', async (_, tree) => {
    const files = filesOf(tree);
    const recipe = recipeOf(files);
    expect(ourView(recipe)).toEqual(await dockersView(recipe, files));
    if (tree.seen !== undefined) expect(tree.seen(recipe)).toEqual(tree.as);
  });
});

/** What Docker makes no stack of, or of which nothing can be deployed; the model is there for findings all the same. */
const REFUSED: Readonly<Record<string, Tree>> = {
  'compose files of two versions (B38)': {
    env: 'COMPOSE_FILE=compose.yml:compose.more.yml\n',
    files: { 'compose.more.yml': 'services:\n  app:\n    environment: [A=b]\n' },
  },
  'a dollar that is not doubled (B40)': { app: ['environment: ["A=a$"]'] },
  'a required variable that is not set': { app: ['environment: ["A=${NO?why}"]'] },
  'a duration from words': { app: ['healthcheck: {test: [CMD, x], interval: soon}'] },
  'a key that nobody knows': { app: ['imgae: nginx'] },
  'true as a value': { app: ['environment: {A: true}'] },
  'a service without anything': { top: ['  empty:'] },
};

describe('Docker refuses, and our model can be read for findings all the same:', () => {
  test.each(Object.entries(REFUSED))('%s', async (_, tree) => {
    const files = filesOf(tree);
    const recipe = recipeOf(files);
    expect((await errorOf(dockersView(recipe, files))).code).toBe('stack-config');
    expect(recipe.services.length).toBeGreaterThan(0);
  });
});

function filesOf({ env, app = [], top = [], files = {} }: Tree): Readonly<Record<string, string>> {
  const lines = [
    'version: "3.8"',
    'services:',
    '  app:',
    '    image: nginx:1.27',
    ...app.map((line) => `    ${line}`),
  ];
  return {
    'compose.yml': `${[...lines, ...top].join('\n')}\n`,
    ...(env === undefined ? {} : { '.env.sample': env }),
    ...files,
  };
}
