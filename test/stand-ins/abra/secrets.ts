import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openApp } from './app.ts';
import type { Arguments } from './arguments.ts';
import { loadCompose } from './compose.ts';
import { docker, linesOf } from './docker.ts';
import { fatal, warn } from './fatal.ts';

const WORDS = ['anchor', 'ballast', 'compass', 'deckhand', 'estuary', 'fathom', 'galley', 'harbour'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Prints the values: as JSON where a machine reads, else as a table for everybody to see. */
export function generate(given: Arguments): void {
  const app = openApp(given, 3);
  const [name, version] = given.words.slice(4);
  if (name === undefined && !given.flags.has('--all')) fatal('missing arguments [secret]/[version] or --all');
  const there = secretNames();
  const made: Record<string, string> = {};
  for (const secret of loadCompose(app).secrets) {
    const word = wordOf(app.stack, secret.name);
    if (name !== undefined && (word !== name || secret.version !== version)) continue;
    if (secret.modifiers['generate'] === 'false') warn(`${word} requires manual insertion`);
    else if (there.includes(secret.name)) warn(`${secret.name} already exists`);
    else made[word] = create(secret.name, valueFor(secret.modifiers));
  }
  if (given.flags.has('--machine')) process.stdout.write(`${JSON.stringify(made)}\n`);
  else for (const [word, value] of Object.entries(made)) process.stdout.write(`│ ${word} │ ${value} │\n`);
}

/** A file's last newline becomes part of the secret, unless trimming is asked for. */
export function insert(given: Arguments): void {
  const [name, version, data] = given.words.slice(4);
  if (name === undefined || version === undefined || data === undefined) fatal('missing arguments');
  const { stack } = openApp(given, 3);
  const text = given.flags.has('--file') ? readFileSync(data, 'utf8') : data;
  create(`${stack}_${name}_${version}`, given.flags.has('--trim') ? text.trim() : text);
}

export function remove(given: Arguments): void {
  const app = openApp(given, 3);
  if (!given.flags.has('--all')) fatal('no secret(s) specified?');
  const there = secretNames();
  const names = loadCompose(app)
    .secrets.map(({ name }) => name)
    .filter((name) => there.includes(name));
  if (names.length === 0) fatal('no secrets to remove?');
  docker(['secret', 'rm', ...names]);
}

export function secretNames(): string[] {
  return linesOf(['secret', 'ls', '--format', '{{.Name}}']);
}

function create(name: string, value: string): string {
  docker(['secret', 'create', name, '-'], { input: value });
  return value;
}

function wordOf(stack: string, name: string): string {
  return name.slice(stack.length + 1, name.lastIndexOf('_'));
}

function valueFor({ length, charset }: Readonly<Record<string, string>>): string {
  if (length === undefined) return Array.from({ length: 4 }, () => WORDS[randomInt(WORDS.length)]).join('-');
  const from = charset === 'hex' ? '0123456789abcdef' : LETTERS;
  return Array.from({ length: Number(length) }, () => from[randomInt(from.length)]).join('');
}
