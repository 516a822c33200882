import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { ContainerSpec } from '../../src/ports/engine.ts';
import { until } from '../../src/shared/wait.ts';
import { errorOf } from '../support/errors.ts';
import { type EngineStage, soon } from './engine-stage.ts';

export function containerConformance(stage: EngineStage): void {
  /** Created and started; it runs until it is removed unless told what to do. */
  async function running(script = 'exec sleep 600', more: Partial<ContainerSpec> = {}): Promise<string> {
    const id = await created(script, more);
    await stage().engine.startContainer(id, soon());
    return id;
  }

  async function created(script: string, more: Partial<ContainerSpec> = {}): Promise<string> {
    const { engine, corner, image } = stage();
    const own = { name: corner.name('c'), image, labels: corner.labels };
    const spec = { ...own, entrypoint: ['sh', '-c'], command: [script], ...more };
    return await engine.createContainer(spec, soon());
  }

  describe('containers', () => {
    test('are found by label, by the mere presence of a label, and not by another value', async () => {
      const { engine, corner } = stage();
      const labels = { ...corner.labels, kind: 'found' };
      const id = await created('true', { labels });
      const ids = async (wanted: Record<string, string>) =>
        (await engine.containers(wanted, soon())).map((container) => container.id);
      expect(await ids({ ...corner.labels, kind: 'found' })).toEqual([id]);
      expect(await ids({ ...corner.labels, kind: '' })).toEqual([id]);
      expect(await ids({ ...corner.labels, kind: 'other' })).toEqual([]);
      const [found] = await engine.containers({ ...corner.labels, kind: 'found' }, soon());
      expect(found).toMatchObject({ running: false, labels, mounts: [] });
      expect(found?.name).toMatch(/^seatrial-/);
    });

    test('end with their exit code', async () => {
      const { engine } = stage();
      const id = await running('exit 42');
      expect(await engine.waitContainer(id, soon())).toBe(42);
      expect(await engine.containerState(id, soon())).toMatchObject({
        ...{ running: false, exitCode: 42, outOfMemory: false, health: undefined },
      });
    });

    test('have the environment they are given', async () => {
      const { engine } = stage();
      const id = await running('echo "<$GIVEN>"', { env: { GIVEN: 'a=b $c' } });
      await engine.waitContainer(id, soon());
      expect(await engine.logs(id, 10, soon())).toBe('<a=b $c>\n');
    });

    test('tell their last lines, oldest first, and those of both streams', async () => {
      const { engine } = stage();
      const one = await running('for n in 1 2 3 4 5; do echo out$n; done');
      await engine.waitContainer(one, soon());
      expect(await engine.logs(one, 3, soon())).toBe('out3\nout4\nout5\n');
      const both = await running('echo out; echo err >&2');
      await engine.waitContainer(both, soon());
      const lines = (await engine.logs(both, 9, soon())).trim().split('\n');
      expect([...lines].sort()).toEqual(['err', 'out']);
    });

    test('run a command given as a vector, and tell its code and streams apart', async () => {
      const { engine } = stage();
      const id = await running();
      const script = 'printf "%s|" "$@"; echo trouble >&2; exit 3';
      const hostile = ['$(id)', "'", '"', '', 'two\nlines'];
      const result = await engine.exec(id, ['sh', '-c', script, 'sh', ...hostile], soon());
      expect(result).toEqual({
        exitCode: 3,
        stdout: hostile.map((argument) => `${argument}|`).join(''),
        stderr: 'trouble\n',
      });
    });

    test('run a command as another user where one is named', async () => {
      const { engine } = stage();
      const id = await running();
      const who = async (user?: string) => (await engine.exec(id, ['id', '-u'], soon(), user)).stdout.trim();
      expect([await who(), await who('nobody')]).toEqual(['0', '65534']);
    });

    test('say so where a program is not in them', async () => {
      const { engine } = stage();
      const id = await running();
      const { exitCode, stdout, stderr } = await engine.exec(id, ['no-such-program'], soon());
      expect([126, 127]).toContain(exitCode);
      expect(`${stdout}${stderr}`).toContain('no-such-program');
    });

    test('a command that runs is let go when the signal is aborted', async () => {
      const { engine } = stage();
      const id = await running();
      const stop = new AbortController();
      const exec = engine.exec(id, ['sh', '-c', 'touch /tmp/begun; sleep 600'], stop.signal);
      exec.catch(() => undefined);
      await until({ name: 'the command', deadline: 20_000, every: 50, signal: soon() }, async () =>
        (await engine.getFile(id, '/tmp/begun', 10, soon())) === undefined
          ? { done: false, missing: 'its file' }
          : { done: true, value: undefined },
      );
      stop.abort(new Error('cancelled by a test'));
      await expect(exec).rejects.toThrow('cancelled by a test');
    });

    test('publish a port on the loopback address alone, and only where asked', async () => {
      const { engine } = stage();
      const id = await running('exec caddy respond --listen :80 hello', { publish: 80 });
      const port = await engine.publishedPort(id, 80, soon());
      expect(port).toBeGreaterThan(1023);
      await until({ name: 'the server', deadline: 30_000, every: 100, signal: soon() }, async () =>
        (await answers(`http://127.0.0.1:${port}/`))
          ? { done: true, value: undefined }
          : { done: false, missing: 'its answer' },
      );
      for (const address of ownAddresses())
        expect(await answers(`http://${address}:${port}/`), address).toBe(false);
      expect(await engine.publishedPort(id, 81, soon())).toBeUndefined();
      expect(await engine.publishedPort(await running(), 80, soon())).toBeUndefined();
    });

    test('are removed by force while they run', async () => {
      const { engine, corner } = stage();
      const id = await running();
      expect(await engine.containerState(id, soon())).toMatchObject({ running: true });
      await engine.removeContainer(id, soon());
      await gone(id);
      await engine.removeContainer(id, soon());
      expect((await engine.containers(corner.labels, soon())).some((one) => one.id === id)).toBe(false);
    });

    test('a wait for one ends with the reason of its signal', async () => {
      const { engine } = stage();
      const stop = new AbortController();
      const waiting = engine.waitContainer(await running(), stop.signal);
      waiting.catch(() => undefined);
      stop.abort(new Error('cancelled by a test'));
      await expect(waiting).rejects.toThrow('cancelled by a test');
    });
  });

  describe('what is not there', () => {
    test('is undefined where it is read, and gone where it is removed', async () => {
      const { engine } = stage();
      const id = '0'.repeat(64);
      expect(await engine.containerState(id, soon())).toBeUndefined();
      expect(await engine.publishedPort(id, 80, soon())).toBeUndefined();
      expect(await engine.getFile(id, '/etc/passwd', 10, soon())).toBeUndefined();
      expect(await engine.logs(id, 5, soon())).toBe('');
      await engine.removeContainer(id, soon());
    });

    test('is refused in the engine’s own words where something is done with it', async () => {
      const { engine } = stage();
      const error = await errorOf(engine.startContainer('0'.repeat(64), soon()));
      expect(error).toMatchObject({ kind: 'environment', code: 'engine-404' });
      expect(String(error.facts['words'])).toMatch(/no such container/i);
    });
  });

  test('a name that is taken is refused with 409', async () => {
    const { corner } = stage();
    const name = corner.name('taken');
    await created('true', { name });
    expect(await errorOf(created('true', { name }))).toMatchObject({ code: 'engine-409' });
  });

  test('an engine that nobody reaches is trouble of the environment that may pass', async () => {
    const error = await errorOf(stage().unreachable.info(soon()));
    expect(error).toMatchObject({ kind: 'environment', code: 'engine-unreachable', transient: true });
    expect(error.remedy).toContain('doctor');
  });

  test('no call is made with a signal that is aborted already', async () => {
    const { engine, corner } = stage();
    const signal = AbortSignal.abort(new Error('too late'));
    const name = corner.name('never');
    await expect(engine.info(signal)).rejects.toThrow('too late');
    await expect(engine.createVolume(name, corner.labels, signal)).rejects.toThrow('too late');
    await expect(engine.containers({}, signal)).rejects.toThrow('too late');
    const volumes = await engine.volumes(corner.labels, soon());
    expect(volumes.some((volume) => volume.name === name)).toBe(false);
  });

  async function gone(id: string): Promise<void> {
    await until({ name: 'the container', deadline: 20_000, every: 50, signal: soon() }, async () =>
      (await stage().engine.containerState(id, soon())) === undefined
        ? { done: true, value: undefined }
        : { done: false, missing: 'its end' },
    );
  }
}

/** Addresses of this machine under which others reach it. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(3000) }).then(
    () => true,
    () => false,
  );
}
