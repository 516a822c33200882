import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildCustomHtml } from '../../lab/custom-html/custom-html.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { fetchRepository } from '../../src/recipe/git.ts';
import { readRecipe } from '../../src/recipe/recipe.ts';
import { parseRunId, parseStackName } from '../../src/shared/brand.ts';
import type { AppPlace } from '../../src/stack/adjust/adjustment.ts';
import { renderStack, type Stack } from '../../src/stack/stack.ts';
import { supplementOf } from '../../src/stack/supplement.ts';
import { renderingDeployer } from '../support/deployer.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { errorOf } from '../support/errors.ts';
import { PATH, workTree } from '../support/git.ts';
import { shaOf } from '../support/requests.ts';

const signal = AbortSignal.timeout(120_000);
const IMAGES = {
  nginx: {
    ...{ old: 'registry.example/nginx:1.22.0', new: 'registry.example/nginx:1.22.1' },
    ...{ next: 'registry.example/nginx:1.23.0', broken: 'registry.example/nginx:rc' },
    missing: 'registry.example/nginx:1.99.0',
  },
  tools: 'registry.example/tools:1',
};

test('custom-html is rendered into this very document', async () => {
  const { stack, directory } = await renderedCustomHtml();
  const document = stack.deployment.document.replaceAll(directory, '/the/directory');
  await expect(document).toMatchFileSnapshot('golden/custom-html.yml');
});

test('what a rendered stack will make is known before it is deployed', async () => {
  const { stack } = await renderedCustomHtml();
  expect(stack).toMatchObject({
    volumes: { content: 'custom-h-00zohv67hl_content' },
    configs: ['custom-h-00zohv67hl_server_conf_v1'],
    secrets: [],
    networks: [],
    routes: [
      {
        host: 'custom-h-00zohv67hl.example.test',
        service: 'custom-h-00zohv67hl_app',
        port: 80,
        network: 'custom-h-00zohv67hl-net',
      },
    ],
  });
  expect(stack.services).toMatchObject([
    {
      name: 'app',
      image: IMAGES.nginx.new,
      backup: { enabled: true },
      mounts: [{ volume: 'content', target: '/usr/share/nginx/html', writable: true }],
      budget: 460_000,
    },
  ]);
});

test('Docker reads the document as it is written: nothing is filled in or lost a second time', async () => {
  const { stack } = await renderedCustomHtml();
  const again = await readByDocker(stack.deployment.document, {
    HOME: '/leaked',
    DOMAIN: 'leaked',
    STACK_NAME: 'leaked',
  });
  expect(again).toEqual(asDockerPrints(stack.deployment.document));
  expect(JSON.stringify(again)).not.toContain('leaked');
});

describe('a dollar', () => {
  const compose = `version: "3.8"
services:
  app:
    image: nginx
    command: ["sh", "-c", "echo $$HOME $$5 $$$$"]
    environment:
      - PRICE=$$5
      - NESTED=$\${NOT_A_VARIABLE}
      - FILLED=\${FILLED}
      - FROM_OUTSIDE
    healthcheck:
      test: ["CMD-SHELL", "test $$(id -u) = 0"]
    deploy:
      labels:
        - "rule=Host(\`\${DOMAIN}\`) && Path($$x)"
`;

  test('that the recipe writes comes through to Docker as the recipe means it', async () => {
    const stack = await rendered({ 'compose.yml': compose, '.env.sample': "FILLED='in$x$$'" });
    const document = await readByDocker(stack.deployment.document, {
      HOME: '/leaked',
      FROM_OUTSIDE: 'leaked',
      x: 'leaked',
    });
    const app = document['services'].app;
    expect(app.command).toEqual(['sh', '-c', 'echo $HOME $5 $$']);
    expect(app.environment).toMatchObject({ PRICE: '$5', NESTED: '${NOT_A_VARIABLE}', FILLED: 'in$x$$' });
    expect(app.healthcheck.test).toEqual(['CMD-SHELL', 'test $(id -u) = 0']);
    expect(app.deploy.labels.rule).toBe('Host(`sample-00zohv67hl.example.test`) && Path($x)');
  });
});

