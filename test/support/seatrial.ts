import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { runStore } from '../../src/adapters/sqlite/run-store.ts';
import type { RunId } from '../../src/shared/brand.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createRedactor } from '../../src/shared/redact.ts';
import { until } from '../../src/shared/wait.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** As the launcher has one: starting takes half as long. */
const CACHE = join(tmpdir(), 'seatrial-test-compile-cache');

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** The program as a child of the test, as somebody at a terminal has it. */
export interface Seatrial {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said on standard error so far. */
  said(): string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The launcher instead of the program itself. */
  readonly launcher?: boolean;
}

/** Starts it with nothing of the test's own settings; killed when the test ends and it has not. */
export function start(args: readonly string[], options: StartOptions = {}): Seatrial {
  const entry = options.launcher === true ? 'bin/seatrial.js' : 'src/main.ts';
  const child = spawn(process.execPath, [join(ROOT, entry), ...args], {
    cwd: options.cwd ?? ROOT,
    env: {
      ...{
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'],
      },
      ...{
        DOCKER_HOST: process.env['DOCKER_HOST'],
        NO_COLOR: '1',
        NODE_COMPILE_CACHE: CACHE,
        ...options.env,
      },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.err += text;
  });
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, ...texts }));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  return { child, ended, said: () => texts.err };
}

/** The program from its start to its end. */
export async function seatrial(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return await start(args, options).ended;
}

/** What a state directory has in its database, read as another process does. */
export function storeIn(stateDir: string) {
  const db = openDatabase(join(stateDir, 'seatrial.db'));
  onTestFinished(db.close);
  return runStore(db, systemClock, createRedactor());
}

/** The newest run of a state directory as soon as it has come so far; those known before do not count. */
export async function runThat(
  stateDir: string,
  does: 'stage-started' | 'admitted',
  before: readonly RunId[] = [],
): Promise<RunId> {
  const signal = AbortSignal.timeout(120_000);
  const store = storeIn(stateDir);
  return await until({ name: `a run that is ${does}`, deadline: 110_000, every: 50, signal }, async () => {
    const newest = store.list(9).find(({ id }) => !before.includes(id));
    const there = newest !== undefined && store.events(newest.id).some(({ event }) => event.type === does);
    return there ? { done: true, value: newest.id } : { done: false, missing: newest?.id ?? 'a run' };
  });
}

/** Waits until a daemon has looked at its repository for the first time: what was said before counts as history. */
export async function firstLook(stateDir: string): Promise<void> {
  const db = openDatabase(join(stateDir, 'seatrial.db'));
  onTestFinished(db.close);
  const signal = AbortSignal.timeout(60_000);
  await until({ name: 'the first look', deadline: 50_000, every: 50, signal }, async () =>
    db.get('SELECT at FROM cursor') === undefined
      ? { done: false, missing: 'a cursor' }
      : { done: true, value: undefined },
  );
}
