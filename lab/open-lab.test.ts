import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEnvironment } from '../src/config/environment.ts';
import type { RegistryPlace } from './images/registry.ts';
import { type Lab, openLab } from './open-lab.ts';
import { type Docker, docker, tryDocker } from './setup/docker.ts';
import { pingEngine } from './setup/ping.ts';
import { type Ready, setUp } from './setup/set-up.ts';
import { type TestContext, testContext } from './testing/context.ts';

const environment = readEnvironment();
const socket = environment.dockerHost.replace('unix://', '');
const running = (await pingEngine(socket, 5000, AbortSignal.timeout(10_000))) === 'answers';

/** On the machine's own engine, with a registry of the test's own beside the one that others may be using. */
describe.runIf(running)('the lab', { timeout: 300_000 }, () => {
  let context: TestContext;
  let ready: Ready;
  let client: Docker;
  let place: RegistryPlace;
  let lab: Lab;
  const opened: Lab[] = [];
  const occupied = createServer();
  beforeAll(async () => {
    const own = await testContext();
    // The images are the cache that everybody shares; only the registry is private.
    context = { ...own, environment, signal: AbortSignal.timeout(300_000) };
    ready = await setUp(context);
    client = { ...ready, environment, signal: context.signal };
    const port = await new Promise<number>((resolve) => {
      occupied.listen(0, '127.0.0.1', () => {
        const address = occupied.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    place = { container: `seatrial-lab-test-${process.pid}`, port, data: join(own.directory, 'registry') };
    lab = await openLab({ ...context, ready, place });
    opened.push(lab);
  }, 300_000);
  afterAll(async () => {
    for (const { images, close } of opened) {
      await close();
      const { missing: _, ...present } = images.nginx;
      await tryDocker(client, ['image', 'rm', ...Object.values(present), images.tools], { name: 'clean up' });
    }
    occupied.close();
    await context.remove();
  }, 60_000);

  test('set-up finds everything done the second time, and changes nothing', async () => {
    const swarm = () => docker(client, ['info', '--format', '{{json .Swarm.Cluster}}'], { name: 'swarm' });
    const before = await swarm();
    const lines: string[] = [];
    expect(await setUp({ ...context, progress: (line) => lines.push(line) })).toEqual(ready);
    expect(done(lines)).toHaveLength(1);
    expect(await swarm()).toBe(before);
  });

  test('has its registry on another port where somebody has the usual one', () => {
    expect(lab.registry.port).not.toBe(place.port);
    expect(lab.registry.port).toBeGreaterThan(0);
  });

  test('finds everything done the second time, and leaves the registry to the one who still uses it', async () => {
    const id = await registryId(client, place);
    const lines: string[] = [];
    const second = await openLab({ ...context, ready, place, progress: (line) => lines.push(line) });
    expect(done(lines)).toEqual([]);
    expect(second.images).toEqual(lab.images);
    await second.close();
    expect(await registryId(client, place)).toBe(id);
  });

  test('has images that the registry knows by digest', async () => {
    const { nginx, tools } = lab.images;
    for (const reference of [nginx.old, nginx.new, nginx.next, nginx.broken, tools]) {
      const pulled = await docker(client, ['pull', reference], { name: 'pull' });
      expect(pulled).toMatch(/Digest: sha256:[0-9a-f]{64}/);
    }
  });

  test('has two releases that are two different images', async () => {
    const ids = await docker(
      client,
      ['image', 'inspect', '-f', '{{.Id}}', lab.images.nginx.old, lab.images.nginx.new],
      {
        name: 'inspect',
      },
    );
    expect(new Set(ids.split('\n')).size).toBe(2);
  });

  test('has a tag that is really missing', async () => {
    const pulled = await tryDocker(client, ['pull', lab.images.nginx.missing], { name: 'pull' });
    expect(pulled.exitCode).not.toBe(0);
    expect(pulled.stderr).toContain('manifest unknown');
  });

  test('serves a page of its own that is not the one of nginx', async () => {
    const args = ['run', '--rm', '--network=none', lab.images.nginx.new];
    const said = await docker(client, [...args, 'sh', '-c', 'nginx && curl -fsS http://127.0.0.1/'], {
      name: 'run',
    });
    expect(said).toContain('custom-html is waiting for its first page');
    expect(said).not.toContain('Welcome to nginx');
  });

  test('has a broken image that ends by itself and says why', async () => {
    const ran = await tryDocker(client, ['run', '--rm', '--network=none', lab.images.nginx.broken], {
      name: 'run',
    });
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('[emerg] 1#1: unknown directive "worker_proceses"');
  });

  test('has the tools that route and back up', async () => {
    const args = ['run', '--rm', '--network=none', lab.images.tools];
    const said = await docker(client, [...args, 'sh', '-c', 'caddy version && restic version'], {
      name: 'run',
    });
    expect(said).toMatch(/^\d+\.\d+.*\nrestic \d+/);
  });

  test('starts a registry again that was stopped, with what was in it', async () => {
    await docker(client, ['stop', '--time=0', place.container], { name: 'stop' });
    const lines: string[] = [];
    const again = await openLab({ ...context, ready, place, progress: (line) => lines.push(line) });
    expect(lines.some((line) => line.startsWith('Starting the registry'))).toBe(true);
    await docker(client, ['pull', again.images.nginx.old], { name: 'pull' });
    const before = lab;
    lab = again;
    opened.push(again);
    await before.close();
    expect(await registryId(client, place)).not.toBe('');
  });

  test('takes its registry away when the last one closes it, and leaves no volume and no network', async () => {
    const list = async () => [
      await docker(client, ['volume', 'ls', '-q', '--filter', 'label=seatrial.lab'], { name: 'volumes' }),
      await docker(client, ['network', 'ls', '-q', '--filter', 'label=seatrial.lab'], { name: 'networks' }),
    ];
    await lab.close();
    expect(await registryId(client, place)).toBe('');
    expect(await list()).toEqual(['', '']);
  });
});

/** What was said, but for waiting: others may be using the same machine. */
function done(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !line.startsWith('Waiting for another process'));
}

/** Empty where there is none. */
function registryId(client: Docker, place: RegistryPlace): Promise<string> {
  const filter = `name=^/${place.container}$`;
  return docker(client, ['ps', '--all', '--quiet', '--filter', filter], { name: 'ps' });
}
