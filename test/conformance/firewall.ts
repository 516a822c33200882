import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Deployer } from '../../src/ports/deployer.ts';
import type { Engine } from '../../src/ports/engine.ts';
import type { Egress, Firewall } from '../../src/ports/firewall.ts';
import { parseStackName } from '../../src/shared/brand.ts';
import { until } from '../../src/shared/wait.ts';
import { deploymentOf } from '../support/deployer.ts';
import { errorOf } from '../support/errors.ts';
import { type Corner, createCorner } from '../support/lab.ts';

export interface FirewallWorld {
  readonly engine: Engine;
  readonly firewall: Firewall;
  readonly deployer: Deployer;
  readonly nodeId: string;
  /** With curl in it. */
  readonly image: string;
  close(): Promise<void>;
}

/** The mirror that the lab's images are built from: surely there, and not this node. */
const OUTSIDE = 'deb.debian.org';

/**
 * The contract of `ports/firewall.ts`, on a node whose firewall can be set. The "node" is this
 * machine: a server of ours on all its addresses is what must not be reached.
 */
export function firewallConformance(name: string, makeWorld: () => Promise<FirewallWorld>): void {
  describe(`the firewall port on ${name}`, { timeout: 60_000 }, () => {
    let world: FirewallWorld | undefined;
    const at = (): FirewallWorld => world ?? expect.fail('the world is not there yet');
    const server = createServer((_, response) => response.end('reached'));
    let port = 0;
    beforeAll(async () => {
      world = await makeWorld();
      await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
      const address = server.address();
      port = typeof address === 'object' && address !== null ? address.port : 0;
    });
    afterAll(async () => {
      server.close();
      await world?.close();
    });

    test('requirement 41: keeps apps from the addresses of the node, for as long as it stands', async () => {
      await inCorner(async (corner) => {
        const app = await appOn(at(), corner);
        expect(await reaches(at(), app, `http://${nodeAddress()}:${port}/`)).toBe(true);
        const guard = await at().firewall.open(corner.run, { mode: 'open' }, labelsOf(corner), soon());
        expect(await guard.standing(soon())).toBeUndefined();
        expect(await reaches(at(), app, `http://${nodeAddress()}:${port}/`)).toBe(false);
        await guard.close(soon());
        expect(await reaches(at(), app, `http://${nodeAddress()}:${port}/`)).toBe(true);
      });
    });

    test('requirement 41: keeps apps from ports that other containers publish on the node', async () => {
      await inCorner(async (corner) => {
        const { engine, image } = at();
        const other = await engine.createContainer(
          {
            ...{ name: corner.name('other'), image, labels: corner.labels, publish: 80 },
            command: ['caddy', 'respond', '--listen', ':80', 'published'],
          },
          soon(),
        );
        await engine.startContainer(other, soon());
        const published = await engine.publishedPort(other, 80, soon());
        const app = await appOn(at(), corner);
        const guard = await at().firewall.open(corner.run, { mode: 'open' }, labelsOf(corner), soon());
        await guard.standing(soon());
        expect(await reaches(at(), app, `http://${nodeAddress()}:${published}/`)).toBe(false);
        await guard.close(soon());
      });
    });

    test('makes the one container whose name it told before, and its rules end with it however it ends', async () => {
      await inCorner(async (corner) => {
        const { engine, firewall } = at();
        const app = await appOn(at(), corner);
        const guard = await firewall.open(corner.run, { mode: 'open' }, labelsOf(corner), soon());
        await guard.standing(soon());
        const [found] = (await engine.containers(labelsOf(corner), soon())).filter(
          ({ name: called }) => called === firewall.containerName(corner.run),
        );
        await engine.removeContainer(found?.id ?? '', soon());
        expect(await reaches(at(), app, `http://${nodeAddress()}:${port}/`)).toBe(true);
        await guard.close(soon());
      });
    });

    test('requirement 41: lets a run whose egress is limited reach only the hosts that are named', async () => {
      await inCorner(async (corner) => {
        const { firewall } = at();
        const app = await appOn(at(), corner, labelsOf(corner));
        const limitedTo = async (hosts: readonly string[]) => {
          const guard = await firewall.open(
            corner.run,
            { mode: 'registries', hosts },
            labelsOf(corner),
            soon(),
          );
          await guard.standing(soon());
          return guard;
        };
        expect(await reaches(at(), app, `http://${OUTSIDE}/`)).toBe(true);
        const nobody = await limitedTo(['198.51.100.1']);
        await until({ name: 'the limit', deadline: 10_000, every: 200, signal: soon() }, async () =>
          (await reaches(at(), app, `http://${OUTSIDE}/`))
            ? { done: false, missing: 'it still reaches everything' }
            : { done: true, value: undefined },
        );
        await nobody.close(soon());
        const named = await limitedTo([OUTSIDE]);
        expect(await reaches(at(), app, `http://${OUTSIDE}/`)).toBe(true);
        await named.close(soon());
      });
    });

    test('says why a limit cannot be kept where the guard does not come up', async () => {
      await inCorner(async (corner) => {
        const egress: Egress = { mode: 'registries', hosts: ['no-such-host.invalid'] };
        const guard = await at().firewall.open(corner.run, egress, labelsOf(corner), soon());
        const error = await errorOf(guard.standing(soon()));
        expect(error).toMatchObject({ kind: 'environment', code: 'egress-unguarded' });
        expect(error.message).toContain('no-such-host.invalid');
        await guard.close(soon());
      });
    });

    test('a limit that cannot be kept any more is told', async () => {
      await inCorner(async (corner) => {
        const { engine, firewall } = at();
        const egress: Egress = { mode: 'registries', hosts: ['198.51.100.1'] };
        const guard = await firewall.open(corner.run, egress, labelsOf(corner), soon());
        await guard.standing(soon());
        const all = await engine.containers(labelsOf(corner), soon());
        const found = all.find(({ name: called }) => called === firewall.containerName(corner.run));
        await engine.removeContainer(found?.id ?? '', soon());
        await appOn(at(), corner, labelsOf(corner));
        const wait = { name: 'the loss', deadline: 10_000, every: 200, signal: soon() };
        await until(wait, async () =>
          guard.lost.aborted
            ? { done: true, value: undefined }
            : { done: false, missing: 'a word of the guard' },
        );
        expect(guard.lost.reason).toMatchObject({ kind: 'environment', code: 'egress-unguarded' });
        await guard.close(soon());
      });
    });

    test('two runs have guards of their own', async () => {
      await inCorner(async (first) =>
        inCorner(async (second) => {
          const app = await appOn(at(), first);
          const one = await at().firewall.open(first.run, { mode: 'open' }, labelsOf(first), soon());
          const two = await at().firewall.open(second.run, { mode: 'open' }, labelsOf(second), soon());
          expect([await one.standing(soon()), await two.standing(soon())]).toEqual([undefined, undefined]);
          await one.close(soon());
          expect(await reaches(at(), app, `http://${nodeAddress()}:${port}/`)).toBe(false);
          await two.close(soon());
        }),
      );
    });

    async function inCorner(run: (corner: Corner) => Promise<void>): Promise<void> {
      const corner = createCorner();
      try {
        await run(corner);
      } finally {
        await corner.clear(at().engine);
      }
    }
  });
}

