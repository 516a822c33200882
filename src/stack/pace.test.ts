import { describe, expect, test } from 'vitest';
import { milliseconds } from './duration.ts';
import { paceOf } from './pace.ts';

type Check = NonNullable<Parameters<typeof paceOf>[0]['healthcheck']>;

const curl = ['CMD', 'curl', '-f', 'http://127.0.0.1/healthz'];

describe('the pace of a health check', () => {
  test('of ten probes every 30 s becomes one a second within the same time', () => {
    const check = { test: curl, interval: '30s', timeout: '10s', retries: 10, start_period: '1m0s' };
    expect(pace(check)).toEqual({ budget: 460_000, interval: 1000, retries: 400 });
  });

  test.each<[string, Check, number]>([
    ['Docker’s own defaults', { test: curl }, 3 * (30_000 + 30_000)],
    [
      'a start period',
      { test: curl, interval: '10s', timeout: '5s', retries: 6, start_period: '2m' },
      210_000,
    ],
    ['an hour', { test: curl, interval: '1h', timeout: '1m', retries: 2 }, 2 * 3_660_000],
    ['numbers in nanoseconds', { test: curl, interval: 5e9, timeout: 3e9, retries: 12 }, 96_000],
    ['a zero that means the default', { test: curl, interval: '0s', timeout: '0s', retries: 1 }, 60_000],
  ])('keeps the budget of %s', (_, check, budget) => {
    const paced = pace(check);
    expect(paced?.budget).toBe(budget);
    // Docker kills at `retries` failures in a row: at the new interval that must not come sooner than before.
    const patience = budget - milliseconds(check.start_period, 0);
    expect((paced?.retries ?? 0) * (paced?.interval ?? 0)).toBeGreaterThanOrEqual(patience);
  });

  test.each([
    ['curl', curl, 1000],
    ['a shell line', 'wget -q -O /dev/null http://127.0.0.1/', 1000],
    ['pg_isready', ['CMD-SHELL', 'pg_isready -U app'], 1000],
    ['an unknown program', ['CMD', '/app/check'], 2000],
    ['a whole runtime', ['CMD-SHELL', 'python3 -c "import urllib.request"'], 5000],
    ['a runtime behind a light program', ['CMD-SHELL', 'curl -f localhost && node check.js'], 5000],
  ])('asks %s as often as it is cheap', (_, probe, interval) => {
    expect(pace({ test: probe })?.interval).toBe(interval);
  });

  test('is never slower than the recipe asks', () => {
    expect(pace({ test: ['CMD', 'java', '-jar', 'check.jar'], interval: '2s' })?.interval).toBe(2000);
    expect(pace({ test: curl, interval: '500ms', retries: 2, timeout: '1s' })).toEqual({
      budget: 3000,
      interval: 500,
      retries: 6,
    });
  });

  test('is nobody’s where there is no health check', () => {
    expect(paceOf({})).toBeUndefined();
    expect(pace({ interval: '5s' })).toBeUndefined();
    expect(pace({ test: curl, disable: true })).toBeUndefined();
    expect(pace({ test: ['NONE'] })).toBeUndefined();
    expect(paceOf({ healthcheck: null })).toBeUndefined();
  });
});

test('durations are Go’s, and plain numbers nanoseconds', () => {
  expect(milliseconds('1h2m3s', 0)).toBe(3_723_000);
  expect(milliseconds('1.5s', 0)).toBe(1500);
  expect(milliseconds('250ms', 0)).toBe(250);
  expect(milliseconds(2_000_000_000, 0)).toBe(2000);
  expect(milliseconds(undefined, 42)).toBe(42);
});

function pace(healthcheck: Check) {
  return paceOf({ healthcheck });
}
