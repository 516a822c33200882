import { describe, expect, test } from 'vitest';
import { parseEnvFile } from '../../../test/stand-ins/abra/env-file.ts';
import { envFile } from './env-file.ts';

describe('a value is read back as it is by the stand-in, whose parser is another', () => {
  test.each([
    ['plain', 'v1'],
    ['empty', ''],
    ['an address', 'https://a.example:8080/x?y=1&z=%20'],
    ['what looks like a comment', 'a # b'],
    ['what looks like a variable', '$HOME and ${DOMAIN}'],
    ['quotes of both kinds', `say "it's"`],
    ['more hosts of a router rule', ', `www.example.com`, `x.example.com`'],
    ['more hosts in quotes', "', `www.example.com`'"],
    ['a variable behind a quote', "it's $DOMAIN"],
    ['backslashes', 'C:\\new\\river'],
    ['a backslash before a quote', "a\\'b"],
    ['a backslash before a variable behind a quote', "it's \\$DOMAIN"],
    ['several lines', 'one\ntwo # three\n'],
    ['several lines with a quote', "it's\none\r\ntwo"],
    ['white space around', '  x  '],
    ['letters of other scripts', 'Größe 🙂'],
  ])('%s', (_, value) => {
    const text = envFile({ BEFORE: 'x', DOMAIN: 'd.test', KEY: value, AFTER: 'y' }, {});
    const read = Object.fromEntries(parseEnvFile(text).map((line) => [line.key, line.value]));
    expect(read).toEqual({ BEFORE: 'x', DOMAIN: 'd.test', KEY: value, AFTER: 'y' });
  });
});

test('what a sample asks of a secret stands behind its version', () => {
  const text = envFile({ SECRET_PW_VERSION: 'v1' }, { SECRET_PW_VERSION: { length: '32', charset: 'hex' } });
  expect(text).toBe('SECRET_PW_VERSION=v1 # length=32 charset=hex\n');
  expect(parseEnvFile(text)[0]?.modifiers).toEqual({ length: '32', charset: 'hex' });
});
