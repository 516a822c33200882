import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const node = process.execPath;

/** Runs one of the project's own tools on Node 24; what it complains about becomes the failure's text. */
async function complaints(script: string, args: readonly string[]): Promise<string> {
  const result = await execa(node, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    reject: false,
    all: true,
  });
  return result.exitCode === 0 ? '' : (result.all ?? `ended with ${result.exitCode}`);
}

test('the types hold, to the last flag', async () => {
  expect(await complaints('typescript/bin/tsc', ['-p', '.'])).toBe('');
}, 120_000);

test('Biome has nothing to say about format and habits', async () => {
  expect(await complaints('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.'])).toBe('');
}, 60_000);

test('imports follow the way of the data', async () => {
  const args = ['--config', '.dependency-cruiser.js', 'src', 'lab', 'bench', 'test'];
  expect(await complaints('dependency-cruiser/bin/dependency-cruise.mjs', args)).toBe('');
}, 60_000);

test('nothing is exported, installed or kept that nobody uses', async () => {
  expect(await complaints('knip/bin/knip.js', [])).toBe('');
}, 60_000);

test('every cause that can be named is in docs/causes.md', async () => {
  const documented = readFileSync(join(root, 'docs/causes.md'), 'utf8');
  const { stdout } = await execa(
    'git',
    [
      'grep',
      '-hoE',
      "code: '[a-z][a-z0-9-]+'",
      '--',
      'src/stages',
      'src/run',
      'src/recipe',
      'src/serve',
      'src/verdict',
      'src/stack',
    ],
    { cwd: root },
  );
  const named = stdout.split('\n').map((line) => line.slice("code: '".length, -1));
  const codes = [...new Set([...named, ...findingCodes()])];
  expect(codes.length).toBeGreaterThan(10);
  const missing = codes.filter(
    (code) =>
      !documented.includes(`\`${code}\``) && !new RegExp(`^\\| (B\\d\\d, )?${code}\\b`, 'm').test(documented),
  );
  expect(missing).toEqual([]);
});

/** Codes that findings are made with. */
function findingCodes(): string[] {
  const directory = join(root, 'src/recipe/findings');
  return globSync('*.ts', { cwd: directory }).flatMap((path) =>
    [...readFileSync(join(directory, path), 'utf8').matchAll(/\bfound\(\s*'([\w-]+)'/g)].map(
      ([, code = '']) => code,
    ),
  );
}
