import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { BASE } from '../../lab/images/definitions.ts';
import { parseStackName, type StackName } from '../../src/shared/brand.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { type Blamed, causeOf } from '../../src/stages/blame.ts';
import { converge } from '../../src/stages/converge.ts';
import { leftRunning } from '../../src/stages/convergence.ts';
import { deploymentOf } from '../support/deployer.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { newTestRun, openTestLab, type TestLab } from '../support/lab.ts';

let lab: TestLab | undefined;
const at = <T>(thing: T | undefined): T => thing ?? expect.fail('it is not there yet');
const soon = () => AbortSignal.timeout(90_000);
beforeAll(async () => {
  lab = await openTestLab();
});
afterAll(async () => lab?.close());

const STAYS = { command: ['sleep', '600'] };
const NONE = { restart_policy: { condition: 'none' } };

describe('on a real swarm has converged', { timeout: 90_000 }, () => {
  test('a stack of one-shots, jobs, a service of no replica and one that stays', async () => {
    const stack = await deployed({
      services: {
        app: STAYS,
        off: { ...STAYS, deploy: { replicas: 0 } },
        once: { command: ['true'], deploy: NONE },
        job: { command: ['sh', '-c', 'sleep 1'], deploy: { mode: 'replicated-job', replicas: 2 } },
        every: { command: ['true'], deploy: { mode: 'global-job' } },
        global: { ...STAYS, deploy: { mode: 'global' } },
      },
    });
    expect(await blamed(stack, ['app', 'off', 'once', 'job', 'every', 'global'])).toBeUndefined();
    const { services, tasks } = await at(lab).deployer.observe(stack, soon());
    const job = at(services.find(({ name }) => name.endsWith('_job')));
    expect(job.mode).toEqual({ kind: 'job', completions: 2 });
    const states = tasks.filter(({ serviceId }) => serviceId === job.id).map(({ state }) => state);
    expect(states).toEqual(['complete', 'complete']);
  });

  test('an update without a service that was there before, which goes on running and is noticed', async () => {
    const stack = await deployed({ services: { app: STAYS, worker: STAYS } });
    expect(await blamed(stack, ['app', 'worker'])).toBeUndefined();
    await deployed({ services: { app: { ...STAYS, environment: { NEW: '1' } } } }, stack);
    expect(await blamed(stack, ['app'])).toBeUndefined();
    const seen = await at(lab).deployer.observe(stack, soon());
    expect(leftRunning(seen, ['app'])).toEqual(['worker']);
    await at(lab).deployer.remove(stack, soon());
    expect((await at(lab).deployer.observe(stack, soon())).services).toEqual([]);
  });
});

