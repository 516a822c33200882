import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentSecret } from '../../ports/deployer.ts';
import type { Engine } from '../../ports/engine.ts';
import type { StackName } from '../../shared/brand.ts';
import { SeatrialError } from '../../shared/errors.ts';
import type { Redactor } from '../../shared/redact.ts';
import { type AbraHome, type AbraProgram, callAbra } from './call.ts';
import { refused } from './refusal.ts';

export interface SecretsOptions {
  readonly program: AbraProgram;
  readonly home: AbraHome;
  readonly stack: StackName;
  readonly engine: Engine;
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
}

const EACH_MS = 30_000;
const PER_SECRET_MS = 2000;

/** Inserts the secrets that are not there yet. The values are ours, so that they are known and the same after a wipe. */
export async function insertSecrets(
  options: SecretsOptions,
  secrets: readonly DeploymentSecret[],
): Promise<void> {
  if (secrets.length === 0) return;
  const there = new Set(await secretsOf(options));
  for (const secret of secrets) if (!there.has(secret.name)) await insert(options, secret);
}

async function insert(options: SecretsOptions, secret: DeploymentSecret): Promise<void> {
  const { program, home, redactor, signal } = options;
  const word = wordOf(options.stack, secret);
  // Without a newline at its end: abra would keep it.
  const file = join(home.directory, 'secret');
  await writeFile(file, secret.value, { mode: 0o600 });
  const args = ['app', 'secret', 'insert', home.app, word, secret.version, file, '--file'];
  const call = { name: 'abra app secret insert', deadline: EACH_MS, signal };
  const forget = redactor.register(secret.value);
  try {
    const result = await callAbra(program, home, args, call);
    const inserted = (await secretsOf(options)).includes(secret.name);
    if (result.exitCode !== 0 || !inserted)
      throw refused(`abra did not insert the secret ${secret.name}`, result, redactor.redact);
  } finally {
    forget();
    await rm(file, { force: true });
  }
}

/** abra makes the name from three words; a secret that is named otherwise is out of its reach. */
function wordOf(stack: StackName, { key, name, version }: DeploymentSecret): string {
  const [before, after] = [`${stack}_`, `_${version}`];
  const word = name.slice(before.length, -after.length);
  if (word !== '' && name === `${before}${word}${after}`) return word;
  throw new SeatrialError({
    kind: 'recipe',
    code: 'deploy-refused',
    sentence: `The secret \`${key}\` is called ${name}; abra can only insert those whose names are the stack's, a word and a version, joined by underscores.`,
    remedy: 'Name it ${STACK_NAME}_<word>_${SECRET_<WORD>_VERSION}.',
    facts: { words: `secret not inserted: ${key}`, secret: key },
  });
}

/**
 * Lets abra generate what it misses, and learns the values before anybody can print them. They
 * stay hidden for good: reports of the run are written after its stack is gone.
 */
export async function generateSecrets({ program, home, redactor, signal }: SecretsOptions): Promise<void> {
  const args = ['app', 'secret', 'generate', home.app, '--all', '--machine', '--chaos'];
  const call = { name: 'abra app secret generate', deadline: EACH_MS * 2, signal };
  const result = await callAbra(program, home, args, call);
  for (const value of valuesIn(result.stdout)) redactor.register(value);
  if (result.exitCode !== 0) throw refused('abra did not generate the secrets', result, redactor.redact);
}

/** Every string in what should be JSON is taken for a value: a name too many is redacted rather than a value printed. */
function valuesIn(stdout: string): string[] {
  const start = stdout.search(/[[{]/);
  if (start < 0) return [];
  try {
    return stringsIn(JSON.parse(stdout.slice(start)));
  } catch {
    // No JSON after all: each word of it may be a value.
    return stdout.split(/[\s|│"',:]+/);
  }
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** Takes away every secret of the stack, with abra where it knows the app and then without; abra puts no label on them. */
export async function removeSecrets(
  options: Omit<SecretsOptions, 'home' | 'redactor'> & { readonly home: AbraHome | undefined },
): Promise<void> {
  const { engine, stack, program, home, signal } = options;
  const left = await secretsOf(options);
  if (left.length === 0) return;
  if (home !== undefined) {
    const deadline = EACH_MS + PER_SECRET_MS * left.length;
    const call = { name: 'abra app secret rm', deadline, signal };
    // Whether it worked is seen on the engine, and what it left goes without it.
    await callAbra(program, home, ['app', 'secret', 'rm', home.app, '--all'], call).catch(() => undefined);
  }
  for (const { id, name } of await engine.secrets({}, signal))
    if (name.startsWith(`${stack}_`)) await engine.removeSecret(id, signal);
}

async function secretsOf({
  engine,
  stack,
  signal,
}: Pick<SecretsOptions, 'engine' | 'stack' | 'signal'>): Promise<string[]> {
  const all = await engine.secrets({}, signal);
  return all.map(({ name }) => name).filter((name) => name.startsWith(`${stack}_`));
}
