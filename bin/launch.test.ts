import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const LOCKED = {
  '': { name: 'seatrial' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/for-another-platform': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};
const { '': _, 'node_modules/for-another-platform': __, ...INSTALLED } = LOCKED;
const SCRIPT = `
const told: string[] = process.argv.slice(2);
process.on('SIGTERM', () => process.exit(7));
process.on('SIGINT', () => console.log('interrupted'));
console.log(JSON.stringify({ told, version: process.version, flags: process.execArgv }));
if (told[0] === 'end') process.exitCode = Number(told[1]);
if (told[0] === 'die') process.kill(process.pid, 'SIGKILL');
if (told[0] === 'wait') setInterval(() => {}, 1000);
`;

let checkout: string;
let programs: string;

/** A checkout with the real launcher, and an npm that only notes that it was called and "installs". */
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'launch-'));
  programs = join(checkout, 'programs');
  await cp(import.meta.dirname, join(checkout, 'bin'), { recursive: true });
  await mkdir(join(checkout, 'src'));
  await mkdir(join(checkout, '.git'));
  await mkdir(join(checkout, 'node_modules'));
  await mkdir(programs);
  await writeFile(join(checkout, 'package.json'), '{ "type": "module" }');
  await writeFile(join(checkout, 'src', 'main.ts'), SCRIPT);
  await lock('package-lock.json', LOCKED);
  await lock('node_modules/.package-lock.json', INSTALLED);
  await lock('to-install.json', INSTALLED);
  await npm(
    'echo "$@" >> npm-was-called; cp to-install.json node_modules/.package-lock.json; echo installing',
  );
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

describe('the launcher', () => {
  test('runs main.ts with all arguments as they are, and without experimental warnings', () => {
    const ran = launch(['run', 'a b', '--json', '']);
    expect(JSON.parse(ran.stdout).told).toEqual(['run', 'a b', '--json', '']);
    expect(JSON.parse(ran.stdout).flags).toContain('--disable-warning=ExperimentalWarning');
    expect(ran.stderr).toBe('');
  });

  test('ends with the same exit code', () => {
    expect(launch(['end', '5']).status).toBe(5);
  });

  test('ends by the same signal', () => {
    expect(launch(['die']).signal).toBe('SIGKILL');
  });

  test.each([
    ['SIGTERM', 'code 7'],
    ['SIGINT', 'interrupted'],
  ] as const)('passes %s on', async (signal, effect) => {
    const child = spawn(process.execPath, [join(checkout, 'bin', 'seatrial.js'), 'wait'], { stdio: 'pipe' });
    let said = '';
    child.stdout.on('data', (bytes) => {
      said += bytes;
    });
    await once(child.stdout, 'data');
    child.kill(signal);
    if (signal === 'SIGINT') {
      await once(child.stdout, 'data');
      child.kill('SIGTERM');
    }
    const [code] = await once(child, 'exit');
    expect(`${said} code ${code}`).toContain(effect);
  });

  test('can be called through a symbolic link, as npm installs it', async () => {
    const link = join(programs, 'seatrial');
    await symlink(process.execPath, join(programs, 'node'));
    await symlink(join(checkout, 'bin', 'seatrial.js'), link);
    const ran = spawnSync(link, ['hello'], { encoding: 'utf8', env: environment() });
    expect(JSON.parse(ran.stdout).told).toEqual(['hello']);
  });
});

describe('the dependencies', () => {
  test('are left alone when they are what the lock file says', async () => {
    launch([]);
    expect(await calls()).toBe('');
  });

  test('are installed where there are none; the words of npm stay off stdout', async () => {
    await rm(join(checkout, 'node_modules'), { recursive: true });
    await npm(
      'mkdir node_modules; cp to-install.json node_modules/.package-lock.json; echo installing; echo "$@" >> npm-was-called',
    );
    const ran = launch(['hello']);
    expect(JSON.parse(ran.stdout).told).toEqual(['hello']);
    expect(ran.stderr).toContain('the dependencies are not installed; running npm ci');
    expect(ran.stderr).toContain('installing');
    expect(await calls()).toContain('ci');
  });

  test.each([
    ['version', { version: '0.9.0', integrity: 'sha512-a' }],
    ['content', { version: '1.0.0', integrity: 'sha512-other' }],
  ])('are installed again where one has another %s', async (_name, a) => {
    await lock('node_modules/.package-lock.json', { 'node_modules/a': a });
    expect(launch([]).stderr).toContain('node_modules/a is not installed as package-lock.json says');
    expect(await calls()).toContain('ci');
  });

  test('are installed again where the last installation was cut off', async () => {
    await writeFile(join(checkout, 'node_modules', '.package-lock.json'), '{ "packages": {');
    launch([]);
    expect(await calls()).toContain('ci');
  });

  test('that cannot be installed stop it with a sentence and a remedy', async () => {
    await rm(join(checkout, 'node_modules'), { recursive: true });
    await npm('echo "no network" >&2; exit 3');
    const ran = launch(['hello']);
    expect(ran.status).toBe(3);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toContain('no network');
    expect(ran.stderr).toContain('npm ci ended with code 3');
  });

  test('are not installed outside a checkout', async () => {
    await rm(join(checkout, 'node_modules'), { recursive: true });
    await rm(join(checkout, '.git'), { recursive: true });
    const ran = launch(['hello']);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain('no git checkout');
    expect(await calls()).toBe('');
  });
});

const old = oldNode();

describe.runIf(old !== undefined)('under an older Node', () => {
  test('the packaged Node 24 runs the program', async () => {
    const bin = join(checkout, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
    await mkdir(bin, { recursive: true });
    await symlink(process.execPath, join(bin, 'node'));
    const ran = spawnSync(old ?? '', [join(checkout, 'bin', 'seatrial.js')], {
      encoding: 'utf8',
      env: environment(),
    });
    expect(JSON.parse(ran.stdout).version).toBe(process.version);
  });

  test('a missing Node 24 is told with its remedy', () => {
    const ran = spawnSync(old ?? '', [join(checkout, 'bin', 'seatrial.js')], {
      encoding: 'utf8',
      env: environment(),
    });
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain('Node 24 is needed');
    expect(ran.stderr).toContain('npm ci');
  });
});

test('dev.js runs any script of the repository', () => {
  const args = [join(checkout, 'bin', 'dev.js'), 'src/main.ts', 'a', 'b'];
  const ran = spawnSync(process.execPath, args, { cwd: checkout, encoding: 'utf8', env: environment() });
  expect(JSON.parse(ran.stdout).told).toEqual(['a', 'b']);
});

function launch(args: readonly string[]) {
  const file = join(checkout, 'bin', 'seatrial.js');
  return spawnSync(process.execPath, [file, ...args], { encoding: 'utf8', env: environment() });
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [programs, process.env['PATH']].join(delimiter) };
}

async function lock(file: string, packages: object): Promise<void> {
  await writeFile(join(checkout, file), JSON.stringify({ lockfileVersion: 3, packages }));
}

async function npm(script: string): Promise<void> {
  await writeFile(join(programs, 'npm'), `#!/bin/sh\n${script}\n`);
  await chmod(join(programs, 'npm'), 0o755);
}

function calls(): Promise<string> {
  return readFile(join(checkout, 'npm-was-called'), 'utf8').catch(() => '');
}

/** A Node on PATH from before 24, which is what most machines have. */
function oldNode(): string | undefined {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, 'node'));
  return candidates.find((file) => {
    const major = Number.parseInt(
      spawnSync(file, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout,
      10,
    );
    return major >= 18 && major < 24;
  });
}
