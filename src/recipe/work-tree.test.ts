import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { errorOf } from '../../test/support/errors.ts';
import { PATH, workTree } from '../../test/support/git.ts';
import { shaOf } from '../../test/support/requests.ts';
import type { CommitSha } from '../shared/brand.ts';
import { checkOut, makeWorkTree } from './work-tree.ts';

test('a work tree is at the commit asked for, with tags, whatever branches say', async () => {
  const source = workTree();
  source.write('compose.yml', 'one');
  const first = source.commit('first', '1.0.0+1.0.0');
  source.write('compose.yml', 'two');
  source.commit('second', '1.1.0+1.1.0');
  const directory = await made(source.directory, first);
  expect(readFileSync(join(directory, 'compose.yml'), 'utf8')).toBe('one');
  expect(readFileSync(join(directory, '.git', 'HEAD'), 'utf8').trim()).toBe(first);
  expect(existsSync(join(directory, '.git', 'refs', 'tags', '1.1.0+1.1.0'))).toBe(true);
});

test('files are what the commit stores: no line ends, keywords, filters or links at work', async () => {
  const source = workTree();
  source.write('.gitattributes', '*.yml text eol=crlf\n*.txt ident\n');
  source.write('compose.yml', 'a: 1\nb: 2\n');
  source.write('note.txt', '$Id$\n');
  source.link('outside', '/etc/passwd');
  const directory = await made(source.directory, source.commit('hostile'));
  expect(readFileSync(join(directory, 'compose.yml'), 'utf8')).toBe('a: 1\nb: 2\n');
  expect(readFileSync(join(directory, 'note.txt'), 'utf8')).toBe('$Id$\n');
  expect(lstatSync(join(directory, 'outside')).isSymbolicLink()).toBe(false);
  expect(readFileSync(join(directory, 'outside'), 'utf8')).toBe('/etc/passwd');
});

test('what a tool left or moved is put back', async () => {
  const source = workTree();
  source.write('compose.yml', 'one');
  const sha = source.commit('first');
  const directory = await made(source.directory, sha);
  writeFileSync(join(directory, 'compose.yml'), 'changed');
  writeFileSync(join(directory, 'left-over'), '');
  await checkOut({ directory, sha, path: PATH, signal: soon() });
  expect(readFileSync(join(directory, 'compose.yml'), 'utf8')).toBe('one');
  expect(existsSync(join(directory, 'left-over'))).toBe(false);
});

test('a commit that the repository does not have is said', async () => {
  const source = workTree();
  source.write('compose.yml', 'one');
  source.commit('first');
  expect(await errorOf(made(source.directory, shaOf('d')))).toMatchObject({ code: 'git-failed' });
});

async function made(repository: string, sha: CommitSha): Promise<string> {
  const directory = join(temporaryDirectory(), 'recipe');
  await makeWorkTree({ repository, sha, directory, path: PATH, signal: soon() });
  return directory;
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
