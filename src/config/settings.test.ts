import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { thrownBy } from '../../test/support/errors.ts';
import { readEnvironment } from './environment.ts';
import { readSettings, type SettingFlags } from './settings.ts';

const HOME = { HOME: '/home/op', PATH: '/bin' };

describe('the first that says something wins: flag, variable, file, default', () => {
  const file = `
[controller]
name = "of-the-file"
state_dir = "/of/the/file"
base_domain = "file.example"
max_tests = 7
[docker]
host = "tcp://file.example:2375"
[router]
image = "router:file"
[backup]
image = "backup:file"
`;
  const variables = {
    SEATRIAL_NAME: 'of-the-variable',
    SEATRIAL_STATE_DIR: '/of/the/variable',
    SEATRIAL_BASE_DOMAIN: 'variable.example',
    SEATRIAL_MAX_TESTS: '8',
    SEATRIAL_DOCKER_HOST: 'tcp://variable.example:2375',
    SEATRIAL_ROUTER_IMAGE: 'router:variable',
    SEATRIAL_BACKUP_IMAGE: 'backup:variable',
  };
  const flags = { stateDir: '/of/the/flag', maxTests: '9', dockerHost: 'unix:///of/the/flag.sock' };

  test('flags over all', () => {
    expect(read(file, { ...variables, DOCKER_HOST: 'unix:///env.sock' }, flags)).toMatchObject({
      stateDir: '/of/the/flag',
      maxTests: 9,
      dockerHost: 'unix:///of/the/flag.sock',
    });
  });

  test('variables over the file', () => {
    expect(read(file, variables)).toMatchObject({
      controller: 'of-the-variable',
      stateDir: '/of/the/variable',
      baseDomain: 'variable.example',
      maxTests: 8,
      dockerHost: 'tcp://variable.example:2375',
      routerImage: 'router:variable',
      backupImage: 'backup:variable',
    });
  });

  test('the file over the defaults', () => {
    expect(read(file, { DOCKER_HOST: 'unix:///env.sock' })).toMatchObject({
      controller: 'of-the-file',
      stateDir: '/of/the/file',
      baseDomain: 'file.example',
      maxTests: 7,
      dockerHost: 'tcp://file.example:2375',
      routerImage: 'router:file',
      backupImage: 'backup:file',
    });
  });

  test('without anything there are defaults that work on a laptop', () => {
    expect(read('', {})).toMatchObject({
      stateDir: '/home/op/.local/state/seatrial',
      baseDomain: 'seatrial.test',
      maxTests: 4,
      runDeadline: 3_600_000,
      dockerHost: 'unix:///var/run/docker.sock',
      routerImage: undefined,
      forges: [],
    });
    expect(read('', { DOCKER_HOST: 'unix:///env.sock' }).dockerHost).toBe('unix:///env.sock');
    expect(read('', { XDG_STATE_HOME: '/xdg' }).stateDir).toBe('/xdg/seatrial');
  });
});

describe('the router', () => {
  test('is a Caddy of each run unless something else is said', () => {
    expect(read('', {}).router).toEqual({ kind: 'caddy' });
    expect(read('[router]\nkind = "direct"', {}).router).toEqual({ kind: 'direct' });
  });

  test('may be the operator’s own, with defaults of the traefik recipe', () => {
    expect(read('[router]\nkind = "traefik"', {}).router).toEqual({
      ...{ kind: 'traefik', network: 'proxy', caFile: undefined },
      address: { host: '127.0.0.1', port: 443 },
    });
    const file =
      '[router]\nkind = "traefik"\nnetwork = "edge"\naddress = "router.lan:8443"\nca_file = "/etc/ca.pem"';
    expect(read(file, {}).router).toEqual({
      ...{ kind: 'traefik', network: 'edge', caFile: '/etc/ca.pem' },
      address: { host: 'router.lan', port: 8443 },
    });
  });

  test.each(['kind = "nginx"', 'address = "https://x"', 'network = "a b"', 'port = 1'])(
    'is refused with %s',
    (line) => {
      expect(() => read(`[router]\n${line}`, {})).toThrow(/configuration .* is not understood/);
    },
  );
});

describe('MAX_TESTS', () => {
  test('is another name of SEATRIAL_MAX_TESTS, which wins where both are set', () => {
    expect(read('', { MAX_TESTS: '3' }).maxTests).toBe(3);
    expect(read('', { MAX_TESTS: '3', SEATRIAL_MAX_TESTS: '5' }).maxTests).toBe(5);
    expect(read('[controller]\nmax_tests = 2', { MAX_TESTS: '3' }).maxTests).toBe(3);
  });

  test.each(['0', '-1', '1.5', 'many', '101', ' '])('cannot be “%s”', async (value) => {
    const error = await thrownBy(() => read('', { MAX_TESTS: value }));
    expect(error).toMatchObject({ kind: 'input', code: 'configuration' });
    expect(error.message).toContain('max_tests');
  });
});

