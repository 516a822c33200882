import { describe, expect, test } from 'vitest';
import { thrownBy } from '../../test/support/errors.ts';
import { commentedEntries, envOf, parseEnvSample } from './env-sample.ts';

describe('an .env.sample', () => {
  test.each([
    ['plain', 'A=b', 'b'],
    ['exported', 'export A=b', 'b'],
    ['written as YAML', 'A: b', 'b'],
    ['with white space around it', '   A =  b  ', 'b'],
    ['with Windows line ends', 'A=b\r\nB=c\r\n', 'b'],
    ['with no value', 'A=', ''],
    ['with an equals sign in its value', 'A=b=c', 'b=c'],
    ['in single quotes', "A='b $X \\n'", 'b $X \\n'],
    ['in double quotes', 'A="b  c"', 'b  c'],
    ['with escapes in double quotes', 'A="one\\ntwo\\r\\"three\\" four"', 'one\ntwo\r"three" four'],
    ['with an escaped quote at the end, which leaves its backslash', 'A="three\\""', 'three\\'],
    ['with an escaped backslash before an n', 'A="c:\\\\new"', 'c:\\new'],
    ['with a comment behind it', 'A=b # c', 'b'],
    ['with modifiers behind it', 'A=v1 # length=32 charset=hex', 'v1'],
    ['with a comment behind quotes', 'A="b # c" # d', 'b # c'],
    ['with a # inside a word', 'A=a#b', 'a#b'],
    ['with two comments, of which the last is cut off', 'A=a # b # c', 'a # b'],
    ['with a # inside a word behind a comment', 'A=a #b#c', 'a'],
    ['over several lines', 'A="one\ntwo"\nB=c', 'one\ntwo'],
    ['over several lines in single quotes', "A='one\n#two\n'\nB=c", 'one\n#two\n'],
    ['with a dotted key', 'a.b_C9=x\nA=y', 'y'],
    ['with another assignment behind quotes', 'B="x" A=y', 'y'],
    [
      'with backticks, which are characters like any others',
      "A=', `www.example.com`'",
      ', `www.example.com`',
    ],
    ['with a call of the shell, of which nothing is left', 'A=$(X)', ')'],
  ])('has values %s', (_, text, value) => {
    expect(envOf(parseEnvSample(text))['A']).toBe(value);
  });

  test('fills in what stands earlier in the file, and nothing else', () => {
    const env = envOf(
      parseEnvSample(
        [
          'HOST=example.org',
          'URL=https://$HOST/${HOST}x',
          'QUOTED="<${HOST}>"',
          "LITERAL='$HOST'",
          'ESCAPED="\\$HOST"',
          'ESCAPED_PLAIN=\\$HOST',
          'LATER=$UNKNOWN!',
          'UNKNOWN=x',
          'LOWER=a$b',
          'DEFAULT=${Z:-d}',
          'PATH_OF_OURS=$PATH',
        ].join('\n'),
      ),
    );
    expect(env).toEqual({
      HOST: 'example.org',
      URL: 'https://example.org/example.orgx',
      QUOTED: '<example.org>',
      LITERAL: '$HOST',
      ESCAPED: '$HOST',
      ESCAPED_PLAIN: '$HOST',
      LATER: '!',
      UNKNOWN: 'x',
      LOWER: 'a$b',
      DEFAULT: ':-d}',
      PATH_OF_OURS: '',
    });
  });

  test('may append to what it said before: the last assignment wins', () => {
    const text = [
      'COMPOSE_FILE="compose.yml"',
      'COMPOSE_FILE="$COMPOSE_FILE:compose.postgres.yml"',
      '#COMPOSE_FILE="$COMPOSE_FILE:compose.smtp.yml"',
      ' # COMPOSE_FILE=never',
    ].join('\n');
    expect(envOf(parseEnvSample(text))).toEqual({ COMPOSE_FILE: 'compose.yml:compose.postgres.yml' });
  });

  test('tells the line of each entry, also behind a value of several lines', () => {
    const entries = parseEnvSample('# head\n\nA="1\n2\n3"\nB=x\n');
    expect(entries.map(({ key, line }) => [key, line])).toEqual([
      ['A', 3],
      ['B', 6],
    ]);
  });

  test.each([
    ['a key with a dash', 'A=b\nk-x=1', 2],
    ['a line that assigns nothing', 'A=b\n\njust words\n', 3],
    ['a quote that never ends', 'A=b\nB="c\nd', 2],
  ])('is refused for %s, by line', async (_, text, line) => {
    const error = await thrownBy(() => parseEnvSample(text));
    expect(error).toMatchObject({ kind: 'recipe', code: 'env-sample', facts: { line } });
    expect(error.message).toContain(`line ${line}`);
  });

  test('takes words at its end and a line without a key for nothing, as abra does', () => {
    expect(envOf(parseEnvSample('====\nA=b\n=x\njust words'))).toEqual({ A: 'b' });
  });

  test('may be empty', () => {
    expect(parseEnvSample('')).toEqual([]);
    expect(parseEnvSample('\n# nothing\n')).toEqual([]);
  });
});

describe('what an .env.sample says behind a #', () => {
  test('is told with lines and modifiers, and nothing is filled in', () => {
    const text = [
      'A=1',
      '#SECRET_X_VERSION=v1 # length=32 charset=hex',
      '# SECRET_Y_VERSION=v2 # generate=false',
      '## export  Z="a # b" # c=d',
      '  #COMPOSE_FILE="$COMPOSE_FILE:compose.smtp.yml"',
      'B="',
      '#INSIDE=x',
      '"',
      '# length=32 is what it takes',
      '# Set FOO=bar to switch it on',
      "#OPEN='quote",
    ].join('\n');
    expect(commentedEntries(text)).toEqual([
      {
        ...{ key: 'SECRET_X_VERSION', value: 'v1', line: 2 },
        modifiers: { length: '32', charset: 'hex' },
      },
      { key: 'SECRET_Y_VERSION', value: 'v2', line: 3, modifiers: { generate: 'false' } },
      { key: 'Z', value: 'a # b', line: 4, modifiers: { c: 'd' } },
      { key: 'COMPOSE_FILE', value: '$COMPOSE_FILE:compose.smtp.yml', line: 5, modifiers: {} },
      { key: 'OPEN', value: "'quote", line: 11, modifiers: {} },
    ]);
  });

  test('is no entry', () => {
    expect(parseEnvSample('#A=1\n# B=2\n')).toEqual([]);
  });
});

describe('modifiers', () => {
  test.each([
    [
      'behind a plain value',
      'A=v1 # length=32 charset=hex generate=false',
      { length: '32', charset: 'hex', generate: 'false' },
    ],
    ['behind a quoted one', 'A="v1" # length=12', { length: '12' }],
    ['without a blank behind the #', 'A=v1 #length=12', { length: '12' }],
    ['among words', 'A=v1 # a key, length=12 or so', { length: '12' }],
    ['of the last comment', 'A=v1 # length=12 # charset=hex', { charset: 'hex' }],
    ['but not of the next line', 'A="v1"\n# length=12', {}],
    ['but not within a word', 'A=v1#length=12', {}],
    ['but not of a free text', 'A=v1 # keep it', {}],
  ])('are read %s', (_, text, modifiers) => {
    expect(parseEnvSample(text)[0]?.modifiers).toEqual(modifiers);
  });
});
