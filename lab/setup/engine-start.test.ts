import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../src/shared/wait.ts';
import { type TestContext, testContext, troubleOf } from '../testing/context.ts';
import { type PrivateEngine, privateEngine } from '../testing/private-engine.ts';
import { startEngine } from './engine-start.ts';
import { exists, onPath, readMachine } from './machine.ts';
import { pingEngine } from './ping.ts';

const able = (await readMachine()).root && (await onPath('dockerd', '/usr/sbin:/usr/bin:/usr/local/bin'));
const START = 30_000;

describe.runIf(able)('starting an engine', { timeout: 90_000 }, () => {
  let context: TestContext;
  let engine: PrivateEngine;
  beforeAll(async () => {
    context = await testContext();
    engine = await privateEngine();
  });
  afterEach(() => void context.lines.splice(0));
  afterAll(async () => {
    await engine.destroy();
    await context.remove();
  });

  test('brings one up where nothing was, in a session of its own', async () => {
    await startEngine(context, engine, START);
    expect(await ping(engine)).toBe('answers');
    const pid = await engine.pid();
    expect(await sessionOf(pid)).toBe(pid);
  });

  test('leaves one alone that lives but does not answer, and names it when time is up', async () => {
    const pid = (await engine.pid()) ?? 0;
    process.kill(pid, 'SIGSTOP');
    try {
      const error = await troubleOf(startEngine(context, engine, 500));
      expect(error.code).toBe('engine-silent');
      expect(error.message).toContain(`process ${pid}`);
      expect(error.remedy).toBeTruthy();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    expect(await engine.pid()).toBe(pid);
  });

  test('follows one that was killed and left its socket, pid file and containerd behind', async () => {
    await kill(engine);
    const left = await containerdOfTheDead(engine);
    await startEngine(context, engine, START);
    expect(await ping(engine)).toBe('answers');
    expect(await exists(`/proc/${left}`)).toBe(false);
    expect(await engine.containerd()).not.toBe(left);
    expect(context.lines.join('\n')).toContain(`Removed ${engine.socket}`);
    expect(context.lines.join('\n')).toContain(`Ending the containerd (process ${left})`);
  });

  test('is not stopped by a pid file whose number belongs to somebody else by now', async () => {
    await kill(engine);
    await writeFile(engine.pidFile, String(process.pid));
    await writeFile(join(engine.execRoot, 'containerd', 'containerd.pid'), String(process.pid));
    await startEngine(context, engine, START);
    expect(await ping(engine)).toBe('answers');
    expect(await engine.pid()).not.toBe(process.pid);
  });

  test('is not stopped by an empty directory in the place of the socket', async () => {
    await kill(engine);
    await rm(engine.socket, { force: true });
    await mkdir(engine.socket);
    await startEngine(context, engine, START);
    expect(await ping(engine)).toBe('answers');
  });

  test('keeps a directory with something in it in the place of the socket, and says so', async () => {
    await kill(engine);
    await rm(engine.socket, { force: true });
    await mkdir(join(engine.socket, 'data'), { recursive: true });
    const error = await troubleOf(startEngine(context, engine, START));
    expect(error.code).toBe('socket-is-directory');
    expect(error.remedy).toContain(engine.socket);
    expect(await exists(join(engine.socket, 'data'))).toBe(true);
    await rm(engine.socket, { recursive: true });
  });

  test('does not wait for a containerd of the machine that is dead', async () => {
    const socket = join(engine.directory, 'system-containerd.sock');
    await staleSocket(socket);
    await startEngine(context, { ...engine, systemContainerd: socket }, START);
    expect(await exists(socket)).toBe(false);
  });

  test('quotes the last words of a daemon that ends at once', async () => {
    const broken = await privateEngine({ flags: ['--storage-driver=no-such-driver'] });
    try {
      const error = await troubleOf(startEngine(context, broken, START));
      expect(error.code).toBe('engine-start');
      expect(error.message).toContain('driver not supported');
      expect(error.remedy).toContain(broken.log);
    } finally {
      await broken.destroy();
    }
  });
});

function ping(engine: PrivateEngine) {
  return pingEngine(engine.socket, 5000, AbortSignal.timeout(10_000));
}

/** Process id of the leader of the session that a process is in. */
async function sessionOf(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}

async function kill(engine: PrivateEngine): Promise<void> {
  const daemon = await engine.pid();
  const containerd = await engine.containerd();
  if (daemon === undefined) throw new Error('the private engine does not run');
  process.kill(daemon, 'SIGKILL');
  // Its containerd is told to go with it.
  for (const pid of [daemon, containerd]) await gone(pid);
}

async function gone(pid: number): Promise<void> {
  const wait = { name: 'a process ends', deadline: 20_000, every: 20, signal: AbortSignal.timeout(30_000) };
  await until(wait, async () => {
    const state = /\) (\S)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))?.[1];
    if (state === undefined || state === 'Z') return { done: true, value: undefined };
    return { done: false, missing: `the end of ${pid}` };
  });
}

/** A containerd as an engine leaves it where nothing tells it to go too. */
async function containerdOfTheDead(engine: PrivateEngine): Promise<number> {
  const directory = join(engine.execRoot, 'containerd');
  const args = ['--config', join(directory, 'containerd.toml'), '--log-level', 'error'];
  const child = spawn('containerd', args, { detached: true, stdio: 'ignore' });
  child.unref();
  await writeFile(join(directory, 'containerd.pid'), String(child.pid));
  return child.pid ?? 0;
}

/** A socket file that nobody listens at: its owner was killed. */
async function staleSocket(path: string): Promise<void> {
  const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await new Promise((resolve) => spawn(process.execPath, ['-e', program]).on('exit', resolve));
}
