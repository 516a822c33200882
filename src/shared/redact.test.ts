import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from './redact.ts';

const SECRET = 'p@ss w0rd"&\\n-ÄÖ+/=long';

describe('a registered secret', () => {
  const redactor = createRedactor();
  redactor.register(SECRET);

  test.each([
    ['as it is', SECRET],
    ['in an address', `https://host/?token=${encodeURIComponent(SECRET)}&x=1`],
    ['in a form', new URLSearchParams({ password: SECRET }).toString()],
    ['inside JSON', JSON.stringify({ password: SECRET })],
    ['inside JSON as Go writes it', JSON.stringify({ password: SECRET }).replaceAll('&', '\\u0026')],
    ['in hex', Buffer.from(SECRET).toString('hex')],
    ['in hex of capitals', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['in base64 for addresses', Buffer.from(SECRET).toString('base64url')],
    ['several times', `${SECRET} and ${SECRET}`],
  ])('is not to be read %s', (_, text) => {
    const seen = redactor.redact(text);
    expect(seen).toContain('[redacted]');
    expect(seen).not.toContain('w0rd');
    expect(unwritten(seen)).not.toContain('w0rd');
  });

  test('leaves everything else alone', () => {
    expect(redactor.redact('user:password, 0 errors')).toBe('user:password, 0 errors');
  });

  test('that is forgotten is text like any other, once nobody has it registered any more', () => {
    const own = createRedactor();
    const [one, other] = [own.register('common secret'), own.register('common secret')];
    one();
    one();
    expect(own.redact('common secret')).toBe('[redacted]');
    other();
    expect(own.redact('common secret')).toBe('common secret');
  });
});

describe('of any secret', () => {
  test('nothing is left in any writing, wherever it stands', () => {
    fc.assert(
      fc.property(secrets, neighbours, (secret, [a, b]) => {
        const redactor = createRedactor();
        redactor.register(secret);
        for (const write of WRITINGS) {
          const seen = redactor.redact(write(a, secret, b));
          expect(seen).toContain('[redacted]');
          expect(seen).not.toContain(write('', secret, ''));
        }
      }),
    );
  });

  test.each([6, 7, 8])('of %i bytes no more than half a byte at an end is left in base64', (length) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: length, maxLength: length }), neighbours, (bytes, [a, b]) => {
        const secret = Buffer.from(bytes.map((byte) => 0x21 + (byte % 0x5e))).toString('latin1');
        const redactor = createRedactor();
        redactor.register(secret);
        const encoded = Buffer.from(a + secret + b).toString('base64');
        const [before = '', after = '', ...more] = redactor.redact(encoded).split('[redacted]');
        expect(more).toEqual([]);
        const own = encoded.length - before.length - after.length;
        // Of 8 bits a byte at most 6 at each end lie in a character that a neighbour shares.
        expect(own * 6).toBeGreaterThan(length * 8 - 12);
      }),
    );
  });

  test('its lines are secrets too', () => {
    const redactor = createRedactor();
    redactor.register('-----BEGIN KEY-----\nfirst line of it\nsecond line\n\nx\n');
    expect(redactor.redact('2026 | first line of it\r\n2026 | second line')).toBe(
      '2026 | [redacted]\r\n2026 | [redacted]',
    );
    expect(redactor.redact('x')).toBe('x');
  });
});

describe('a stream', () => {
  test('gives what the whole text would give, however it is cut', () => {
    const word = fc.constantFrom(
      'abcdef',
      'abcdefgh',
      'cdefab',
      'efghij',
      'ab',
      'cd',
      'ef',
      ' ',
      '\n',
      'xyz',
    );
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 30 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        (words, sizes) => {
          const redactor = createRedactor();
          for (const secret of ['abcdef', 'abcdefgh', 'cdefab', 'efghij']) redactor.register(secret);
          const text = words.join('');
          let got = '';
          const stream = redactor.stream((piece) => {
            got += piece;
          });
          let at = 0;
          for (const size of sizes) {
            if (at >= text.length) break;
            stream.write(text.slice(at, at + size));
            at += size;
          }
          stream.end();
          expect(got).toBe(redactor.redact(text));
        },
      ),
    );
  });

  test('passes on at once what cannot be part of a secret', () => {
    const redactor = createRedactor();
    redactor.register('a secret that is rather long');
    const pieces: string[] = [];
    const stream = redactor.stream((piece) => pieces.push(piece));
    stream.write('one line\n');
    stream.write('this is a sec');
    stream.write('ond line\n');
    stream.write('and a secret that');
    stream.write(' is rather long\n');
    stream.end();
    expect(pieces).toEqual(['one line\n', 'this is ', 'a second line\n', 'and ', '[redacted]\n']);
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

type Writing = (before: string, secret: string, after: string) => string;

/** How text is written in what leaves a process. */
const WRITINGS: readonly Writing[] = [
  (a, secret, b) => a + secret + b,
  (a, secret, b) => JSON.stringify(a + secret + b).slice(1, -1),
  (a, secret, b) => encodeURIComponent(a) + encodeURIComponent(secret.toWellFormed()) + encodeURIComponent(b),
  (a, secret, b) => new URLSearchParams({ x: a + secret + b }).toString().slice(2),
  (a, secret, b) => Buffer.from(a + secret + b).toString('hex'),
  (a, secret, b) =>
    Buffer.from(a + secret + b)
      .toString('hex')
      .toUpperCase(),
];

/** What stands beside a secret: ASCII, so that it never makes another character with the secret's ends. */
const neighbours = fc.tuple(
  fc.string({ unit: fc.constantFrom(...' :=/xyz09'), maxLength: 7 }),
  fc.string({ unit: fc.constantFrom(...' :=/xyz09'), maxLength: 7 }),
);

/** Every reading of a text that makes sense. */
function unwritten(text: string): string {
  const rest = text.replaceAll('[redacted]', '');
  return [
    decodeURIComponent(rest.replaceAll('%', '%25')),
    Buffer.from(rest, 'hex'),
    Buffer.from(rest, 'base64'),
  ].join('\n');
}

/** With many of the characters that writings treat in their own way. */
const secrets = fc.oneof(
  fc.string({ unit: 'binary', minLength: 6, maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(...'aZ0 -_.!~*\'()%+&<>"\\/=\u00fc\u2028😀'),
    minLength: 6,
    maxLength: 40,
  }),
);
