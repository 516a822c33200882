import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../src/shared/wait.ts';
import { type TestContext, testContext, troubleOf } from '../testing/context.ts';
import { type PrivateEngine, privateEngine } from '../testing/private-engine.ts';
import { type Docker, docker } from './docker.ts';
import { findCli } from './docker-cli.ts';
import { startEngine } from './engine-start.ts';
import { onPath, readMachine } from './machine.ts';
import { ensureSwarm, refuseUnusable } from './swarm.ts';

const machine = await readMachine();
const able = machine.root && (await onPath('dockerd', '/usr/sbin:/usr/bin:/usr/local/bin'));
const START = 30_000;

describe.runIf(able)('the swarm of an engine', { timeout: 90_000 }, () => {
  let context: TestContext;
  let first: PrivateEngine;
  let second: PrivateEngine;
  let manager: Docker;
  let worker: Docker;
  beforeAll(async () => {
    context = await testContext();
    first = await privateEngine();
    await startEngine(context, first, START);
    second = await privateEngine({ networkOf: (await first.pid()) ?? 0 });
    await startEngine(context, second, START);
    const cli = await findCli(context, machine);
    const client = (engine: PrivateEngine): Docker => ({ ...context, cli, host: `unix://${engine.socket}` });
    manager = client(first);
    worker = client(second);
  }, 90_000);
  afterAll(async () => {
    await second.destroy();
    await first.destroy();
    await context.remove();
  }, 90_000);

  test('is made where there is none, on loopback, after saying so and how to undo it', async () => {
    context.lines.splice(0);
    await ensureSwarm(context, manager);
    expect(await stateOf(manager)).toBe('active true 127.0.0.1');
    expect(context.lines).toHaveLength(1);
    expect(context.lines[0]).toContain('docker swarm leave --force');
  });

  test('stays as it is where the engine is a manager already', async () => {
    const before = await swarmOf(manager);
    context.lines.splice(0);
    await ensureSwarm(context, manager);
    expect(await swarmOf(manager)).toBe(before);
    expect(context.lines).toEqual([]);
  });

  test('is refused where the engine is only a worker, and not left', async () => {
    const token = await docker(manager, ['swarm', 'join-token', '-q', 'worker'], { name: 'token' });
    const join = [
      'swarm',
      'join',
      '--token',
      token,
      '--advertise-addr',
      '127.0.0.1',
      '--listen-addr',
      '127.0.0.1:2378',
    ];
    await docker(worker, [...join, '127.0.0.1:2377'], { name: 'join' });
    const error = await troubleOf(ensureSwarm(context, worker));
    expect(error.code).toBe('swarm-worker');
    expect(error.remedy).toContain('promote');
    expect(await stateOf(worker)).toMatch(/^active false/);
  });

  test('is refused where it has lost its majority of managers', async () => {
    const name = await docker(worker, ['info', '--format', '{{.Swarm.NodeID}}'], { name: 'node' });
    await docker(manager, ['node', 'promote', name], { name: 'promote' });
    const wait = { name: 'promotion', deadline: 30_000, every: 200, signal: context.signal };
    await until(wait, async () =>
      (await stateOf(worker)).startsWith('active true')
        ? { done: true, value: undefined }
        : { done: false, missing: 'a second manager' },
    );
    const pid = (await first.pid()) ?? 0;
    process.kill(pid, 'SIGSTOP');
    try {
      const broken = { name: 'quorum lost', deadline: 60_000, every: 500, signal: context.signal };
      const error = await until(broken, async () => {
        const thrown = await troubleOf(ensureSwarm(context, worker, 0)).catch(() => undefined);
        return thrown === undefined
          ? { done: false, missing: 'the loss of quorum' }
          : { done: true, value: thrown };
      });
      expect(error.code).toBe('swarm-broken');
      expect(error.remedy).toContain('docker swarm leave --force');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});

describe('a swarm that cannot be used', () => {
  const state = { LocalNodeState: 'active', ControlAvailable: true, Error: '' };

  test.each([
    ['locked', { ...state, LocalNodeState: 'locked' }, 'swarm-locked', 'docker swarm unlock'],
    ['still joining', { ...state, LocalNodeState: 'pending' }, 'swarm-broken', 'docker info'],
    [
      'in error',
      { ...state, LocalNodeState: 'error', Error: 'certificate expired' },
      'swarm-broken',
      'leave --force',
    ],
  ])('that is %s is told with its remedy', async (_name, unusable, code, remedy) => {
    const error = await troubleOf(Promise.resolve().then(() => refuseUnusable(unusable)));
    expect(error.code).toBe(code);
    expect(error.message).toContain(unusable.Error);
    expect(error.remedy).toContain(remedy);
  });

  test('is not one whose manager is in good order', () => {
    expect(() => refuseUnusable(state)).not.toThrow();
  });
});

function stateOf(client: Docker): Promise<string> {
  const format = '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}} {{.Swarm.NodeAddr}}';
  return docker(client, ['info', '--format', format], { name: 'state' });
}

function swarmOf(client: Docker): Promise<string> {
  return docker(client, ['info', '--format', '{{.Swarm.Cluster.ID}} {{.Swarm.NodeID}}'], { name: 'swarm' });
}