/** A task of a service, which leaves its node by the swarm's gateway bridge as all apps do. */
async function appOn(
  { engine, deployer, image, nodeId }: FirewallWorld,
  corner: Corner,
  labels = corner.labels,
): Promise<string> {
  const stack = parseStackName(`test-${corner.run}`) ?? expect.fail('no stack name');
  const app = {
    ...{ image, command: ['sleep', '120'], labels, networks: ['net'] },
    deploy: {
      ...{ endpoint_mode: 'dnsrr', labels: corner.labels },
      placement: { constraints: [`node.id == ${nodeId}`] },
    },
  };
  const document = { version: '3.8', services: { app }, networks: { net: { labels: corner.labels } } };
  await deployer.deploy(deploymentOf(stack, JSON.stringify(document)), soon());
  return await until({ name: 'the app', deadline: 30_000, every: 200, signal: soon() }, async () => {
    const of = { 'com.docker.stack.namespace': stack };
    const [found] = (await engine.containers(of, soon())).filter(({ running }) => running);
    return found === undefined ? { done: false, missing: 'its task' } : { done: true, value: found.id };
  });
}

async function reaches({ engine }: FirewallWorld, container: string, url: string): Promise<boolean> {
  const asked = await engine.exec(
    container,
    ['curl', '-s', '--max-time', '2', '-o', '/dev/null', url],
    soon(),
  );
  return asked.exitCode === 0;
}

/** Some address of this machine that is not its loopback. */
function nodeAddress(): string {
  const own = Object.values(networkInterfaces())
    .flat()
    .find((one) => one !== undefined && one.family === 'IPv4' && !one.internal);
  return own?.address ?? expect.fail('this machine has no address of its own');
}

/** The labels of a run that the firewall looks for, and of these tests. */
function labelsOf(corner: Corner): Record<string, string> {
  return { ...corner.labels, 'seatrial.run': corner.run };
}

function soon(): AbortSignal {
  return AbortSignal.timeout(50_000);
}