test('a word that some YAML takes for something else stays the word that it is', async () => {
  const words = [
    'yes',
    'no',
    'on',
    'off',
    'y',
    'n',
    'true',
    'null',
    '~',
    '0755',
    '1_000',
    '12:30:00',
    '1e3',
    '0x1F',
    '.5',
    '=',
  ];
  const compose = `version: "3.8"
services:
  app:
    image: nginx
    environment:
${words.map((word, index) => `      - "W${index}=${word}"`).join('\n')}
    deploy:
      labels:
${words.map((word, index) => `        - "w${index}=${word}"`).join('\n')}
`;
  const { app } = (await readByDocker((await rendered({ 'compose.yml': compose })).deployment.document, {}))[
    'services'
  ];
  expect(words.map((_, index) => app.environment[`W${index}`])).toEqual(words);
  expect(words.map((_, index) => app.deploy.labels[`w${index}`])).toEqual(words);
});

test('what the suite sets wins over the sample, and the domain and stack over both', async () => {
  const compose = `version: "3.8"
services:
  app:
    image: nginx
    environment: {A: "\${A}", B: "\${B}", DOMAIN: "\${DOMAIN}", RESOLVER: "<\${LETS_ENCRYPT_ENV}>", STACK: "\${STACK_NAME}"}
`;
  const sample =
    'A=sample\nB=sample\nDOMAIN=sample.example.com\nLETS_ENCRYPT_ENV=production\nSTACK_NAME=sample\n';
  const stack = await rendered(
    { 'compose.yml': compose, '.env.sample': sample },
    { B: 'suite', DOMAIN: 'suite' },
  );
  const { environment } = (await readByDocker(stack.deployment.document, {}))['services'].app;
  expect(environment).toMatchObject({
    A: 'sample',
    B: 'suite',
    DOMAIN: 'sample-00zohv67hl.example.test',
    RESOLVER: '<>',
    STACK: 'sample-00zohv67hl',
  });
});

test('two compose files that declare different versions are refused in Docker’s words (B38)', async () => {
  const files = {
    '.env.sample': 'COMPOSE_FILE=compose.yml:compose.more.yml',
    'compose.yml': 'version: "3.8"\nservices: {app: {image: x}}\n',
    'compose.more.yml': 'version: "3.7"\nservices: {db: {image: y}}\n',
  };
  const error = await errorOf(rendered(files));
  expect(error).toMatchObject({ kind: 'recipe', code: 'stack-config' });
  expect(error.message).toContain('version mismatched');
});

describe('our changes as one more compose file', () => {
  test('give the very document when they are merged last', async () => {
    const stack = await rendered(RICH);
    const again = await mergedWithSupplement(RICH, stack);
    const { services, ...rest } = await readByDocker(stack.deployment.document, {});
    // The recipe's version has no limit of processes, and all files that are merged have one version.
    for (const name of Object.keys(services)) delete services[name].deploy.resources.limits.pids;
    const { app } = again['services'];
    // Nothing can be taken away: a key without a value stays one, and the file has what is there already.
    delete app.env_file;
    delete app.environment.NOTHING;
    const byTarget = (one: { target: string }, other: { target: string }) =>
      one.target.localeCompare(other.target);
    for (const { volumes } of [app, services.app]) volumes.sort(byTarget);
    expect(again).toEqual({ ...rest, services, version: '3.8' });
    expect(supplementOf(stack.merged, stack.file).unsaid).toEqual([
      'services.app.deploy.resources.limits.pids',
      'services.db.deploy.resources.limits.pids',
    ]);
  });

  test('say nothing where nothing was changed', async () => {
    const { merged } = await rendered(RICH);
    expect(parse(supplementOf(merged, merged).text)).toEqual({ version: '3.8', services: {} });
  });
});

