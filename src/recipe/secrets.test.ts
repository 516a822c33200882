import { describe, expect, test } from 'vitest';
import { recipeOf } from '../../test/support/recipe.ts';
import type { SecretWish } from './secrets.ts';

const COMPOSE = `services:
  app:
    image: nginx
    secrets:
      - db_pw
      - source: key
        target: app-key
  db:
    image: postgres
    secrets: [db_pw]
secrets:
  db_pw:
    external: true
    name: \${STACK_NAME}_db_pw_\${SECRET_DB_PW_VERSION}
  key:
    external: true
    name: \${STACK_NAME}_key_\${SECRET_KEY_VERSION}
  unused:
    external: true
    name: \${STACK_NAME}_unused_\${SECRET_UNUSED_VERSION}
`;

describe('a secret of a recipe', () => {
  test('tells its name as written, the variable of its version, and who mounts it as what', () => {
    expect(wish('db_pw', { 'compose.yml': COMPOSE })).toMatchObject({
      name: { raw: '${STACK_NAME}_db_pw_${SECRET_DB_PW_VERSION}', line: 14 },
      versionVariable: 'SECRET_DB_PW_VERSION',
      mountedBy: [
        { service: 'app', target: 'db_pw', line: 5 },
        { service: 'db', target: 'db_pw', line: 10 },
      ],
      external: true,
      path: undefined,
      file: 'compose.yml',
      line: 12,
    });
    expect(wish('key', { 'compose.yml': COMPOSE }).mountedBy).toMatchObject([
      { service: 'app', target: 'app-key' },
    ]);
    expect(wish('unused', { 'compose.yml': COMPOSE }).mountedBy).toEqual([]);
  });

  test.each([
    ['a passphrase, where nothing is said', '', undefined, undefined, true],
    ['a passphrase, where the comment is prose', ' # the key', undefined, undefined, true],
    ['a length', ' # length=32', 32, undefined, true],
    ['a charset', ' # length=32 charset=hex', 32, 'hex', true],
    ['insertion by hand', ' # generate=false', undefined, undefined, false],
    ['nothing, by a length that is none', ' # length=long', undefined, undefined, true],
    ['nothing, by a length of 0', ' # length=0', undefined, undefined, true],
  ])('asks for %s', (_, comment, length, charset, generate) => {
    const files = { 'compose.yml': COMPOSE, '.env.sample': `SECRET_KEY_VERSION=v1${comment}\n` };
    expect(wish('key', files)).toMatchObject({ length, charset, generate });
  });

  test('is asked for as the commented line says where the feature is off in the sample', () => {
    const files = { 'compose.yml': COMPOSE, '.env.sample': '#SECRET_KEY_VERSION=v1 # length=20\n' };
    expect(wish('key', files).length).toBe(20);
    const both = `${files['.env.sample']}SECRET_KEY_VERSION=v1 # length=30\n`;
    expect(wish('key', { ...files, '.env.sample': both }).length).toBe(30);
  });

  test('is no longer than Swarm takes, whatever is asked for', () => {
    const sample = 'SECRET_KEY_VERSION=v1 # length=9007199254740991\n';
    expect(wish('key', { 'compose.yml': COMPOSE, '.env.sample': sample }).length).toBe(500_000);
  });

  test('is asked for as the last line of its variable says', () => {
    const sample = 'SECRET_KEY_VERSION=v1 # length=10\nSECRET_KEY_VERSION=v1 # length=20\n';
    expect(wish('key', { 'compose.yml': COMPOSE, '.env.sample': sample }).length).toBe(20);
  });

  test('is not confused with one whose variable begins with the same letters', () => {
    const files = {
      'compose.yml': COMPOSE,
      '.env.sample': 'SECRET_KEY_VERSION_2=v1 # length=99\nSECRET_KEY_VERSION=v1 # length=20\n',
    };
    expect(wish('key', files).length).toBe(20);
  });

  test('may have no name, an older form of one, or a file', () => {
    const head = 'services: {app: {image: nginx}}\nsecrets:\n';
    expect(wish('a', { 'compose.yml': `${head}  a: {external: true}\n` })).toMatchObject({
      name: undefined,
      versionVariable: undefined,
      external: true,
    });
    expect(wish('a', { 'compose.yml': `${head}  a: {external: {name: "x_\${A_VERSION}"}}\n` })).toMatchObject(
      {
        versionVariable: 'A_VERSION',
        external: true,
      },
    );
    expect(wish('a', { 'compose.yml': `${head}  a: {file: ./a.txt}\n` })).toMatchObject({
      external: false,
      path: { value: './a.txt' },
    });
  });
});

function wish(key: string, files: Readonly<Record<string, string>>): SecretWish {
  const found = recipeOf(files).secrets.find((secret) => secret.key === key);
  if (found === undefined) throw new Error(`no secret ${key}`);
  return found;
}
