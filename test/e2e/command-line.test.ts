import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GOOD } from '../../src/recipe/findings/testing/good-recipe.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { type WorkTree, workTree } from '../support/git.ts';
import { newTestRun } from '../support/lab.ts';
import { localRequest } from '../support/requests.ts';
import { type Ended, seatrial, storeIn } from '../support/seatrial.ts';

const COMPOSE = `version: "3.8"
services:
  app:
    image: nginx
`;

describe('help', () => {
  test.each(['', 'demo', 'run', 'check', 'plan', 'render', 'serve', 'reap', 'doctor', 'runs', 'show'])(
    'of seatrial %s shows what it is for and an example, on standard output',
    async (command) => {
      const { code, out, err } = await seatrial(command === '' ? ['--help'] : [command, '--help']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('Usage: seatrial');
      expect(out).toMatch(/Examples?:/);
    },
  );

  test('lists every command and exit code', async () => {
    const { out } = await seatrial(['--help']);
    for (const command of [
      'demo',
      'run',
      'check',
      'plan',
      'render',
      'serve',
      'reap',
      'doctor',
      'runs',
      'show',
    ])
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect(out).toContain('Exit codes');
  });

  test('comes through the launcher too, and so does the version', async () => {
    const { code, out } = await seatrial(['--version'], { launcher: true });
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

test('a recipe whose files are an attack on their reader ends with 5, by file and line', async () => {
  const tree = workTree();
  tree.write('compose.yml', `${COMPOSE}    image: evil\n`);
  tree.commit('two images');
  const { code, err } = await seatrial(['plan', 'x', '--source', tree.directory], {
    env: { SEATRIAL_STATE_DIR: temporaryDirectory() },
  });
  expect(code).toBe(5);
  expect(err).toContain('compose.yml line 5');
  expect(err).toContain('`image` stands there twice');
});

describe('bad usage ends with 2 and says what is wrong', () => {
  test.each<[string, string[], string]>([
    ['an unknown command', ['tset'], "unknown command 'tset'"],
    ['an unknown option', ['run', 'x', '--fast'], "unknown option '--fast'"],
    ['no recipe', ['run'], 'recipe'],
    ['one argument too many', ['run', 'a', 'b'], 'too many arguments'],
    ['an option without its value', ['run', 'x', '--head'], '--head'],
    ['a recipe that is nowhere', ['plan', 'no-such-recipe'], 'no-such-recipe'],
    ['a name that is none', ['plan', './custom-html'], './custom-html'],
    ['a source that is not there', ['plan', 'x', '--source', '/no/such/place'], '/no/such/place'],
    ['a stage that does not exist', ['plan', 'x', '--source', '.', '--only', 'install,instal'], 'instal'],
    ['too many slots', ['runs', '--max-tests', '0'], 'max_tests'],
    ['a configuration that is not there', ['runs', '--config', '/no/such.toml'], '/no/such.toml'],
    ['a run that is not there', ['show', '00zohv67h'], '00zohv67h'],
    ['a run that cannot be', ['show', '../../etc'], '../../etc'],
    ['a daemon with no forge', ['serve'], 'No forge'],
  ])('%s', async (_, args, word) => {
    const { code, out, err } = await seatrial(args, { env: { SEATRIAL_STATE_DIR: temporaryDirectory() } });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(word);
    expect(err).not.toMatch(/^\s+at /m);
  });

  test('a stage that does not exist is answered with those that do', async () => {
    const { err } = await seatrial(['run', 'x', '--source', '.', '--only', 'restore']);
    expect(err).toContain('install, upgrade, backup-restore');
  });

  test('a daemon whose token is not there is told the variable', async () => {
    const config = join(temporaryDirectory(), 'seatrial.toml');
    const forge =
      'kind = "gitea"\nurl = "https://git.example"\ntoken_env = "MY_TOKEN"\nrepositories = ["a/b"]\n';
    writeFileSync(config, `[[forge]]\n${forge}`);
    const { code, err } = await seatrial(['serve', '--config', config]);
    expect(code).toBe(2);
    expect(err).toContain('MY_TOKEN');
  });
});

describe('a recipe that cannot be read ends with 2, and leaves nothing behind', () => {
  test.each<[string, (tree: WorkTree) => string[], string]>([
    ['no repository', () => [], 'git repository'],
    ['an unknown branch', (tree) => recipe(tree, ['--head', 'no-such-branch']), 'no-such-branch'],
    ['an unknown base', (tree) => recipe(tree, ['--base', '9.9.9+9']), '9.9.9+9'],
    ['no compose file', (tree) => committed(tree, 'README.md', 'x'), 'compose.yml'],
    [
      'a compose file that is no YAML',
      (tree) => committed(tree, 'compose.yml', 'services:\n  app: [x\n'),
      'compose.yml line',
    ],
    [
      'a broken .env.sample',
      (tree) => {
        tree.write('.env.sample', 'TYPE=x\nnot an assignment\n');
        return recipe(tree, []);
      },
      '.env.sample line 2',
    ],
  ])('%s', async (_, prepare, word) => {
    const tree = workTree();
    const stateDir = temporaryDirectory();
    const flags = prepare(tree);
    const source = flags.length === 0 ? temporaryDirectory() : tree.directory;
    for (const command of ['plan', 'run']) {
      const args = [
        command,
        'sample',
        '--source',
        source,
        '--state-dir',
        stateDir,
        ...flags.filter((flag) => flag !== ''),
      ];
      const { code, out, err } = await seatrial(args);
      expect({ command, code, out }).toEqual({ command, code: 2, out: '' });
      expect(err).toContain(word);
    }
    expect(existsSync(join(stateDir, 'work')) ? readdirSync(join(stateDir, 'work')) : []).toEqual([]);
    expect(storeIn(stateDir).list(10)).toEqual([]);
  });
});

describe('without Docker', () => {
  const host = 'unix:///nonexistent/docker.sock';

  test.each<[string, (tree: WorkTree) => string[]]>([
    ['run', (tree) => ['run', 'sample', '--source', tree.directory]],
    ['reap', () => ['reap']],
  ])('%s ends with 3 and a remedy', async (_, args) => {
    const tree = workTree();
    recipe(tree, []);
    const stateDir = temporaryDirectory();
    const env = { DOCKER_HOST: host, SEATRIAL_STATE_DIR: stateDir };
    const { code, out, err } = await seatrial(args(tree), { env });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('Docker did not answer');
    expect(err).toContain('→');
    expect(storeIn(stateDir).list(10)).toEqual([]);
  });

  test('the doctor says that it is missing', async () => {
    const env = { DOCKER_HOST: host, SEATRIAL_STATE_DIR: temporaryDirectory() };
    const { code, out } = await seatrial(['doctor'], { env });
    expect(code).toBe(3);
    expect(out).toContain('Docker');
  });

  test('a plan is made all the same, as a tree and as JSON', async () => {
    const tree = workTree();
    tree.write('compose.yml', COMPOSE);
    tree.commit('one', '1.0.0+1.0');
    tree.write('compose.yml', `${COMPOSE}# changed\n`);
    const head = tree.commit('two');
    const args = ['plan', 'sample', '--source', tree.directory];
    const shown = await seatrial(args, { env: { DOCKER_HOST: host } });
    expect(shown.code).toBe(0);
    expect(shown.out).toContain(head.slice(0, 10));
    expect(shown.out).toContain('upgrade: operators run 1.0.0+1.0 today');
    const json = await seatrial([...args, '--json', '--only', 'install'], { env: { DOCKER_HOST: host } });
    expect(JSON.parse(json.out)).toMatchObject({
      ...{ recipe: 'sample', head, previous: { tag: '1.0.0+1.0' }, slots: { min: 1, want: 1 } },
      paths: [{ app: { role: 'fresh' }, steps: [{ stage: 'install' }] }],
    });
  });

  test('a stack is printed all the same, and what only an engine knows is said to be missing', async () => {
    const tree = workTree();
    tree.write(
      'compose.yml',
      `${COMPOSE}    secrets: [pw]\n  second: {image: "nginx:1.27.4"}\nsecrets: {pw: {external: true, name: "\${STACK_NAME}_pw_v1"}}\n`,
    );
    const head = tree.commit('one');
    const env = { DOCKER_HOST: host, SEATRIAL_STATE_DIR: temporaryDirectory() };
    const args = ['render', 'sample', '--source', tree.directory];
    const shown = await seatrial([...args, '--explain'], { env });
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^# What Seatrial changed .*\n(#.*\n)+version: /);
    expect(shown.out).toMatch(/^# app, second: at most/m);
    expect(shown.out).toContain(`seatrial.sha: ${head}`);
    expect(shown.err).toContain('No Docker engine answers');
    const json = await seatrial([...args, '--app', 'live', '--json'], { env });
    const told = JSON.parse(json.out);
    expect(told).toMatchObject({ recipe: 'sample', head, app: 'live', compose: ['compose.yml'] });
    expect(told.secrets).toEqual([{ key: 'pw', name: `${told.stack}_pw_v1`, version: 'v1' }]);
    expect((await seatrial([...args, '--app', 'x'], { env })).code).toBe(2);
  });

  test('findings are told with file and line, as text and as JSON, and end with 1 where one is an error', async () => {
    const tree = workTree();
    for (const [path, text] of Object.entries(GOOD)) tree.write(path, text);
    const base = tree.commit('one');
    tree.git('checkout', '--quiet', '-b', 'change');
    tree.write('settings.conf.tmpl', 'other = text\n');
    const head = tree.commit('two');
    const args = ['check', 'shelf', '--source', tree.directory];
    const env = { DOCKER_HOST: host };
    const shown = await seatrial(args, { env });
    expect(shown).toMatchObject({ code: 1, err: '' });
    expect(shown.out).toContain(`shelf at ${head.slice(0, 10)}, compared with ${base.slice(0, 10)}`);
    expect(shown.out).toMatch(/^abra\.sh:1: error B25: .*\n {4}→ Write `export SETTINGS_VERSION=v3`/m);
    expect(shown.out).toMatch(/\n1 error and 1 warning\.\n$/);
    const json = await seatrial([...args, '--json'], { env });
    expect(json.code).toBe(1);
    const told = JSON.parse(json.out);
    expect(told).toMatchObject({
      recipe: 'shelf',
      head,
      base,
      findings: [{ code: 'B25', line: 1 }, { code: 'B80' }],
    });
    expect(Object.keys(told.findings[0])).toEqual(['code', 'severity', 'file', 'line', 'sentence', 'remedy']);
    const again = await seatrial([...args, '--head', 'HEAD', '--base', 'HEAD~1'], { env });
    expect(again.out).toBe(shown.out);
    const quiet = await seatrial([...args, '--head', 'main'], { env });
    expect(quiet).toMatchObject({ code: 0, err: '' });
    expect(quiet.out).toMatch(/\nNothing found\.\n$/);
  });

  test('a recipe that cannot be read is told as a finding, and no crash', async () => {
    const tree = workTree();
    tree.write('compose.yml', 'services:\n  app: [x\n');
    tree.commit('one');
    const { code, out, err } = await seatrial(['check', 'sample', '--source', tree.directory]);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/^compose\.yml:\d+: error not-yaml: /m);
  });

  test('runs are listed and shown from the database alone', async () => {
    const stateDir = temporaryDirectory();
    const env = { DOCKER_HOST: host, SEATRIAL_STATE_DIR: stateDir };
    expect(await seatrial(['runs'], { env })).toMatchObject({ code: 0, out: 'No runs yet.\n' });
    const run = newTestRun();
    conclude(stateDir, run);
    const listed = await seatrial(['runs'], { env });
    expect(listed.out).toContain(run);
    expect(listed.out).toContain('failure');
    const json: Ended = await seatrial(['runs', '--json', '--limit', '1'], { env });
    expect(JSON.parse(json.out)).toMatchObject([{ id: run, outcome: 'failure', stage: 'install' }]);
    for (const id of [run, 'last']) {
      const shown = await seatrial(['show', id], { env });
      expect(shown.code).toBe(0);
      expect(shown.out).toContain('it does not deploy');
    }
    const report = await seatrial(['show', 'last', '--json'], { env });
    expect(JSON.parse(report.out)).toMatchObject({ run, outcome: 'failure', cause: { code: 'B48' } });
    // A run that is over is not followed for ever.
    expect((await seatrial(['show', run, '--follow'], { env })).code).toBe(0);
  });
});

function recipe(tree: WorkTree, flags: string[]): string[] {
  return committed(tree, 'compose.yml', COMPOSE, flags);
}

function committed(tree: WorkTree, path: string, text: string, flags: string[] = ['']): string[] {
  tree.write(path, text);
  tree.commit('recipe');
  return flags.length === 0 ? [''] : flags;
}

function conclude(stateDir: string, run: ReturnType<typeof newTestRun>): void {
  const store = storeIn(stateDir);
  const process = { pid: 1, started: 'x' };
  store.begin({ id: run, request: localRequest('1'), controller: 'tests', process, at: Date.now() });
  const cause = { code: 'B48', sentence: 'it does not deploy', evidence: [] };
  const level = { reached: 0, name: 'Sunk', of: 8, stopsAt: { level: 1, name: 'Floats', reason: 'x' } };
  store.conclude(run, { outcome: 'failure', stage: 'install', cause, level, residue: [] });
}
