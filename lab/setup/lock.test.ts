import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestContext, testContext } from '../testing/context.ts';
import { alone } from './lock.ts';

let context: TestContext;
beforeEach(async () => {
  context = await testContext();
});
afterEach(() => context.remove());

test('two works under one name are done one after the other', async () => {
  let running = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  await Promise.all([alone(context, 'a', work), alone(context, 'a', work), alone(context, 'a', work)]);
  expect(most).toBe(1);
});

test('works under different names do not wait for each other', async () => {
  expect(await alone(context, 'a', () => alone(context, 'b', async () => 'both'))).toBe('both');
});

test('the lock is gone after work that failed', async () => {
  await expect(alone(context, 'a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await alone(context, 'a', async () => 'done')).toBe('done');
  expect(context.lines).toEqual([]);
});

test('a process that holds the lock is waited for, and one that is killed holds it no longer', async () => {
  const program = `
    import { alone } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
    const environment = { cacheDir: ${JSON.stringify(context.environment.cacheDir)} };
    const context = { environment, progress: () => {}, signal: new AbortController().signal };
    await alone(context, 'a', () => {
      console.log('held');
      return new Promise(() => setInterval(() => {}, 1000));
    });`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const waited = alone({ ...context, progress: () => holder.kill('SIGKILL') }, 'a', async () => 'done');
  expect(await waited).toBe('done');
  expect(holder.signalCode).toBe('SIGKILL');
});
