import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { Deployer } from '../../src/ports/deployer.ts';
import { writeFiles } from '../../src/recipe/write-files.ts';
import { imagined, policyOfDocument, policyOfFiles, STRICT } from '../../src/stack/policy/policy.ts';
import { refusals } from '../../src/stack/policy/refusal.ts';
import { renderingDeployer } from '../support/deployer.ts';
import type { AttackFile } from './attack.ts';
import { type Recipes, recipesOf } from './recipes.ts';

const APP = `version: "3.8"

x-common: &common
  networks: [proxy, inside]
  environment: &environment
    DOMAIN: \${DOMAIN}
    PATH_OF_APP: /srv/$$HOME

services:
  app:
    <<: *common
    image: nginx:1.27.4-alpine
    environment:
      <<: *environment
      MORE: "yes"
    env_file: more.env
    volumes:
      - site:/usr/share/nginx/html:ro
      - /var/cache
      - /dev/null:/usr/share/nginx/html/welcome.html
      - type: tmpfs
        target: /run
        tmpfs: {size: 1048576}
    configs:
      - source: server_conf
        target: /etc/nginx/conf.d/default.conf
        mode: 0444
    secrets: [db_pw]
    healthcheck:
      test: ["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1/"]
      interval: 10s
      timeout: 3s
      retries: 5
      start_period: 1m
    ulimits: {nofile: {soft: 65536, hard: 65536}, memlock: -1}
    sysctls: [net.core.somaxconn=1024]
    cap_drop: [ALL]
    cap_add: [CHOWN, SETGID, NET_BIND_SERVICE]
    logging: {driver: json-file, options: {max-size: 1m}}
    stop_grace_period: 30s
    deploy:
      replicas: 2
      update_config: {order: start-first, failure_action: rollback}
      restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3}
      placement: {constraints: [node.platform.arch == x86_64], preferences: [{spread: node.id}]}
      resources: {limits: {cpus: "0.5", memory: 256M}, reservations: {memory: 64M}}
      labels:
        - "traefik.enable=true"
        - "traefik.docker.network=proxy"
        - "traefik.http.routers.\${STACK_NAME}.rule=Host(\`\${DOMAIN}\`\${EXTRA_DOMAINS}) || Host(\`\${API_DOMAIN}\`)"
        - "traefik.http.routers.\${STACK_NAME}.entrypoints=web-secure"
        - "traefik.http.routers.\${STACK_NAME}.tls.certresolver=\${LETS_ENCRYPT_ENV}"
        - "traefik.http.routers.\${STACK_NAME}.middlewares=\${STACK_NAME}-redirect"
        - "traefik.http.middlewares.\${STACK_NAME}-redirect.headers.customrequestheaders.X-A=b"
        - "traefik.http.middlewares.\${STACK_NAME}-auth.forwardauth.address=http://auth:9000/outpost"
        - "traefik.http.services.\${STACK_NAME}.loadbalancer.server.port=80"
        - "backupbot.backup=true"
        - "coop-cloud.\${STACK_NAME}.version=1.0.0+1.27.4"

  db:
    image: registry.example.org:5000/team/postgres@sha256:${'0'.repeat(64)}
    networks: [inside]
    volumes: [data:/var/lib/postgresql/data]
    deploy: {replicas: 0}

networks:
  proxy:
    external: true
  inside:
    name: \${STACK_NAME}_inside
    attachable: true

volumes:
  site:
  data:
    name: \${STACK_NAME}_data
    labels: {kept: "true"}

configs:
  server_conf:
    name: \${STACK_NAME}_server_conf_\${SERVER_CONF_VERSION}
    file: conf/server.conf.tmpl
    template_driver: golang

secrets:
  db_pw:
    external: true
    name: \${STACK_NAME}_db_pw_\${SECRET_DB_PW_VERSION}
`;
const FILES: readonly AttackFile[] = [
  { path: 'compose.yml', content: APP },
  { path: 'conf/server.conf.tmpl', content: 'server_name {{ env "DOMAIN" }};' },
  { path: 'more.env', content: 'A=1\n' },
  { path: 'abra.sh', content: `export SERVER_CONF_VERSION=v1\ntouch ${'/tmp/seatrial-executed'}\n` },
  {
    path: '.env.sample',
    content:
      'TYPE=clean\nDOMAIN=clean.example.com\nAPI_DOMAIN=api.clean.example.com\nEXTRA_DOMAINS=", `www.clean.example.com`"\nLETS_ENCRYPT_ENV=production\nSECRET_DB_PW_VERSION=v1 # length=32\n',
  },
];
const MACHINE = `version: "3.8"
services:
  app:
    image: nginx:1
    command: ["echo", "\${HOME}/x", "$$PATH"]
    environment: {WHERE: "<\${PATH}>"}
`;
const IGNORED = `version: "3.8"
services:
  app:
    image: nginx:1
    container_name: app
    restart: always
    depends_on: [db]
    links: [db]
    expose: ["80"]
    privileged: false
    security_opt: ["no-new-privileges:true"]
  db:
    image: postgres:16
`;
const MANY = `version: "3.8"
services:
${Array.from({ length: 13 }, (_, index) => `  app${index}: {image: "nginx:1"}`).join('\n')}
`;
const DORMANT = `services:
  app:
    ports: ["8080:80"]
    depends_on: [db]
`;

