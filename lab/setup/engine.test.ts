import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestContext, testContext, troubleOf } from '../testing/context.ts';
import { type PrivateEngine, privateEngine } from '../testing/private-engine.ts';
import { ensureEngine } from './engine.ts';
import { onPath, readMachine } from './machine.ts';

const machine = await readMachine();
const able = machine.root && (await onPath('dockerd', '/usr/sbin:/usr/bin:/usr/local/bin'));
const debian = { debian: true, codename: 'bookworm', root: true, systemd: false };

describe('an engine', () => {
  test('that is not on this machine is refused', async () => {
    const error = await troubleIn({ DOCKER_HOST: 'tcp://engine.example:2376' }, debian);
    expect(error.code).toBe('engine-elsewhere');
    expect(error.remedy).toContain('DOCKER_HOST');
  });

  test('that DOCKER_HOST names and that does not answer is not replaced by another', async () => {
    const error = await troubleIn({ DOCKER_HOST: 'unix:///nowhere/docker.sock' }, debian);
    expect(error.code).toBe('no-engine');
    expect(error.message).toContain('unix:///nowhere/docker.sock');
  });

  test.each([
    ['without Debian', { ...debian, debian: false }, 'Debian only', 'Install and start Docker Engine'],
    ['without root', { ...debian, root: false }, 'only root', 'as root'],
  ])('is not installed %s; the error says what to do', async (_name, here, why, remedy) => {
    const context = await testContext({ DOCKER_HOST: 'unix:///nowhere/docker.sock' });
    const place = { ...placeIn(context), socket: '/nowhere/docker.sock' };
    const error = await troubleOf(ensureEngine(context, here, place));
    await context.remove();
    expect(error.code).toBe('no-engine');
    expect(error.message).toContain(why);
    expect(error.remedy).toContain(remedy);
  });

  test('that answers is used as it is', async () => {
    const directory = await testContext();
    const socket = join(directory.directory, 'docker.sock');
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('OK');
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    const context = await testContext({ DOCKER_HOST: `unix://${socket}` });
    expect(await ensureEngine(context, { ...debian, root: false })).toBe(socket);
    expect(asked).toEqual(['/_ping']);
    expect(context.lines).toEqual([]);
    server.close();
    await directory.remove();
    await context.remove();
  });
});

describe.runIf(able)('an engine that is installed and does not run', { timeout: 60_000 }, () => {
  let engine: PrivateEngine;
  let context: TestContext;
  beforeAll(async () => {
    engine = await privateEngine();
    context = await testContext({ DOCKER_HOST: `unix://${engine.socket}` });
  });
  afterAll(async () => {
    await engine.destroy();
    await context.remove();
  });

  test('is started, and found running the next time', async () => {
    expect(await ensureEngine(context, debian, engine)).toBe(engine.socket);
    const pid = await engine.pid();
    context.lines.splice(0);
    expect(await ensureEngine(context, debian, engine)).toBe(engine.socket);
    expect(await engine.pid()).toBe(pid);
    expect(context.lines).toEqual([]);
  });
});

async function troubleIn(variables: Record<string, string>, here: typeof debian) {
  const context = await testContext(variables);
  const error = await troubleOf(ensureEngine(context, here));
  await context.remove();
  return error;
}

function placeIn(context: TestContext) {
  const { directory } = context;
  return {
    socket: join(directory, 'docker.sock'),
    pidFile: join(directory, 'docker.pid'),
    execRoot: join(directory, 'exec'),
    systemContainerd: undefined,
    unit: undefined,
    command: ['false'] as [string],
    log: join(directory, 'dockerd.log'),
  };
}
