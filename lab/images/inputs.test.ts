import { cp, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestContext, testContext } from '../testing/context.ts';
import { type Definition, NGINX_NEW } from './definitions.ts';
import { inputsOf } from './inputs.ts';

let context: TestContext;
let definition: Definition;
beforeEach(async () => {
  context = await testContext();
  definition = { ...NGINX_NEW, directory: join(context.directory, 'image') };
  await mkdir(definition.directory);
  await writeFile(join(definition.directory, 'Dockerfile'), 'FROM x\n');
  await writeFile(join(definition.directory, 'page.html'), 'hello\n');
});
afterEach(() => context.remove());

test('the inputs of an image are the same for the same files, whatever their times and place', async () => {
  const before = await inputsOf(definition, 'base');
  const elsewhere = join(context.directory, 'copy');
  await cp(definition.directory, elsewhere, { recursive: true });
  await utimes(join(elsewhere, 'page.html'), 1, 1);
  expect(await inputsOf({ ...definition, directory: elsewhere }, 'base')).toBe(before);
});

test.each<[string, () => Promise<Definition | undefined>, string]>([
  ['a file', async () => void (await writeFile(join(definition.directory, 'page.html'), 'bye\n')), 'base'],
  ['a file name', async () => void (await writeFile(join(definition.directory, 'new.html'), '')), 'base'],
  ['the release', async () => ({ ...definition, release: '9' }), 'base'],
  ['the base', async () => undefined, 'another base'],
])('the inputs of an image are others when %s is another', async (_name, change, base) => {
  const before = await inputsOf(definition, 'base');
  const changed = (await change()) ?? definition;
  expect(await inputsOf(changed, base)).not.toBe(before);
});
