import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { readSuite } from './suite.ts';

test('a recipe without a suite has an empty one', async () => {
  expect(await readSuite(temporaryDirectory(), 'pad')).toMatchObject({ env: {}, secrets: {}, install: [] });
});

describe('secrets', () => {
  test('are as written, from a file to its last byte, or from another app', async () => {
    const suite = await read(
      '[secrets]\nplain = "as it is"\nkey = { file = "tls.key" }\noidc = { from = "sso", field = "client_secret" }',
      { 'tls.key': 'line\nline\n' },
    );
    expect(suite.secrets).toEqual({
      plain: { kind: 'value', value: 'as it is' },
      key: { kind: 'value', value: 'line\nline\n' },
      oidc: { kind: 'dependency', from: 'sso', field: 'client_secret' },
    });
  });

  test.each([
    ['outside of the suite', '../tls.key', 'the name of a file beside it'],
    ['that is not there', 'none.key', 'ENOENT'],
    ['that is a link', 'link', 'no regular file'],
    ['that is no text', 'binary', 'not valid'],
  ])('from a file %s are refused', async (_, file, why) => {
    const files = { binary: Buffer.from([0xff, 0xfe, 0x00]) };
    await expect(read(`[secrets]\nkey = { file = "${file}" }`, files)).rejects.toThrow(why);
  });
});

describe('steps of the installation', () => {
  test('have what they leave out', async () => {
    const { install } = await read('[[install]]\nservice = "app"\ncommand = ["php", "occ"]');
    expect(install).toEqual([{ service: 'app', command: ['php', 'occ'], when: 'after', timeout: 60 }]);
  });

  test.each([
    ['without a command', 'service = "app"\ncommand = []'],
    ['with a line for a shell', 'service = "app"\ncommand = "php occ"'],
    ['at another time', 'service = "app"\ncommand = ["x"]\nwhen = "later"'],
    ['with an unknown key', 'service = "app"\ncommand = ["x"]\nretries = 3'],
  ])('%s are refused', async (_, step) => {
    await expect(read(`[[install]]\n${step}`)).rejects.toThrow('recipe.toml is not understood');
  });
});

async function read(toml: string, files: Record<string, string | Buffer> = {}) {
  const suites = temporaryDirectory();
  const directory = join(suites, 'pad');
  mkdirSync(directory);
  writeFileSync(join(directory, 'recipe.toml'), toml);
  symlinkSync('/etc/hostname', join(directory, 'link'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return await readSuite(suites, 'pad');
}
