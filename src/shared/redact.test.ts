import { describe, expect, test } from 'vitest';
import { createRedactor } from './redact.ts';

const SECRET = 'p@ss w0rd"&\\n-ÄÖ+/=long';

describe('a registered secret', () => {
  const redactor = createRedactor();
  redactor.register(SECRET);

  test.each([
    ['as it is', SECRET],
    ['in an address', `https://host/?token=${encodeURIComponent(SECRET)}&x=1`],
    ['inside JSON', JSON.stringify({ password: SECRET })],
    ['in hex', Buffer.from(SECRET).toString('hex')],
    ['several times', `${SECRET} and ${SECRET}`],
  ])('is not to be read %s', (_, text) => {
    const seen = redactor.redact(text);
    expect(seen).toContain('[redacted]');
    for (const form of [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString('hex')])
      expect(seen).not.toContain(form);
    expect(seen).not.toContain('w0rd');
  });

  test.each([0, 1, 2, 3, 4, 5])('is not to be read in base64 behind %d other bytes', (shift) => {
    const encoded = Buffer.from(`${'x'.repeat(shift)}${SECRET}${'y'.repeat(4)}`).toString('base64');
    const seen = redactor.redact(`Authorization: Basic ${encoded}`);
    expect(seen).toContain('[redacted]');
    const left = Buffer.from(seen.replace(/^.*Basic /, '').replace('[redacted]', ''), 'base64').toString(
      'latin1',
    );
    expect(left).not.toContain('w0rd');
    expect(left).not.toContain('long');
  });

  test('leaves everything else alone', () => {
    expect(redactor.redact('user:password, 0 errors')).toBe('user:password, 0 errors');
  });
});

test('of two secrets of which one begins with the other nothing is left', () => {
  const redactor = createRedactor();
  redactor.register('abcdef');
  redactor.register('abcdefghijkl');
  expect(redactor.redact('<abcdefghijkl> <abcdef>')).toBe('<[redacted]> <[redacted]>');
});

test('a secret that means something in a pattern is taken literally', () => {
  const redactor = createRedactor();
  redactor.register('.*+?^${}()|[]');
  expect(redactor.redact('keep this; .*+?^${}()|[]')).toBe('keep this; [redacted]');
});

test('a value too short to be a secret does not blank ordinary text', () => {
  const redactor = createRedactor();
  redactor.register('12345');
  redactor.register('');
  expect(redactor.redact('12345 files')).toBe('12345 files');
});

test('before anything is registered text passes as it is', () => {
  expect(createRedactor().redact('anything')).toBe('anything');
});
