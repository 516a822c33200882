import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { errorOf } from '../../test/support/errors.ts';
import { type ProcessOptions, runOrThrow, runProcess } from './process.ts';
import { isAlive } from './process-mark.ts';
import { until } from './wait.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';
const options: ProcessOptions = {
  env: { PATH },
  signal: new AbortController().signal,
  name: 'the test program',
  deadline: 20_000,
};

describe('a program that is run', () => {
  test('gets its arguments as they are, through no shell', async () => {
    const hostile = ['$(id)', '`id`', '; id', '* ?', "'", '"', '-n', 'two\nlines', ''];
    const { stdout, exitCode } = await runProcess('printf', ['%s|', ...hostile], options);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(hostile.map((argument) => `${argument}|`).join(''));
  });

  test('inherits nothing of our environment', async () => {
    process.env['SEATRIAL_TEST_SECRET'] = 'not for children';
    try {
      const { stdout } = await runProcess('env', [], { ...options, env: { PATH, ONLY: 'this' } });
      expect(
        stdout
          .split('\n')
          .filter((line) => line !== '')
          .sort(),
      ).toEqual(['ONLY=this', `PATH=${PATH}`]);
    } finally {
      delete process.env['SEATRIAL_TEST_SECRET'];
    }
  });

  test('reads what it is given, and nothing where it is given nothing', async () => {
    expect((await runProcess('cat', [], { ...options, input: 'given' })).stdout).toBe('given');
    expect((await runProcess('cat', [], options)).stdout).toBe('');
  });

  test('may end with any code', async () => {
    const result = await runProcess('sh', ['-c', 'echo out; echo err >&2; exit 7'], options);
    expect(result).toEqual({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  test('in a group of its own takes those along that it has started, which would hold its output open', async () => {
    const script = 'sleep 600 & echo started; exit 3';
    const { stdout, exitCode } = await runProcess('sh', ['-c', script], { ...options, group: true });
    expect({ stdout, exitCode }).toEqual({ stdout: 'started\n', exitCode: 3 });
  });

  test('gives bytes where bytes are asked for', async () => {
    const { stdout } = await runProcess('printf', ['\\377\\000\\200'], { ...options, bytes: true });
    expect([...Buffer.from(stdout, 'latin1')]).toEqual([255, 0, 128]);
  });

  test('is an error of the environment where it is not there', async () => {
    const error = await errorOf(runProcess('no-such-program-of-seatrial', [], options));
    expect(error).toMatchObject({ code: 'not-started', kind: 'environment' });
    expect(error.message).toContain('no-such-program-of-seatrial');
  });

  test('is killed at its deadline, which is named', async () => {
    const directory = temporaryDirectory();
    const script = `echo $$ > ${join(directory, 'pid')}; exec sleep 600`;
    const error = await errorOf(runProcess('sh', ['-c', script], { ...options, deadline: 500 }));
    expect(error).toMatchObject({ code: 'deadline', facts: { deadline: 'the test program' } });
    await gone(Number(readFileSync(join(directory, 'pid'), 'utf8')));
  });

  test('is killed when the signal is aborted, and the reason is thrown', async () => {
    const directory = temporaryDirectory();
    const pid = join(directory, 'pid');
    const stop = new AbortController();
    const script = `echo $$ > ${pid}.new; mv ${pid}.new ${pid}; exec sleep 600`;
    const running = runProcess('sh', ['-c', script], { ...options, signal: stop.signal, deadline: 600_000 });
    running.catch(() => undefined);
    await until({ name: 'the child', deadline: 10_000, every: 10, signal: options.signal }, async () =>
      existsSync(pid) ? { done: true, value: undefined } : { done: false, missing: 'its number' },
    );
    stop.abort(new Error('cancelled by a test'));
    await expect(running).rejects.toThrow('cancelled by a test');
    await gone(Number(readFileSync(pid, 'utf8')));
  });

  test('is not begun where the signal is aborted already', async () => {
    const file = join(temporaryDirectory(), 'touched');
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(runProcess('touch', [file], { ...options, signal })).rejects.toThrow('too late');
    expect(existsSync(file)).toBe(false);
  });

  test('that says too much is stopped', async () => {
    const error = await errorOf(runProcess('yes', [], { ...options, maxBytes: 1000 }));
    expect(error).toMatchObject({ code: 'too-much-output', facts: { bytes: 1000 } });
  });

  test('that says too much and ends well all the same is not taken for complete', async () => {
    const script = 'yes 2>/dev/null | head -c 5000; exit 0';
    const error = await errorOf(runProcess('sh', ['-c', script], { ...options, maxBytes: 1000 }));
    expect(error.code).toBe('too-much-output');
  });
});

test('where only success will do, the last words of the program are in the error', async () => {
  const failing = runOrThrow('sh', ['-c', 'echo first >&2; echo "no space left" >&2; exit 3'], options);
  const error = await errorOf(failing);
  expect(error).toMatchObject({ code: 'process-failed', facts: { exitCode: 3 } });
  expect(error.message).toBe('the test program ended with code 3: first / no space left');
});

async function gone(pid: number): Promise<void> {
  await until({ name: 'the end', deadline: 10_000, every: 10, signal: options.signal }, async () =>
    isAlive({ pid, started: '' }) ? { done: false, missing: 'its end' } : { done: true, value: undefined },
  );
}
