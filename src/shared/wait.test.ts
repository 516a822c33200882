import { describe, expect, test } from 'vitest';
import { errorOf } from '../../test/support/errors.ts';
import { elapsed, until } from './wait.ts';

const never = new AbortController().signal;

describe('a wait', () => {
  test('gives what its probe found', async () => {
    let asked = 0;
    const value = await until({ name: 'three', deadline: 5000, every: 1, signal: never }, async () => {
      asked += 1;
      return asked === 3 ? { done: true, value: 'there' } : { done: false, missing: 'more' };
    });
    expect(value).toBe('there');
    expect(asked).toBe(3);
  });

  test('ends at its deadline, by name, with what was missing last', async () => {
    const missing = ['both', 'only db'];
    const error = await errorOf(
      until({ name: 'convergence', deadline: 30, every: 5, signal: never }, async () => ({
        done: false,
        missing: missing.length > 1 ? (missing.shift() ?? '') : 'only db',
      })),
    );
    expect(error).toMatchObject({ code: 'deadline', kind: 'environment' });
    expect(error.message).toContain('convergence');
    expect(error.message).toContain('only db');
    expect(error.facts).toMatchObject({ deadline: 'convergence', missing: 'only db' });
  });

  test('looks once more when time is up before it gives up', async () => {
    let asked = 0;
    await errorOf(
      until({ name: 'x', deadline: 20, every: 10_000, signal: never }, async () => {
        asked += 1;
        return { done: false, missing: 'x' };
      }),
    );
    expect(asked).toBe(2);
  });

  test('ends with the reason of its signal, in the middle of a pause', async () => {
    const stop = new AbortController();
    const waiting = until({ name: 'x', deadline: 60_000, every: 60_000, signal: stop.signal }, async () => {
      queueMicrotask(() => stop.abort(new Error('superseded')));
      return { done: false, missing: 'x' };
    });
    await expect(waiting).rejects.toThrow('superseded');
  });

  test('does not probe at all where its signal is aborted already', async () => {
    let asked = 0;
    const waiting = until(
      { name: 'x', deadline: 1000, every: 1, signal: AbortSignal.abort(new Error('too late')) },
      async () => {
        asked += 1;
        return { done: true, value: undefined };
      },
    );
    await expect(waiting).rejects.toThrow('too late');
    expect(asked).toBe(0);
  });

  test('is woken early, and lets go of what wakes it', async () => {
    let asked = 0;
    const wakers: AbortSignal[] = [];
    await until(
      {
        name: 'an event',
        deadline: 60_000,
        every: 60_000,
        signal: never,
        wake: async (signal) => void wakers.push(signal),
      },
      async () => {
        asked += 1;
        return asked === 2 ? { done: true, value: undefined } : { done: false, missing: 'an event' };
      },
    );
    expect(asked).toBe(2);
    expect(wakers.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('passes on what its probe throws', async () => {
    const waiting = until({ name: 'x', deadline: 1000, every: 1, signal: never }, async () => {
      throw new RangeError('broken probe');
    });
    await expect(waiting).rejects.toThrow('broken probe');
  });
});

test('a pause ends when it is aborted', async () => {
  const stop = new AbortController();
  const pause = elapsed(60_000, stop.signal);
  stop.abort();
  expect(await pause).toBeUndefined();
  expect(await elapsed(60_000, stop.signal)).toBeUndefined();
});
