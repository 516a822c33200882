import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Deployer, StackObservation } from '../../src/ports/deployer.ts';
import type { Engine } from '../../src/ports/engine.ts';
import { parseStackName, type StackName } from '../../src/shared/brand.ts';
import { until } from '../../src/shared/wait.ts';
import { deploymentOf } from '../support/deployer.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { errorOf } from '../support/errors.ts';
import { newTestRun } from '../support/lab.ts';

export interface DeployerWorld {
  readonly engine: Engine;
  readonly deployer: Deployer;
  readonly nodeId: string;
  /** Goes on running. */
  readonly image: string;
  close(): Promise<void>;
}

/** The contract of `ports/deployer.ts`, on a swarm that others use too. */
export function deployerConformance(name: string, makeWorld: () => Promise<DeployerWorld>): void {
  describe(`the deployer port on ${name}`, { timeout: 60_000 }, () => {
    let made: DeployerWorld | undefined;
    const stack = stackName();
    const world = (): DeployerWorld => made ?? expect.fail('the world is not there yet');
    beforeAll(async () => {
      made = await makeWorld();
    });
    afterAll(async () => {
      if (made === undefined) return;
      await made.deployer.remove(stack, soon());
      for (const { name: volume } of await volumes()) await made.engine.removeVolume(volume, soon());
      await made.close();
    });
    const volumes = async () =>
      (await world().engine.volumes({}, soon())).filter((volume) => volume.name.startsWith(`${stack}_`));

    describe('the document of a stack', () => {
      test('is merged from its files in their order', async () => {
        const text = await config(
          [
            'services: {app: {image: one, environment: {A: "1", B: "1"}}}',
            'services: {app: {image: two, environment: {B: "2"}}}',
          ],
          {},
        );
        expect(text).toContain('image: two');
        expect(text).toMatch(/A: "1"/);
        expect(text).toMatch(/B: "2"/);
      });

      test('requirement 25: is filled in from the given environment alone', async () => {
        process.env['SEATRIAL_LEAK'] = 'leaked';
        try {
          const file =
            'services: {app: {image: "x:${TAG}", environment: {LEAK: "<${SEATRIAL_LEAK}>", HOME: "<${HOME}>"}}}';
          const text = await config([file], { TAG: '7' });
          expect(text).toContain('image: x:7');
          expect(text).toContain('LEAK: <>');
          expect(text).toContain('HOME: <>');
          expect(text).not.toContain('leaked');
        } finally {
          delete process.env['SEATRIAL_LEAK'];
        }
      });

      test('that cannot be made is the recipe’s fault, in Docker’s words', async () => {
        const broken = 'services: {app: {image: x, deploy: {replicas: many}}}';
        const error = await errorOf(config([broken], {}));
        expect(error).toMatchObject({ kind: 'recipe', code: 'stack-config' });
        expect(String(error.facts['words'])).toContain('replicas');
      });

      async function config(texts: readonly string[], env: Record<string, string>): Promise<string> {
        const directory = temporaryDirectory();
        const files = texts.map((text, index) => {
          const file = join(directory, `compose${index}.yml`);
          writeFileSync(file, `version: "3.8"\n${text}\n`);
          return file;
        });
        return await world().deployer.config(files, directory, env, soon());
      }
    });

    describe('a stack', () => {
      test('is handed over, comes up and is observed', async () => {
        await deploy({});
        const { services, tasks } = await settled('running');
        expect(services).toHaveLength(1);
        expect(services[0]).toMatchObject({
          name: `${stack}_app`,
          labels: { 'com.docker.stack.namespace': stack, of: 'deploy' },
          mode: { kind: 'replicated', replicas: 1 },
          hasHealthCheck: false,
          restart: { condition: 'on-failure', maxAttempts: 2, delay: 1000 },
          update: undefined,
        });
        expect(services[0]?.mounts).toEqual([
          { type: 'volume', volume: `${stack}_data`, target: '/data', writable: true },
        ]);
        expect(tasks[0]).toMatchObject({ state: 'running', desired: 'running', slot: '1', error: '' });
        expect(tasks[0]?.template).toBe(services[0]?.template);
      });

      test('whose labels change at the service alone keeps its task', async () => {
        const before = (await settled('running')).tasks[0];
        await deploy({ deployLabels: { of: 'another commit' } });
        const { services, tasks } = await settled('running');
        expect(services[0]?.labels).toMatchObject({ of: 'another commit' });
        expect(tasks.map(({ id }) => id)).toEqual([before?.id]);
        expect(tasks[0]?.template).toBe(services[0]?.template);
      });

      test('whose containers change gets a new task, told from the old one by its template', async () => {
        const before = (await settled('running')).tasks[0];
        await deploy({ environment: { CHANGED: 'yes' } });
        const { services, tasks } = await settled('running', (task) => task.id !== before?.id);
        const current = tasks.filter(({ template }) => template === services[0]?.template);
        expect(current.length).toBeGreaterThan(0);
        expect(current.map(({ id }) => id)).not.toContain(before?.id);
        expect(tasks[0]?.createdAt).toBeGreaterThan(before?.createdAt ?? 0);
      });

      test('with a config that changed under its old name is refused in Docker’s words', async () => {
        const error = await errorOf(deploy({ config: 'changed' }));
        expect(error).toMatchObject({ kind: 'recipe', code: 'deploy-refused' });
        expect(String(error.facts['words'])).toContain('only updates to Labels are allowed');
      });

      test('that is no stack at all is refused', async () => {
        const error = await errorOf(
          world().deployer.deploy(deploymentOf(stack, 'services: {app: {nonsense: 1}}'), soon()),
        );
        expect(error).toMatchObject({ kind: 'recipe', code: 'deploy-refused' });
      });

      test('is taken away with everything but its volumes, and once more when it is gone', async () => {
        const { engine, deployer } = world();
        const ours = { 'com.docker.stack.namespace': stack };
        const all = async () => [
          ...(await engine.services(ours, soon())),
          ...(await engine.containers(ours, soon())),
          ...(await engine.networks(ours, soon())),
          ...(await engine.configs(ours, soon())),
          ...(await engine.secrets(ours, soon())),
        ];
        expect((await all()).length).toBeGreaterThanOrEqual(4);
        await deployer.remove(stack, soon());
        expect(await all()).toEqual([]);
        expect(await deployer.observe(stack, soon())).toEqual({ services: [], tasks: [] });
        expect((await volumes()).map(({ name: volume }) => volume)).toEqual([`${stack}_data`]);
        await deployer.remove(stack, soon());
      });
    });

    test('one that was never deployed is not there, and removing it succeeds', async () => {
      const { deployer } = world();
      const other = stackName();
      expect(await deployer.observe(other, soon())).toEqual({ services: [], tasks: [] });
      await deployer.remove(other, soon());
    });

    test('secrets have the values given, are kept by the next deployment and gone with the stack', async () => {
      const { deployer, engine } = world();
      const other = stackName();
      const name = `${other}_pw_v1`;
      const secret = (value: string) => ({
        ...{ key: 'pw', name, version: 'v1', value },
        labels: { 'com.docker.stack.namespace': other },
      });
      try {
        for (const value of ['first value', 'second value'])
          await deployer.deploy(deploymentOf(other, mounting(name), [secret(value)]), soon());
        const { tasks } = await settled('running', () => true, other);
        const cat = await engine.exec(tasks[0]?.containerId ?? '', ['cat', '/run/secrets/pw'], soon());
        expect(cat.stdout).toBe('first value');
      } finally {
        await deployer.remove(other, soon());
      }
      expect((await engine.secrets({}, soon())).map((one) => one.name)).not.toContain(name);
    });

    test('it says what it is, for the record of a run', async () => {
      expect(await world().deployer.describe(soon())).toMatch(/\d/);
    });

    test('waiting for a change ends with the signal, without an error', async () => {
      const stop = new AbortController();
      const waiting = world().deployer.nextChange(stop.signal);
      stop.abort(new Error('over'));
      expect(await waiting).toBeUndefined();
    });

    /** A document whose app mounts this secret. */
    function mounting(secret: string): string {
      const { image, nodeId } = world();
      const placement = { constraints: [`node.id == ${nodeId}`] };
      const app = { image, secrets: ['pw'], deploy: { endpoint_mode: 'dnsrr', placement } };
      const secrets = { pw: { name: secret, external: true } };
      return stringify({ version: '3.8', services: { app }, secrets }, { version: '1.1' });
    }

    interface Deployment {
      readonly deployLabels?: Record<string, string>;
      readonly environment?: Record<string, string>;
      readonly config?: string;
    }

    async function deploy({ deployLabels, environment, config }: Deployment): Promise<void> {
      const { deployer, image, nodeId } = world();
      const file = join(temporaryDirectory(), 'conf');
      writeFileSync(file, config ?? 'content');
      const app = {
        image,
        environment: environment ?? {},
        networks: ['inside'],
        volumes: ['data:/data'],
        configs: [{ source: 'conf', target: '/etc/conf' }],
        deploy: {
          labels: deployLabels ?? { of: 'deploy' },
          endpoint_mode: 'dnsrr',
          placement: { constraints: [`node.id == ${nodeId}`] },
          restart_policy: { condition: 'on-failure', max_attempts: 2, delay: '1s' },
        },
      };
      const document = {
        version: '3.8',
        services: { app },
        networks: { inside: {} },
        volumes: { data: {} },
        configs: { conf: { name: `${stack}_conf_v1`, file } },
      };
      await deployer.deploy(deploymentOf(stack, stringify(document, { version: '1.1' })), soon());
    }

    /** Observes until the newest task that fits is in this state and nothing older of it runs. */
    async function settled(
      state: string,
      fits: (task: StackObservation['tasks'][number]) => boolean = () => true,
      of: StackName = stack,
    ): Promise<StackObservation> {
      const { deployer } = world();
      const wake = (signal: AbortSignal) => deployer.nextChange(signal);
      return await until(
        { name: 'the stack', deadline: 50_000, every: 500, signal: soon(), wake },
        async () => {
          const seen = await deployer.observe(of, soon());
          const done = seen.tasks[0] !== undefined && fits(seen.tasks[0]) && seen.tasks[0].state === state;
          return done ? { done, value: seen } : { done: false, missing: seen.tasks[0]?.state ?? 'a task' };
        },
      );
    }
  });
}

function soon(): AbortSignal {
  return AbortSignal.timeout(50_000);
}

function stackName(): StackName {
  return parseStackName(`test-${newTestRun()}`) ?? expect.fail('no stack name');
}
