import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Deployment } from '../../src/ports/deployer.ts';
import type { Report } from '../../src/report/schema.ts';
import type { House } from '../../src/run/house.ts';
import type { RunId } from '../../src/shared/brand.ts';
import { newRunId } from '../../src/shared/ids.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { type WorkTree, workTree } from '../support/git.ts';
import { conducted, houseIn, leftOf } from '../support/house.ts';
import { openTestLab, type TestLab } from '../support/lab.ts';

let lab: TestLab | undefined;
const at = <T>(thing: T | undefined): T => thing ?? expect.fail('it is not there yet');
beforeAll(async () => {
  lab = await openTestLab();
});
afterAll(async () => lab?.close());

test('requirement 42: secrets, an overlay and a templated config: kept by the upgrade, the same after the wipe, nowhere to be read', async () => {
  const { tree, house, directory, deployments, answers } = opened();
  release(tree, at(lab).images.nginx.old, '1.0.0+1.22.0');
  tree.commit('the first release', '1.0.0+1.22.0');
  release(tree, at(lab).images.nginx.new, '1.1.0+1.22.1');
  // The same name: what is there stays as it is.
  tree.write('.env.sample', sample({ length: 12 }));
  const head = tree.commit('a new nginx');

  const { report, run } = await tried(house, tree, head, directory);
  expect(report.cause).toBeNull();
  expect(report.outcome).toBe('success');
  expect(report.level?.reached).toBe(3);
  expect(await leftOf(at(lab), run)).toEqual([]);

  const due = report.stages.flatMap(({ stage, checks }) =>
    checks
      .filter(({ id }) => /-(commands|steps)$/.test(id))
      .map(({ id, outcome }) => `${stage} ${id} ${outcome}`),
  );
  expect(due).toEqual([
    'install deploys-commands pass',
    'install deploys-steps pass',
    'upgrade previous-commands pass',
    'upgrade previous-steps pass',
    'upgrade upgrades-commands pass',
    'backup-restore redeploys-commands pass',
    'backup-restore redeploys-steps pass',
  ]);

  const { engine } = at(lab);
  const left = await engine.secrets({}, AbortSignal.timeout(10_000));
  expect(left.filter(({ name }) => name.includes(run))).toEqual([]);

  const live = deployments.filter(({ stack }) => stack.endsWith('l'));
  const pages = answers.filter(({ host }) => host.includes(`${run}l`)).map(({ body }) => body);
  const [first] = live;
  const [generated, byHand] = first?.secrets ?? [];
  expect(live.map(({ secrets }) => secrets.map(({ key }) => key))).toEqual([
    ['db_pw', 'hand'],
    ['db_pw', 'hand'],
    ['db_pw', 'hand'],
  ]);
  expect(generated?.value).toMatch(/^[0-9a-f]{24}$/);
  expect(byHand?.value).toBe(BY_HAND);
  // What the app itself has, after the upgrade and after the restore.
  expect(pages.length).toBeGreaterThanOrEqual(2);
  expect(new Set(pages)).toEqual(new Set([`${generated?.value} ${BY_HAND} hello from the suite\n`]));

  // By digest alone, so that a tag that moves meanwhile changes nothing.
  for (const { document } of deployments)
    expect(document).toMatch(/image: \S+:1\.22\.\d@sha256:[0-9a-f]{64}\n/);

  const fresh = deployments.find(({ stack }) => stack.endsWith('f'));
  expect(fresh?.secrets[0]?.value).toMatch(/^[0-9a-f]{12}$/);

  const values = deployments.flatMap(({ secrets }) => secrets.map(({ value }) => value));
  expect(new Set(values).size).toBe(3);
  for (const value of new Set(values))
    expect(placesWith(value, { report, house, run, directory })).toEqual([]);
});

test('a function of abra.sh that fails is the recipe’s fault, a step of the suite that fails is not', async () => {
  const { tree, house, directory } = opened();
  release(tree, at(lab).images.nginx.old, '1.0.0+1.22.0');
  tree.write('abra.sh', SCRIPT.replace('echo "$TARGET', 'echo "no can do" >&2; return 4; echo "$TARGET'));
  const fails = tree.commit('a function that fails');
  const { report: ofRecipe } = await tried(house, tree, fails, directory, ['install']);
  expect(ofRecipe).toMatchObject({ outcome: 'failure', cause: { code: 'post-command' } });
  expect(ofRecipe.cause?.sentence).toBe('`set_up` of abra.sh ended with code 4 in service `app`: no can do.');

  tree.write('abra.sh', SCRIPT);
  tree.write('.env.sample', sample({ length: 24 }).replace('POST_DEPLOY', '#POST_DEPLOY'));
  const { report: ofSuite } = await tried(house, tree, tree.commit('nothing is set up'), directory, [
    'install',
  ]);
  expect(ofSuite).toMatchObject({ outcome: 'error', cause: { code: 'install-step' } });
  expect(ofSuite.cause?.sentence).toMatch(
    /^The suite's step `sh -c test -s .*` in service `app` ended with code 1/,
  );
});

