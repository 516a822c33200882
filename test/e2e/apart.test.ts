import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildRecipe } from '../../lab/recipes/build-recipe.ts';
import { imagesOf } from '../../lab/recipes/recipes.ts';
import type { Router } from '../../src/ports/router.ts';
import type { Report } from '../../src/report/schema.ts';
import type { RunId } from '../../src/shared/brand.ts';
import { newRunId } from '../../src/shared/ids.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { conducted, houseIn } from '../support/house.ts';
import { openTestLab, type TestLab } from '../support/lab.ts';

let lab: TestLab | undefined;
const at = <T>(thing: T | undefined): T => thing ?? expect.fail('it is not there yet');
beforeAll(async () => {
  lab = await openTestLab(imagesOf('webdis'));
}, 400_000);
afterAll(async () => lab?.close());

/** A run that stops in the middle, with its app up and answering, until it is let go. */
interface Held {
  readonly run: RunId;
  readonly up: Promise<void>;
  readonly report: Promise<Report>;
  letGo(): void;
}

test('requirement 40: two runs of one recipe at once do not see each other, by name, by alias or by address', async () => {
  const one = await held();
  const two = await held();
  try {
    await Promise.all([one.up, two.up]);
    const [a, b] = [await appOf(one.run), await appOf(two.run)];
    for (const [here, there] of [[a, b] as const, [b, a] as const]) {
      // Where its own neighbours cannot be found, finding nobody else proves nothing.
      expect(await here.finds(`${here.stack}_redis`)).toEqual(here.redis);
      expect(await here.finds('redis')).toEqual(here.redis);
      expect(await here.reaches(here.redis, 6379)).toEqual(here.redis);
      for (const name of [`${there.stack}_redis`, `${there.stack}_app`, `tasks.${there.stack}_redis`])
        expect(await here.finds(name)).toEqual([]);
      expect(await here.finds(`${there.stack}.seatrial.test`)).toEqual([]);
      expect(there.addresses.length).toBeGreaterThan(2);
      expect((await here.neighbours(here.redis)).networks).toEqual(here.redis);
      // What is beyond the networks of an app leaves this machine: nobody of ours is there, and nobody is asked.
      const { networks, bridge } = await here.neighbours(there.addresses);
      expect(networks).toEqual([]);
      // The bridge that lets containers out is one for all of them.
      expect(bridge.length).toBeGreaterThan(0);
      expect(await here.reaches(bridge, 6379)).toEqual([]);
      expect(await here.reaches(bridge, 7379)).toEqual([]);
    }
  } finally {
    one.letGo();
    two.letGo();
  }
  for (const { report } of [one, two])
    expect(await report).toMatchObject({ outcome: 'success', residue: [] });
});

async function held(): Promise<Held> {
  const directory = temporaryDirectory();
  const { environment, reference } = at(lab);
  const signal = AbortSignal.timeout(60_000);
  const options = { directory: join(directory, 'webdis.git'), environment, reference, signal };
  const { directory: source, head } = await buildRecipe('webdis', options);
  const house = houseIn(at(lab), directory);
  const run = newRunId(Date.now(), house.random);
  const up = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const router: Router = {
    ...house.router,
    async prepare(...those) {
      const prepared = await house.router.prepare(...those);
      return {
        ...prepared,
        async open(...args) {
          const open = await prepared.open(...args);
          return {
            ...open,
            async ask(...asked) {
              const answer = await open.ask(...asked);
              if (answer.from === 'app') {
                up.resolve();
                await go.promise;
              }
              return answer;
            },
          };
        },
      };
    },
  };
  const report = conducted({
    ...{ house: { ...house, router }, recipe: 'webdis', source, head, only: ['install'], directory, run },
  });
  // A run that ends before it is up must not leave the test waiting.
  report.then(() => up.resolve(), up.reject);
  return { run, up: up.promise, report, letGo: go.resolve };
}

/** The `app` of a run, as somebody inside it sees the world. */
interface Inside {
  readonly stack: string;
  /** Addresses of its own Redis on the network that both are on. */
  readonly redis: readonly string[];
  /** Every address of its two services. */
  readonly addresses: readonly string[];
  finds(name: string): Promise<readonly string[]>;
  /** Which of these are on a network that it is on too, or on the bridge to the outside. */
  neighbours(addresses: readonly string[]): Promise<{ networks: string[]; bridge: string[] }>;
  reaches(addresses: readonly string[], port: number): Promise<readonly string[]>;
}

async function appOf(run: RunId): Promise<Inside> {
  const { engine } = at(lab);
  const signal = AbortSignal.timeout(120_000);
  const inside = async (id: string, script: string) =>
    (await engine.exec(id, ['bash', '-c', script], signal)).stdout.split(/\s+/).filter((word) => word !== '');
  const containers = (await engine.containers({ 'seatrial.run': run }, signal)).filter(
    ({ running }) => running,
  );
  const serviceOf = (word: string) =>
    containers.find(({ labels }) => labels['com.docker.swarm.service.name']?.endsWith(`_${word}`) === true) ??
    expect.fail(`the run has no ${word}`);
  const app = serviceOf('app').id;
  const finds = (name: string) => inside(app, `getent ahostsv4 ${name} | awk '{ print $1 }' | sort -u`);
  return {
    stack: serviceOf('app').labels['com.docker.stack.namespace'] ?? expect.fail('no stack'),
    addresses: (
      await Promise.all([app, serviceOf('redis').id].map((id) => inside(id, 'hostname -I')))
    ).flat(),
    redis: await finds('redis'),
    finds,
    async neighbours(addresses) {
      const routes = routesIn(
        await inside(app, "tail -n +2 /proc/net/route | awk '{ print $1, $2, $3, $8 }'"),
      );
      const out = routes.find(({ gateway }) => gateway !== 0)?.interface;
      const near = (address: string) =>
        routes.find(
          ({ gateway, network, mask }) => gateway === 0 && (numberOf(address) & mask) >>> 0 === network,
        );
      return {
        networks: addresses.filter((address) => (near(address)?.interface ?? out) !== out),
        bridge: addresses.filter((address) => near(address)?.interface === out && out !== undefined),
      };
    },
    reaches: (addresses, port) =>
      inside(
        app,
        addresses
          .map((ip) => `(timeout 2 bash -c 'exec 3<>/dev/tcp/${ip}/${port}' && echo ${ip}) &`)
          .join('\n') + '\nwait',
      ),
  };
}

/** Routes out of the kernel's table, where every number is hexadecimal and its bytes stand backwards. */
function routesIn(words: readonly string[]) {
  const number = (hex = '') => Buffer.from(hex, 'hex').readUInt32LE();
  return Array.from({ length: words.length / 4 }, (_, row) => {
    const [name, network, gateway, mask] = words.slice(row * 4, row * 4 + 4);
    return { interface: name, network: number(network), gateway: number(gateway), mask: number(mask) };
  });
}

function numberOf(address: string): number {
  return Buffer.from(address.split('.').map(Number)).readUInt32BE();
}