describe('the deployer', () => {
  test('is Docker’s own unless abra is asked for, in the file or by a variable', () => {
    expect(read('', {})).toMatchObject({ deployer: 'swarm', abra: 'abra' });
    const file = '[deployer]\nkind = "abra"\nabra = "/opt/abra"';
    expect(read(file, {})).toMatchObject({ deployer: 'abra', abra: '/opt/abra' });
    const variables = { SEATRIAL_DEPLOYER: 'swarm', SEATRIAL_ABRA: '/usr/bin/abra' };
    expect(read(file, variables)).toMatchObject({ deployer: 'swarm', abra: '/usr/bin/abra' });
  });

  test('is none that we do not have', async () => {
    const error = await thrownBy(() => read('', { SEATRIAL_DEPLOYER: 'helm' }));
    expect(error).toMatchObject({ kind: 'input', code: 'configuration' });
    expect(error.message).toContain('SEATRIAL_DEPLOYER');
  });
});

test('registries have a mirror, logins, a deadline and a budget', () => {
  const file = `
[registry]
mirror = "mirror.example:5000/hub"
pull_deadline = 60
image_budget = 5000000
credentials = [{ host = "docker.io", username = "bot", password_env = "HUB" }]
`;
  expect(read(file, {}).registry).toEqual({
    mirror: 'mirror.example:5000/hub',
    credentials: [{ host: 'docker.io', username: 'bot', passwordVariable: 'HUB' }],
    pullDeadline: 60_000,
    imageBudget: 5_000_000,
  });
  expect(read(file, { SEATRIAL_REGISTRY_MIRROR: 'other.example' }).registry.mirror).toBe('other.example');
  expect(read('', {}).registry).toEqual({
    ...{ mirror: undefined, credentials: [], pullDeadline: 900_000, imageBudget: 20_000_000_000 },
  });
});

test('a forge has a name, an address, a token variable and repositories', () => {
  const { forges } = read(
    `
[[forge]]
kind = "forgejo"
url = "https://git.example.org:3000"
token_env = "TOKEN"
repositories = ["recipes/custom-html", "recipes/ghost"]
[[forge]]
kind = "gitea"
name = "second"
url = "http://127.0.0.1:8080/git"
token_env = "OTHER"
repositories = ["a/b"]
poll_interval = 2.5
`,
    {},
  );
  expect(forges).toEqual([
    {
      name: 'git.example.org-3000',
      url: 'https://git.example.org:3000',
      tokenVariable: 'TOKEN',
      repositories: [
        { owner: 'recipes', name: 'custom-html' },
        { owner: 'recipes', name: 'ghost' },
      ],
      interval: 20_000,
    },
    {
      name: 'second',
      url: 'http://127.0.0.1:8080/git',
      tokenVariable: 'OTHER',
      repositories: [{ owner: 'a', name: 'b' }],
      interval: 2500,
    },
  ]);
});

describe('a file that is not understood is named, with the key that is wrong', () => {
  const forge = '[[forge]]\nkind = "forgejo"\nurl = "https://x.example"\ntoken_env = "T"\n';
  test.each([
    ['a key that does not exist', '[controller]\nmax_test = 4', 'max_test'],
    ['a mirror with a scheme', '[registry]\nmirror = "https://x.example"', 'mirror'],
    ['a table that does not exist', '[controler]\nname = "x"', 'controler'],
    ['text for a number', '[controller]\nrun_deadline = "1h"', 'run_deadline'],
    ['a domain in upper case', '[controller]\nbase_domain = "Example.org"', 'base_domain'],
    ['an address of another kind', forge.replace('https', 'ftp'), 'url'],
    ['a forge that is none', forge.replace('forgejo', 'svn'), 'kind'],
    ['a forge without repositories', `${forge}repositories = []`, 'repositories'],
    ['a repository without an owner', `${forge}repositories = ["x"]`, 'owner/name'],
    ['a repository with too many parts', `${forge}repositories = ["a/b/c"]`, 'owner/name'],
    ['no TOML', '[controller\nname = ', 'TOML'],
  ])('%s', async (_, text, word) => {
    const error = await thrownBy(() => read(text, {}));
    expect(error).toMatchObject({ kind: 'input', code: 'configuration' });
    expect(error.message).toContain('seatrial.toml');
    expect(error.message).toContain(word);
    expect(error.remedy).toBeDefined();
  });

  test('a file that is named and not there', async () => {
    const error = await thrownBy(() => readSettings(readEnvironment(HOME), { config: '/no/such.toml' }));
    expect(error.message).toContain('/no/such.toml');
    const variable = { ...HOME, SEATRIAL_CONFIG: '/no/other.toml' };
    expect((await thrownBy(() => readSettings(readEnvironment(variable), {}))).message).toContain(
      'other.toml',
    );
  });
});

test('the environment hands out a variable only where it is asked for by name', () => {
  const environment = readEnvironment({
    ...HOME,
    TOKEN: 'secret',
    SEATRIAL_NAME: 'x',
    CI: 'true',
    NO_COLOR: '',
  });
  expect(environment.settings).toEqual({ SEATRIAL_NAME: 'x' });
  expect(environment.variable('TOKEN')).toBe('secret');
  expect(environment.variable('OTHER')).toBeUndefined();
  expect(environment).toMatchObject({ ci: true, noColor: true, cacheDir: '/home/op/.cache/seatrial' });
});

function read(text: string, variables: Record<string, string>, flags: SettingFlags = {}) {
  const config = join(temporaryDirectory(), 'seatrial.toml');
  writeFileSync(config, text);
  return readSettings(readEnvironment({ ...HOME, ...variables }), { config, ...flags });
}