test('requirement 37: what abra.sh does is done in the app’s own container, where nothing of ours is', async () => {
  const { tree, house, directory } = opened();
  release(tree, at(lab).images.nginx.old, '1.0.0+1.22.0');
  const looks = `{ env | grep -iE '^(seatrial|docker)'; ls /var/run/docker.sock; echo seen; } >&2 2> /dev/null; return 4;`;
  tree.write(
    'abra.sh',
    SCRIPT.replace('echo "$TARGET', () => `${looks} echo "$TARGET`),
  );
  const head = tree.commit('a function that looks around');
  const places: (string | undefined)[] = [];
  const { engine } = house;
  const watched: House = {
    ...house,
    engine: {
      ...engine,
      async exec(container, command, signal, ...more) {
        const found = (await engine.containers({}, signal)).find(({ id }) => id === container);
        if (command.join(' ').includes('abra.sh'))
          places.push(found?.labels['com.docker.swarm.service.name']);
        return await engine.exec(container, command, signal, ...more);
      },
    },
  };
  const { report, run } = await tried(watched, tree, head, directory, ['install']);
  expect(report.cause?.sentence).toBe('`set_up` of abra.sh ended with code 4 in service `app`: seen.');
  expect(places).toEqual([`vault-${run}f_app`]);
});

test('requirement 42: an app that prints its secrets as it fails gives none of them away', async () => {
  const { tree, house, directory, deployments } = opened();
  release(tree, at(lab).images.nginx.old, '1.0.0+1.22.0');
  const printing = `command:
      - sh
      - -c
      - 'pw=$$(cat /run/secrets/db_pw); echo "failed: password $$pw"; printf "basic u:%s" "$$pw" | base64; exit 3'
    volumes:`;
  const written = compose(at(lab).images.nginx.old, '1.0.0+1.22.0');
  tree.write(
    'compose.yml',
    written.replace('volumes:', () => printing),
  );
  const head = tree.commit('prints what it should not', '1.0.0+1.22.0');
  const { report, run } = await tried(house, tree, head, directory, ['install']);
  expect(report).toMatchObject({ outcome: 'failure', stage: 'install', cause: { code: 'exits-at-start' } });
  expect(JSON.stringify(report)).toContain('failed: password [redacted]');
  const value = at(deployments[0]?.secrets[0]?.value);
  expect(placesWith(value, { report, house, run, directory })).toEqual([]);
});

const BY_HAND = 'put in by hand: "ü" & more';

function opened() {
  const directory = temporaryDirectory();
  const tree = workTree();
  const base = houseIn(at(lab), directory);
  const suites = join(directory, 'suites');
  mkdirSync(join(suites, 'vault'), { recursive: true });
  writeFileSync(join(suites, 'vault', 'hand.txt'), BY_HAND);
  writeFileSync(
    join(suites, 'vault', 'recipe.toml'),
    `[env]
COMPOSE_FILE = "$COMPOSE_FILE:overlays/compose.more.yml"
SECRET_HAND_VERSION = "v1"
GREETING = "hello from the suite"

[[install]]
service = "app"
command = ["touch", "/usr/share/nginx/html/ready.txt"]
when = "before"

[[install]]
service = "app"
command = ["sh", "-c", "test -s /usr/share/nginx/html/set-up.txt && test $(id -un) = nobody"]
user = "nobody"

[secrets]
hand = { file = "hand.txt" }
`,
  );
  const deployments: Deployment[] = [];
  const answers: { host: string; body: string }[] = [];
  const house: House = {
    ...base,
    settings: { ...base.settings, suites },
    deployer: {
      ...base.deployer,
      deploy(deployment, signal) {
        deployments.push(deployment);
        return base.deployer.deploy(deployment, signal);
      },
    },
    router: {
      ...base.router,
      async prepare(...those) {
        const router = await base.router.prepare(...those);
        return {
          ...router,
          async open(...args) {
            const open = await router.open(...args);
            return {
              ...open,
              async ask(ask, signal) {
                const answer = await open.ask(ask, signal);
                if (answer.from === 'app')
                  answers.push({ host: ask.host, body: new TextDecoder().decode(answer.body) });
                return answer;
              },
            };
          },
        };
      },
    },
  };
  return { directory, tree, house, deployments, answers };
}