/** One of everything that our changes touch. */
const RICH = {
  '.env.sample': 'DOMAIN=sample.example.com\nPRICE=$$5\n',
  'own.env': 'FROM_FILE=$x y\nOWN=lost\n',
  'conf.tmpl': '{{ env "DOMAIN" }}',
  'compose.yml': `version: "3.8"
services:
  app:
    image: nginx:1.25
    command: ["sh", "-c", "echo $$HOME"]
    env_file: own.env
    environment: [OWN=1, NOTHING, "DOMAIN"]
    networks: [proxy, inside]
    configs: [{source: conf, target: /conf, mode: 0555}]
    volumes: ["data:/data", "/anonymous"]
    healthcheck: {test: ["CMD", "curl", "http://127.0.0.1"], interval: 30s, retries: 4}
    deploy:
      update_config: {order: start-first}
      labels:
        - "price=$$5"
  db:
    image: postgres:16
    deploy: {resources: {limits: {memory: 64M}}}
networks:
  proxy: {external: true}
  inside: {internal: true}
volumes: {data: {}}
configs: {conf: {name: "\${STACK_NAME}_conf_v1", file: conf.tmpl, template_driver: golang}}
`,
};

/** The recipe's own files and our supplement after them, as another tool merges them. */
async function mergedWithSupplement(files: Record<string, string>, stack: Stack) {
  const directory = temporaryDirectory();
  for (const [path, text] of Object.entries(files)) writeFileSync(join(directory, path), text);
  writeFileSync(join(directory, 'compose.seatrial.yml'), stack.deployment.origin.supplement);
  const deployer = await renderingDeployer(directory);
  const merged = await deployer.config(
    [join(directory, 'compose.yml'), join(directory, 'compose.seatrial.yml')],
    directory,
    stack.deployment.origin.env,
    signal,
  );
  return parse(merged);
}

async function renderedCustomHtml(): Promise<{ stack: Stack; directory: string }> {
  const source = join(temporaryDirectory(), 'custom-html.git');
  const recipe = await buildCustomHtml({
    directory: source,
    images: IMAGES,
    environment: readEnvironment(),
    signal,
  });
  return await renderedFrom(source, recipe.main, 'custom-html', 'custom-h-00zohv67hl', {});
}

async function rendered(files: Record<string, string>, env: Record<string, string> = {}): Promise<Stack> {
  const tree = workTree();
  for (const [path, text] of Object.entries(files)) tree.write(path, text);
  const sha = tree.commit('recipe');
  return (await renderedFrom(tree.directory, sha, 'sample', 'sample-00zohv67hl', env)).stack;
}

async function renderedFrom(
  source: string,
  sha: ReturnType<typeof shaOf>,
  name: string,
  stackName: string,
  env: Record<string, string>,
): Promise<{ stack: Stack; directory: string }> {
  const root = temporaryDirectory();
  const directory = join(root, 'files');
  const repository = await fetchRepository({
    ...{ source, directory: join(root, 'git'), path: PATH, commits: [sha], refs: [], signal },
  });
  const run = parseRunId('00zohv67h');
  const stack = parseStackName(stackName);
  if (run === undefined || stack === undefined) throw new Error('no names');
  const place: AppPlace = {
    ...{ run, stack, app: 'live', controller: 'golden', expires: 1_800_000_000, sha: shaOf('a') },
    ...{ network: `${stackName}-net`, nodeId: 'node1', ipvs: false },
  };
  const recipe = await readRecipe(repository, name, sha, signal);
  const deployer = await renderingDeployer(root);
  const domain = `${stackName}.example.test`;
  return {
    directory,
    stack: await renderStack({
      recipe,
      place,
      domain,
      env,
      ...{ secrets: {}, kept: [], key: new Uint8Array(32) },
      directory,
      deployer,
      signal,
      repository: join(root, 'git'),
    }),
  };
}

/** What Docker makes of a document, printed by itself: with every `$` as it would reach the swarm. */
async function readByDocker(document: string, env: Record<string, string>) {
  const directory = temporaryDirectory();
  const file = join(directory, 'stack.yml');
  writeFileSync(file, document);
  const deployer = await renderingDeployer(directory);
  return parse(await deployer.config([file], directory, env, signal));
}

/** Docker leaves out empty sections and writes whole seconds; all else it prints as it was written. */
function asDockerPrints(document: string): unknown {
  const { secrets: _, ...parsed } = parse(document.replaceAll('$$', '$'));
  parsed.services.app.healthcheck.interval = '1s';
  return parsed;
}