describe('on a real swarm cannot come up', { timeout: 90_000 }, () => {
  test.each<[string, string, Blamed['fault'], object, string]>([
    [
      'a one-shot that ends with 3',
      'exits-at-start',
      'recipe',
      { command: ['sh', '-c', 'echo no luck; exit 3'], deploy: NONE },
      'with code 3, saying “no luck”',
    ],
    [
      'a job that ends with 4',
      'exits-at-start',
      'recipe',
      { command: ['sh', '-c', 'exit 4'], deploy: { mode: 'global-job', ...NONE } },
      'code 4',
    ],
    [
      'a process whose attempts are spent',
      'exits-at-start',
      'recipe',
      {
        command: ['sh', '-c', 'exit 5'],
        deploy: { restart_policy: { condition: 'any', delay: '0s', max_attempts: 1, window: '5s' } },
      },
      'no attempts left',
    ],
    ['a program that is not there', 'no-program', 'recipe', { command: ['nope'] }, '"nope"'],
    [
      'a file that is not executable',
      'B76',
      'recipe',
      { command: ['/etc/hostname'] },
      '/etc/hostname is not executable',
    ],
    [
      'a path that the node lacks',
      'B73',
      'recipe',
      { ...STAYS, volumes: ['/nonexistent/x:/x'] },
      '/nonexistent/x',
    ],
    [
      'a node that nobody has',
      'no-suitable-node',
      'recipe',
      { ...STAYS, deploy: { placement: { constraints: ['node.labels.nobody == has'] } } },
      'scheduling constraints',
    ],
    [
      'a global service that no node may have',
      'no-suitable-node',
      'recipe',
      { ...STAYS, deploy: { mode: 'global', placement: { constraints: ['node.labels.nobody == has'] } } },
      'no node gets a task',
    ],
    [
      'an image that no registry has',
      'B48',
      'recipe',
      { image: '127.0.0.1:9/nothing:1' },
      '127.0.0.1:9/nothing:1',
    ],
    [
      'a template that wants a secret',
      'B42',
      'recipe',
      { ...STAYS, configs: [{ source: 'conf', target: '/conf' }] },
      'the secret `token`',
    ],
    ['mount options that are none', 'B46', 'recipe', { ...STAYS, volumes: ['odd:/x'] }, 'odd^'],
  ])('%s (%s)', async (_, code, fault, service, words) => {
    const stack = await deployed({ services: { app: service } });
    const why = await blamed(stack, ['app']);
    expect(why?.cause.sentence).toContain(words);
    expect(why).toMatchObject({ fault, cause: { code } });
  });

  test('more tasks than the network has addresses: the swarm has run out of something', async () => {
    const network = { ipam: { config: [{ subnet: '10.213.91.0/29' }] } };
    const app = { ...STAYS, networks: ['small'], deploy: { replicas: 9 } };
    const stack = await deployed({ services: { app }, networks: { small: network } });
    const why = await blamed(stack, ['app'], 25_000);
    expect(why).toMatchObject({ fault: 'environment', cause: { code: 'no-addresses' } });
  });

  test('a new task whose port the old one holds, with start-first (B57)', async () => {
    const service = (change: string) => ({
      ...{
        ...STAYS,
        environment: { CHANGE: change },
        ports: [{ target: 80, published: 28_931, mode: 'host' }],
      },
      deploy: { update_config: { order: 'start-first' } },
    });
    const stack = await deployed({ services: { app: service('one') } });
    expect(await blamed(stack, ['app'])).toBeUndefined();
    await deployed({ services: { app: service('two') } }, stack);
    const why = await blamed(stack, ['app']);
    expect(why).toMatchObject({ fault: 'recipe', cause: { code: 'B57' } });
    expect(why?.cause.sentence).toContain('28931');
  });

  test('an update that Swarm takes back, though all of it is healthy again', async () => {
    const update = { update_config: { failure_action: 'rollback', monitor: '2s' } };
    const stack = await deployed({ services: { app: { ...STAYS, deploy: update } } });
    expect(await blamed(stack, ['app'])).toBeUndefined();
    const broken = { command: ['sh', '-c', 'echo fatal: cannot; exit 6'], deploy: update };
    await deployed({ services: { app: broken } }, stack);
    const why = await blamed(stack, ['app']);
    expect(why?.cause.sentence).toMatch(/code 6.*“fatal: cannot”.*went back.*the version before/);
    expect(why?.fault).toBe('recipe');
  });

  test('a service that somebody takes away meanwhile', async () => {
    const never = { ...STAYS, healthcheck: { test: ['CMD', 'false'], interval: '1s', retries: 60 } };
    const stack = await deployed({ services: { app: never } });
    const waiting = blamed(stack, ['app'], 0, async () => {
      const [service] = (await at(lab).deployer.observe(stack, soon())).services;
      await at(lab).engine.removeService(at(service).id, soon());
    });
    expect(await waiting).toMatchObject({ fault: 'environment', cause: { code: 'service-gone' } });
  });
});

interface Shape {
  readonly services: Readonly<Record<string, object>>;
  readonly networks?: Readonly<Record<string, object>>;
}

/** A stack of services on the lab's base image and on one node, reachable by nobody. */
async function deployed(shape: Shape, stack = newStack()): Promise<StackName> {
  const file = join(temporaryDirectory(), 'conf');
  writeFileSync(file, '{{ secret "token" }}');
  const services = Object.entries(shape.services).map(([name, service]) => {
    const { deploy = {}, ...rest } = service as { deploy?: { placement?: { constraints?: string[] } } };
    const constraints = [...(deploy.placement?.constraints ?? []), `node.id == ${at(lab).nodeId}`];
    const placed = { endpoint_mode: 'dnsrr', ...deploy, placement: { constraints } };
    return [name, { image: BASE, stop_grace_period: '0s', ...rest, deploy: placed }];
  });
  const document = {
    version: '3.8',
    services: Object.fromEntries(services),
    networks: { ...shape.networks },
    volumes: { odd: { driver_opts: { type: 'nfs', o: 'addr=127.0.0.1,odd^', device: ':/x' } } },
    configs: { conf: { name: `${stack}_conf`, file, template_driver: 'golang' } },
  };
  await at(lab).deployer.deploy(deploymentOf(stack, stringify(document, { version: '1.1' })), soon());
  return stack;
}

function newStack(): StackName {
  const stack = parseStackName(`test-${newTestRun()}`) ?? expect.fail('no stack name');
  onTestFinished(async () => {
    const { engine, deployer } = at(lab);
    await deployer.remove(stack, soon());
    for (const { name } of await engine.volumes({}, soon()))
      if (name.startsWith(`${stack}_`)) await engine.removeVolume(name, soon());
  });
  return stack;
}

/** Waits as a stage does; `budget` milliseconds beyond those for starting. */
async function blamed(
  stack: StackName,
  names: readonly string[],
  budget = 20_000,
  once?: () => Promise<void>,
): Promise<Blamed | undefined> {
  const { engine, deployer } = at(lab);
  let left = once;
  const why = await converge({
    ...{ engine, deployer, clock: systemClock, signal: soon(), wanted: 'settled' },
    stack: { place: { stack }, services: names.map((name) => ({ name, budget })) },
    progress(missing) {
      if (!missing.includes('not healthy')) return;
      void left?.();
      left = undefined;
    },
  });
  return why === undefined ? undefined : causeOf(why);
}
