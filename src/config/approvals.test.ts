import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { errorOf } from '../../test/support/errors.ts';
import { approvalsText, readApprovals } from './approvals.ts';

test('what an operator allows a recipe is read from the file of its name', async () => {
  const directory = written(
    '[[allow]]\nfeature = "port:host:64738/udp"\nservice = "app"\nreason = "voice"\n\n[[allow]]\nfeature = "external-network:sso"\nreason = "shared login"\n',
  );
  expect(await readApprovals(directory, 'mumble')).toEqual([
    { feature: 'port:host:64738/udp', service: 'app', reason: 'voice' },
    { feature: 'external-network:sso', service: undefined, reason: 'shared login' },
  ]);
  expect(await readApprovals(directory, 'other')).toEqual([]);
  expect(await readApprovals(join(directory, 'nowhere'), 'mumble')).toEqual([]);
});

test('what is written for an operator to allow is read as just that', async () => {
  const approvals = [
    { feature: 'bind-mount:/srv/"a\\b":ro', service: 'app', reason: 'so\nthat' },
    { feature: 'external-network:sso', service: undefined, reason: 'shared login' },
  ];
  expect(await readApprovals(written(approvalsText(approvals)), 'mumble')).toEqual(approvals);
});

test.each([
  ['no reason', '[[allow]]\nfeature = "privileged"\nservice = "app"\n'],
  ['an empty reason', '[[allow]]\nfeature = "privileged"\nreason = "  "\n'],
  ['an unknown key', '[[allow]]\nfeature = "privileged"\nreason = "x"\nevery = true\n'],
  ['something else than tables', 'allow = "everything"\n'],
  ['no TOML', 'allow everything'],
])('a file with %s is no approval of anything', async (_, text) => {
  const error = await errorOf(readApprovals(written(text), 'mumble'));
  expect(error).toMatchObject({ kind: 'input', code: 'configuration' });
});

test('a recipe’s name leads to no other file', async () => {
  const directory = written('[[allow]]\nfeature = "x"\nreason = "y"\n');
  mkdirSync(join(directory, 'below'));
  for (const name of ['../mumble', 'below/../mumble', '.mumble', ''])
    expect(await readApprovals(join(directory, 'below'), name)).toEqual([]);
});

function written(text: string): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'mumble.toml'), text);
  return directory;
}
