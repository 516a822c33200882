import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseStackName } from '../../src/shared/brand.ts';
import { abraStandIn } from '../support/abra.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { workTree } from '../support/git.ts';
import { newTestRun, openTestLab, type TestLab } from '../support/lab.ts';

let opened: TestLab | undefined;
const lab = () => opened ?? expect.fail('the lab is not open');
beforeAll(async () => {
  opened = await openTestLab();
});
afterAll(async () => opened?.close());

test('it names its version as abra does', () => {
  expect(world({}).abra('--version')).toMatchObject({ code: 0, out: 'abra version 0.13.0-beta-06a57de\n' });
});

test.each([
  ['an app that is not there', ['app', 'deploy', 'nobody.test', '--chaos'], 'cannot find app'],
  ['a flag that it does not have', ['app', 'deploy', 'a.test', '--soon'], 'unknown flag'],
  ['a backup without a terminal', ['app', 'backup', 'create', 'a.test'], 'the input device is not a TTY'],
  ['a restore without a terminal', ['app', 'restore', 'a.test'], 'the input device is not a TTY'],
  ['a command without a terminal', ['app', 'run', 'a.test', 'app', 'ls'], 'the input device is not a TTY'],
  ['to take away what is not deployed', ['app', 'undeploy', 'a.test'], 'is not deployed'],
])('it ends with FATA and 1 for %s', (_, args, words) => {
  const { code, err } = world({}).abra(...args);
  expect({ code, level: err.slice(0, 4) }).toEqual({ code: 1, level: 'FATA' });
  expect(err).toContain(words);
});

describe('without --chaos', () => {
  test('it refuses a checkout with a file of ours in it', () => {
    const { abra, recipe } = world({});
    writeFileSync(join(recipe, 'compose.ours.yml'), '');
    expect(abra('app', 'deploy', 'a.test').err).toContain('has locally unstaged changes');
  });

  test('it checks the newest release out, whatever was', () => {
    const { abra, recipe, head } = world({ tag: true });
    abra('app', 'deploy', 'a.test');
    expect(head()).not.toBe(execFileSync('git', ['rev-parse', 'main'], { cwd: recipe, encoding: 'utf8' }));
  });

  test('it wants tags with a message of their own (R014)', () => {
    const { abra, recipe } = world({});
    execFileSync('git', ['tag', '2.0.0+2.0.0'], { cwd: recipe });
    expect(abra('app', 'deploy', 'a.test').err).toContain('R014');
  });
});

test('a new app moves the checkout to the newest release', () => {
  const { abra, head } = world({ tag: true });
  const before = head();
  expect(abra('app', 'new', 'sample', 'b.test', '--chaos').code).toBe(0);
  expect(head()).not.toBe(before);
});

test('it deploys, writes the version back, deploys twice only by force, and keeps all but services and networks', () => {
  const { abra, docker, env, stack, head } = world({ secret: true });
  const version = `${head().slice(0, 8)}`;
  expect(deploy(abra).err).toContain(`secret not generated: ${stack}_pw_v1`);
  expect(abra('app', 'secret', 'insert', 'a.test', 'pw', 'v1', 'x').code).toBe(0);
  expect(deploy(abra).code).toBe(0);
  expect(env()).toContain(`TYPE=sample:${version}\n`);
  expect(deploy(abra).code).toBe(0);
  expect(abra('app', 'deploy', 'a.test', '--no-domain-checks').err).toContain('already deployed');
  const inUse = abra('app', 'volume', 'rm', 'a.test', '--force');
  expect(inUse).toMatchObject({ code: 1, err: expect.stringContaining('in use') });
  expect(abra('app', 'undeploy', 'a.test').code).toBe(0);
  expect(docker('volume', 'ls', '--format', '{{.Name}}')).toContain(`${stack}_data`);
  expect(docker('secret', 'ls', '--format', '{{.Name}}')).toContain(`${stack}_pw_v1`);
  expect(docker('service', 'ls', '--format', '{{.Name}}')).not.toContain(stack);
});

test('its own wait ends at the time of the recipe’s label, and the stack stays as it is', () => {
  const { abra, docker, stack } = world({ command: ['no-such-program'], timeout: '1' });
  const waited = abra('app', 'deploy', 'a.test', '--chaos', '--no-domain-checks', '--no-input', '--offline');
  expect(waited).toMatchObject({ code: 1, err: expect.stringContaining('timed out') });
  expect(docker('service', 'ls', '--format', '{{.Name}}')).toContain(`${stack}_app`);
});