async function tried(
  house: House,
  tree: WorkTree,
  head: Awaited<ReturnType<WorkTree['commit']>>,
  directory: string,
  only: Parameters<typeof conducted>[0]['only'] = [],
): Promise<{ report: Report; run: RunId }> {
  const run = newRunId(Date.now(), house.random);
  const report = await conducted({
    ...{ house, recipe: 'vault', source: tree.directory, head, only, directory, run },
  });
  return { report, run };
}

interface Traces {
  readonly report: Report;
  readonly house: House;
  readonly run: RunId;
  readonly directory: string;
}

/** Where a value, in whatever writing, can be read after a run. */
function placesWith(value: string, { report, house, run, directory }: Traces): string[] {
  const writings = [
    value,
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('hex'),
    Buffer.from(value).toString('base64').slice(0, -4),
    // As it lies behind `basic u:` in base64.
    Buffer.from(`basic u:${value}`).toString('base64').slice(12, -8),
  ];
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath !== join(directory, 'suites', 'vault'))
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = new Map([
    ['report', JSON.stringify(report)],
    ['journal', JSON.stringify(house.store.events(run))],
    ...files.map((file) => [file, readFileSync(file, 'latin1')] as const),
  ]);
  return [...texts].filter(([, text]) => writings.some((one) => text.includes(one))).map(([name]) => name);
}

function release(tree: WorkTree, image: string, version: string): void {
  tree.write('compose.yml', compose(image, version));
  tree.write('overlays/compose.more.yml', OVERLAY);
  tree.write('server.conf.tmpl', TEMPLATE);
  tree.write('.env.sample', sample({ length: 24 }));
  tree.write('abra.sh', SCRIPT);
}

function sample({ length }: { length: number }): string {
  return `TYPE=vault
DOMAIN=vault.example.com
LETS_ENCRYPT_ENV=production
COMPOSE_FILE="compose.yml"
SECRET_DB_PW_VERSION=v1 # length=${length} charset=hex

POST_DEPLOY_CMDS="app set_up one|app set_up 'two words'"
POST_UPGRADE_CMDS="app moved"

## Something more
#COMPOSE_FILE="$COMPOSE_FILE:overlays/compose.more.yml"
#SECRET_HAND_VERSION=v1 # generate=false
`;
}

function compose(image: string, version: string): string {
  return `version: "3.8"

services:
  app:
    image: ${image}
    networks:
      - proxy
    secrets:
      - db_pw
    configs:
      - source: server_conf
        target: /etc/nginx/conf.d/default.conf
    volumes:
      - content:/usr/share/nginx/html
    healthcheck:
      test: ["CMD", "curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1/healthz"]
      interval: 30s
      retries: 5
    deploy:
      labels:
        - "traefik.enable=true"
        - "traefik.http.routers.\${STACK_NAME}.rule=Host(\`\${DOMAIN}\`)"
        - "traefik.http.services.\${STACK_NAME}.loadbalancer.server.port=80"
        - "backupbot.backup=true"
        - "coop-cloud.\${STACK_NAME}.version=${version}"

networks:
  proxy:
    external: true

volumes:
  content:

secrets:
  db_pw:
    external: true
    name: \${STACK_NAME}_db_pw_\${SECRET_DB_PW_VERSION}

configs:
  server_conf:
    name: \${STACK_NAME}_server_conf_\${SERVER_CONF_VERSION}
    file: server.conf.tmpl
    template_driver: golang
`;
}

const OVERLAY = `version: "3.8"

services:
  app:
    environment:
      - GREETING
    secrets:
      - hand

secrets:
  hand:
    external: true
    name: \${STACK_NAME}_hand_\${SECRET_HAND_VERSION}
`;

const SCRIPT = `export SERVER_CONF_VERSION=v1

set_up() {
  echo "$TARGET of $STACK_NAME: $1" >> /usr/share/nginx/html/set-up.txt
}

moved() {
  grep 'two words' /usr/share/nginx/html/set-up.txt
}
`;

const TEMPLATE = `server {
  listen 80 default_server;
  root /usr/share/nginx/html;
  location = /healthz {
    if (!-f /usr/share/nginx/html/ready.txt) { return 503; }
    return 204;
  }
  location = / { return 200 '{{ secret "db_pw" }} {{ secret "hand" }} {{ env "GREETING" }}\\n'; }
}
`;
