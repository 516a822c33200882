import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arguments } from './arguments.ts';
import { type EnvLine, parseEnvFile } from './env-file.ts';
import { fatal } from './fatal.ts';

export interface App {
  readonly name: string;
  readonly envPath: string;
  readonly lines: readonly EnvLine[];
  /** With the exports of `abra.sh`, which win. */
  readonly env: Readonly<Record<string, string>>;
  readonly stack: string;
  readonly recipe: string;
  /** Behind the recipe's name in the environment file. */
  readonly version: string | undefined;
  readonly directory: string;
}

export function abraDir(): string {
  const home = process.env['HOME'] ?? fatal('$HOME is not defined');
  return process.env['ABRA_DIR'] ?? join(home, '.abra');
}

/** Finds the app and its recipe, and moves the recipe's checkout unless chaos is asked for. */
export function openApp({ words, flags }: Arguments, position: number): App {
  const name = words[position] ?? fatal('no app provided');
  const servers = join(abraDir(), 'servers');
  const server = readdirSync(servers).find((one) => existsSync(join(servers, one, `${name}.env`)));
  if (server === undefined) fatal(`cannot find app with name ${name}`);
  const envPath = join(servers, server, `${name}.env`);
  const lines = parseEnvFile(readFileSync(envPath, 'utf8'));
  const own = Object.fromEntries(lines.map(({ key, value }) => [key, value]));
  const [recipe = '', version] = (own['RECIPE'] ?? own['TYPE'] ?? fatal(`no recipe in ${envPath}`)).split(
    ':',
  );
  const directory = join(abraDir(), 'recipes', recipe);
  if (!existsSync(join(directory, '.git'))) fatal(`${recipe} is not there and cannot be cloned`);
  if (!flags.has('--chaos')) ensure(directory, recipe, version, flags.has('--offline'));
  const script = join(directory, 'abra.sh');
  const env = { ...own, ...(existsSync(script) ? exportsIn(readFileSync(script, 'utf8')) : {}) };
  const stack = own['STACK_NAME'] ?? name.replaceAll('.', '_').slice(0, 45);
  return { name, envPath, lines, env: { ...env, STACK_NAME: stack }, stack, recipe, version, directory };
}

function exportsIn(script: string): Record<string, string> {
  const found = script.split('\n').map((line) => /^export ([A-Za-z_]\w*)=(\w[^=]*)$/.exec(line));
  return Object.fromEntries(found.flatMap((match) => (match === null ? [] : [[match[1], match[2]]])));
}

function ensure(directory: string, recipe: string, version: string | undefined, offline: boolean): void {
  if (isDirty(directory)) fatal(`${recipe} (${directory}) has locally unstaged changes? please commit first`);
  if (!offline) git(directory, 'fetch', '--tags', 'origin');
  const target = version ?? newestTag(directory);
  if (target !== undefined) git(directory, 'checkout', '--quiet', target);
}

export function newestTag(directory: string): string | undefined {
  return git(directory, 'tag', '--sort=-version:refname').split('\n')[0] || undefined;
}

/** Untracked files count, as a further compose file does. */
export function isDirty(directory: string): boolean {
  return git(directory, 'status', '--porcelain') !== '';
}

export function shortHead(directory: string): string {
  return git(directory, 'rev-parse', 'HEAD').slice(0, 8);
}

export function git(directory: string, ...args: string[]): string {
  const ran = spawnSync('git', args, { cwd: directory, encoding: 'utf8' });
  return ran.status === 0 ? ran.stdout.trim() : fatal((ran.stderr ?? String(ran.error)).trim());
}