describe('secrets', () => {
  test('are printed as JSON to a machine and as a table to everybody else', () => {
    const { abra } = world({ secret: true });
    const made = abra('app', 'secret', 'generate', 'a.test', '--all', '--chaos', '--machine');
    expect(JSON.parse(made.out)).toEqual({ pw: expect.stringMatching(/^[0-9a-f]{12}$/) });
    const again = abra('app', 'secret', 'generate', 'a.test', '--all', '--chaos');
    expect(again).toMatchObject({ code: 0, out: '', err: expect.stringContaining('already exists') });
    expect(abra('app', 'secret', 'rm', 'a.test', '--all').code).toBe(0);
    const table = abra('app', 'secret', 'generate', 'a.test', '--all', '--chaos');
    expect(table.out).toMatch(/│ pw │ [0-9a-f]{12} │/);
  });
});

interface Wishes {
  readonly tag?: true;
  readonly secret?: true;
  readonly command?: readonly string[];
  readonly timeout?: string;
}

function world(wishes: Wishes) {
  const directory = temporaryDirectory();
  const program = abraStandIn(directory, lab().cli);
  const stack = parseStackName(`abra-${newTestRun()}`) ?? expect.fail('no name');
  const recipe = recipeOf(wishes, stack);
  const abraDir = join(directory, 'abra-dir');
  const servers = join(abraDir, 'servers', 'default');
  mkdirSync(servers, { recursive: true });
  mkdirSync(join(abraDir, 'recipes'));
  execFileSync('git', ['clone', '--quiet', recipe, join(abraDir, 'recipes', 'sample')]);
  const env = join(servers, 'a.test.env');
  const secret = 'SECRET_PW_VERSION=v1 # length=12 charset=hex\n';
  writeFileSync(env, `TYPE=sample\nDOMAIN=a.test\nSTACK_NAME=${stack}\n${secret}`);
  const docker = (...args: string[]) =>
    execFileSync(lab().cli, ['-H', lab().host, ...args], { encoding: 'utf8', stdio: 'pipe' });
  onTestFinished(async () => {
    const { engine, deployer } = lab();
    const signal = AbortSignal.timeout(30_000);
    await deployer.remove(stack, signal);
    const ours = <T extends { name: string }>(all: readonly T[]) =>
      all.filter(({ name }) => name.startsWith(stack));
    for (const { id } of ours(await engine.secrets({}, signal))) await engine.removeSecret(id, signal);
    for (const { name } of ours(await engine.volumes({}, signal))) await engine.removeVolume(name, signal);
  });
  const clone = join(abraDir, 'recipes', 'sample');
  return {
    stack,
    docker,
    recipe: clone,
    env: () => readFileSync(env, 'utf8'),
    head: () => execFileSync('git', ['rev-parse', 'HEAD'], { cwd: clone, encoding: 'utf8' }),
    abra(...args: string[]) {
      const ran = spawnSync(
        program,
        [...args, '--offline'].slice(0, args[0] === '--version' ? 1 : undefined),
        {
          env: { PATH: lab().environment.path, HOME: directory, ABRA_DIR: abraDir, DOCKER_HOST: lab().host },
          encoding: 'utf8',
        },
      );
      return { code: ran.status, out: ran.stdout, err: ran.stderr };
    },
  };
}

function recipeOf({ tag, secret, command, timeout }: Wishes, stack: string): string {
  const tree = workTree();
  const app = {
    image: lab().images.nginx.old,
    volumes: ['data:/data'],
    deploy: {
      endpoint_mode: 'dnsrr',
      labels: timeout === undefined ? {} : { [`coop-cloud.${stack}.timeout`]: timeout },
    },
    ...(secret === undefined ? {} : { secrets: ['pw'] }),
    ...(command === undefined ? {} : { command }),
  };
  const secrets = { pw: { external: true, name: '${STACK_NAME}_pw_${SECRET_PW_VERSION}' } };
  const compose = { version: '3.8', services: { app }, volumes: { data: {} }, secrets };
  tree.write('compose.yml', JSON.stringify(compose));
  tree.write('.env.sample', 'TYPE=sample\nDOMAIN=sample.example.com\n');
  if (tag !== undefined) tree.commit('a release', '1.0.0+1.0.0');
  tree.write('README.md', 'the change');
  tree.commit('the change');
  return tree.directory;
}

function deploy(abra: ReturnType<typeof world>['abra']) {
  return abra(
    ...['app', 'deploy', 'a.test', '--chaos', '--force', '--no-domain-checks'],
    ...['--no-converge-checks', '--no-input'],
  );
}