let recipes: Recipes;
let deployer: Pick<Deployer, 'config'>;

beforeAll(async () => {
  const one = (content: string): AttackFile[] => [{ path: 'compose.yml', content }];
  const dormant = [...FILES, { path: 'compose.ports.yml', content: DORMANT }];
  recipes = await recipesOf([FILES, one(MACHINE), one(IGNORED), one(MANY), dormant]);
  deployer = await renderingDeployer(recipes.directory);
});

afterAll(() => recipes.remove());

test('a recipe that uses all that is allowed has nothing to be told, by its files or its document', async () => {
  const { findings } = await judged(0);
  expect(findings).toEqual([]);
});

test('requirement 25: a variable of the machine is empty, whatever the machine has, and is named', async () => {
  const { findings, document } = await judged(1);
  expect(findings.map(({ feature, severity, line }) => [feature, severity, line])).toEqual([
    ['variable:HOME', 'warning', 5],
    ['variable:PATH', 'warning', 6],
  ]);
  expect(document).toContain('WHERE: <>');
  expect(document).toContain('- /x');
  expect(document).toContain('- $PATH');
});

test('requirement 29: keys that Swarm ignores and that grant nothing are told and not refused', async () => {
  const { findings } = await judged(2);
  expect(findings.map(({ code, severity, line }) => [code, severity, line])).toEqual([
    ['ignored-key', 'note', 5],
    ['ignored-key', 'note', 6],
    ['ignored-key', 'note', 7],
    ['ignored-key', 'note', 8],
    ['ignored-key', 'note', 9],
    ['ignored-key', 'note', 11],
  ]);
});

test('requirement 33: an app whose tasks together may take more than there is for one is refused', async () => {
  const { findings } = await judged(3);
  expect(findings).toMatchObject([
    { code: 'resource-budget', feature: 'total-memory', severity: 'refusal', file: 'compose.yml', line: 2 },
  ]);
});

test('requirement 36: where image hosts are listed, an image from elsewhere is refused, and only that', async () => {
  const recipe = await recipes.read(0);
  const settings = { ...DEFAULT_POLICY, imageHosts: ['docker.io'] };
  const { findings } = policyOfFiles(recipe, imagined(recipe, { settings, approvals: [] }));
  expect(findings.map(({ feature, service }) => [feature, service])).toEqual([
    ['image-host:registry.example.org:5000', 'db'],
  ]);
});

test('requirement 37: nothing of a recipe is executed when it is read and rendered', async () => {
  await judged(0);
  expect(existsSync('/tmp/seatrial-executed')).toBe(false);
});

describe('an overlay that nothing switches on', () => {
  test('is told what the policy would refuse, and refused for nothing', async () => {
    const { findings } = await judged(4);
    expect(refusals(findings)).toEqual([]);
    expect(findings).toMatchObject([
      { feature: 'port:ingress:8080/tcp', severity: 'note', file: 'compose.ports.yml', line: 3 },
    ]);
  });

  test('hides nothing that the document shows', async () => {
    const recipe = await recipes.read(4);
    const document = 'services: {app: {image: x, ports: [{mode: ingress, target: 80, published: 8080}]}}\n';
    const { findings } = policyOfDocument(recipe, document, '/nowhere', imagined(recipe, STRICT));
    expect(refusals(findings)).toMatchObject([{ feature: 'port:ingress:8080/tcp', service: 'app' }]);
  });
});

let counter = 0;

async function judged(index: number) {
  const recipe = await recipes.read(index);
  counter += 1;
  const directory = join(recipes.directory, `clean-${counter}`);
  mkdirSync(directory);
  await writeFiles(directory, recipe.files);
  const context = imagined(recipe, STRICT);
  const files = recipe.compose.map(({ path }) => join(directory, path));
  const document = await deployer.config(files, directory, context.env, AbortSignal.timeout(30_000));
  return { document, findings: policyOfDocument(recipe, document, directory, context).findings };
}
