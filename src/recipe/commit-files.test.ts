import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { errorOf } from '../../test/support/errors.ts';
import { PATH, type WorkTree, workTree } from '../../test/support/git.ts';
import { type CommitSha, parseCommitSha } from '../shared/brand.ts';
import { readFiles } from './commit-files.ts';
import { fetchRepository } from './git.ts';
import { gitIn } from './git-command.ts';
import { writeFiles } from './write-files.ts';

const signal = AbortSignal.timeout(60_000);

describe('the files of a commit', () => {
  test('are those of that commit, whatever the branch has become', async () => {
    const tree = workTree();
    tree.write('compose.yml', 'one');
    const first = tree.commit('one');
    tree.write('compose.yml', 'two');
    tree.commit('two');
    const repository = await fetched(tree);
    const { files } = await repository.files(first, signal);
    expect(files[0]?.content.toString()).toBe('one');
  });

  test('come byte by byte, whatever is in them', async () => {
    const tree = workTree();
    const bytes = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7) % 256));
    tree.write('picture.png', bytes);
    tree.write('windows.txt', 'a\r\nb\r\n');
    tree.write('empty', '');
    const head = tree.commit('binary');
    const { files } = await (await fetched(tree)).files(head, signal);
    const content = (path: string) => files.find((file) => file.path === path)?.content;
    expect(content('picture.png')?.equals(bytes)).toBe(true);
    expect(content('windows.txt')?.toString()).toBe('a\r\nb\r\n');
    expect(content('empty')).toHaveLength(0);
  });

  test('are executable where the commit says so', async () => {
    const tree = workTree();
    tree.write('entrypoint.sh', '#!/bin/sh\n', 0o755);
    tree.write('compose.yml', 'services: {}\n');
    const head = tree.commit('one');
    const { files, leftOut } = await (await fetched(tree)).files(head, signal);
    expect(files.map(({ path, executable }) => [path, executable])).toEqual([
      ['compose.yml', false],
      ['entrypoint.sh', true],
    ]);
    expect(leftOut).toEqual([]);
  });

  test('are the raw ones, whatever attributes, filters and LFS would make of them', async () => {
    const tree = workTree();
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n';
    tree.git('config', 'filter.lfs.clean', 'cat');
    tree.git('config', 'filter.evil.clean', 'cat');
    tree.write('.gitattributes', '*.bin filter=lfs\n*.txt filter=evil ident eol=crlf\ngone export-ignore\n');
    tree.write('data.bin', pointer);
    tree.write('text.txt', '$Id$\n');
    tree.write('gone', 'here');
    const head = tree.commit('attributes');
    const { files } = await (await fetched(tree)).files(head, signal);
    expect(Object.fromEntries(files.map(({ path, content }) => [path, content.toString()]))).toMatchObject({
      'data.bin': pointer,
      'text.txt': '$Id$\n',
      gone: 'here',
    });
  });

  test('may have names that need care', async () => {
    const tree = workTree();
    const names = ['with space.txt', 'ümlaut.txt', '"quoted".txt', '-dash.txt', 'deep/er/file'];
    for (const name of names) tree.write(name, name);
    const head = tree.commit('names');
    const { files } = await (await fetched(tree)).files(head, signal);
    expect(files.map(({ path }) => path).sort()).toEqual([...names].sort());
    expect(files.every(({ path, content }) => content.toString() === path)).toBe(true);
    const directory = temporaryDirectory();
    await writeFiles(directory, files);
    expect(readFileSync(join(directory, 'deep/er/file'), 'utf8')).toBe('deep/er/file');
  });

  test('are refused where one is too large or there are too many', async () => {
    const large = workTree();
    large.write('dump.sql', Buffer.alloc(5 * 1024 * 1024 + 1));
    const head = large.commit('large');
    const error = await errorOf((await fetched(large)).files(head, signal));
    expect(error).toMatchObject({ kind: 'input', code: 'repository-refused' });
    expect(error.message).toContain('dump.sql');
    const many = workTree();
    for (let count = 0; count <= 2000; count += 1) many.write(`f/${count}`, '');
    const crowded = many.commit('many');
    expect((await errorOf((await fetched(many)).files(crowded, signal))).message).toContain('2000 files');
  });

  test('are refused where paths are too long or too deep', async () => {
    const tree = workTree();
    const deep = tree.commit('nothing');
    for (const [path, words] of [
      ['d/'.repeat(16) + 'file', 'as deep as'],
      ['x'.repeat(201), 'a name as long as'],
      [`${'x'.repeat(150)}/${'y'.repeat(150)}`, 'a path as long as'],
    ] as const) {
      tree.pipe(`100644 ${blob(tree, 'x')} 0\t${path}\n`, 'update-index', '--index-info');
      const head = commitOfTree(tree, tree.git('write-tree'));
      const error = await errorOf((await fetched(tree)).files(head, signal));
      expect(error).toMatchObject({ kind: 'input', code: 'repository-refused' });
      expect(error.message).toContain(words);
      tree.git('reset', '--quiet', '--hard', deep);
    }
  });

  test('are refused within moments where a few small trees stand for millions of files', async () => {
    const tree = workTree();
    let object = blob(tree, 'x');
    for (let level = 0; level < 9; level += 1) {
      const kind = level === 0 ? '100644 blob' : '040000 tree';
      const entries = Array.from({ length: 10 }, (_, index) => `${kind} ${object}\t${index}\n`);
      object = tree.pipe(entries.join(''), 'mktree');
    }
    const head = commitOfTree(tree, object);
    const error = await errorOf((await fetched(tree)).files(head, signal));
    expect(error).toMatchObject({ kind: 'input', code: 'repository-refused' });
    expect(error.message).toContain('more files');
  });
});

describe('what is no file of a recipe is left out', () => {
  test('submodules are not fetched', async () => {
    const tree = workTree();
    tree.write('compose.yml', 'x');
    tree.write('.gitmodules', '[submodule "m"]\n\tpath = module\n\turl = https://git.example.org/m\n');
    const inner = tree.commit('one');
    tree.git('update-index', '--add', '--cacheinfo', `160000,${inner},module`);
    tree.git('commit', '--quiet', '--message', 'with a submodule');
    const { files, leftOut } = await (await fetched(tree)).files(headOf(tree), signal);
    expect(files.map(({ path }) => path)).toEqual(['.gitmodules', 'compose.yml']);
    expect(leftOut).toEqual([{ path: 'module', why: 'submodule', target: undefined }]);
  });

  test('links to one file count as often as they show it', async () => {
    const tree = workTree();
    tree.write('big', 'x'.repeat(4 * 1024 * 1024));
    for (let index = 0; index < 16; index += 1) tree.link(`link-${index}`, 'big');
    const head = tree.commit('links');
    const reading = (await fetched(tree)).files(head, signal);
    await expect(reading).rejects.toMatchObject({ kind: 'input', code: 'repository-refused' });
  });

  test('links are followed to files of the same commit, and nowhere else', async () => {
    const tree = workTree();
    tree.write('compose.sso.yml', 'sso', 0o755);
    tree.write('sub/inner.yml', 'inner');
    for (const [path, target] of [
      ['compose.oidc.yml', 'compose.sso.yml'],
      ['sub/up.yml', '../compose.sso.yml'],
      ['chain.yml', 'compose.oidc.yml'],
      ['passwd', '/etc/passwd'],
      ['out', '../out'],
      ['sub/out', '../../out'],
      ['git', '.git/config'],
      ['folder', 'sub'],
      ['through', 'folder/inner.yml'],
      ['nothing', 'missing'],
      ['one', 'two'],
      ['two', 'one'],
    ] as const)
      tree.link(path, target);
    const head = tree.commit('links');
    const { files, leftOut } = await (await fetched(tree)).files(head, signal);
    const followed = files.filter(({ path }) => /oidc|up|chain/.test(path));
    expect(followed.map(({ path, content, executable }) => [path, `${content}`, executable]).sort()).toEqual([
      ['chain.yml', 'sso', true],
      ['compose.oidc.yml', 'sso', true],
      ['sub/up.yml', 'sso', true],
    ]);
    expect(Object.fromEntries(leftOut.map(({ path, why, target }) => [path, [why, target]]))).toEqual({
      passwd: ['link-absolute', '/etc/passwd'],
      out: ['link-leaves', '../out'],
      'sub/out': ['link-leaves', '../../out'],
      git: ['link-into-git', '.git/config'],
      folder: ['link-nowhere', 'sub'],
      through: ['link-nowhere', 'folder/inner.yml'],
      nothing: ['link-nowhere', 'missing'],
      one: ['link-nowhere', 'two'],
      two: ['link-nowhere', 'one'],
    });
    expect(files).toHaveLength(5);
  });

  test('names that are not UTF-8, or have control characters', async () => {
    const tree = workTree();
    const object = blob(tree, 'x');
    const names = [
      Buffer.from('ok'),
      Buffer.from([0x66, 0xff]),
      Buffer.from('a\nb'),
      Buffer.from('c\td'),
      Buffer.from('e\u001b[2J'),
      Buffer.from('f\u202ex'),
    ];
    const head = commitOfTree(
      tree,
      rawTree(
        tree,
        names.map((name) => ({ mode: '100644', name, object })),
      ),
    );
    const { files, leftOut } = await (await fetched(tree)).files(head, signal);
    expect(files.map(({ path }) => path)).toEqual(['ok']);
    expect(leftOut.map(({ path, why }) => [path, why])).toEqual([
      ['a b', 'control'],
      ['c d', 'control'],
      ['e', 'control'],
      ['fx', 'control'],
      ['f\ufffd', 'encoding'],
    ]);
  });
});

describe('a tree that git itself would not make', () => {
  const HOSTILE = ['..', '.', '.git', '.GIT', 'a/../../b'];

  test.each(HOSTILE)('with an entry “%s” is refused when it is fetched', async (name) => {
    const tree = workTree();
    commitOfTree(tree, rawTree(tree, [{ mode: '100644', name: Buffer.from(name), object: blob(tree, 'x') }]));
    const error = await errorOf(fetched(tree));
    expect(error).toMatchObject({ kind: 'input', code: 'repository-refused' });
    expect(error.message).toContain('git refuses');
  });

  test.each(HOSTILE)('with an entry “%s” is refused when it is read, however it came here', async (name) => {
    const tree = workTree();
    const object = rawTree(tree, [{ mode: '100644', name: Buffer.from(name), object: blob(tree, 'x') }]);
    const git = gitIn(join(tree.directory, '.git'), PATH);
    const error = await errorOf(readFiles(git, commitOfTree(tree, object), signal));
    expect(error).toMatchObject({ kind: 'input', code: 'repository-refused' });
    expect(error.message).toContain('a path such as');
  });

  test('with a submodule that names an option or a path outside is refused', async () => {
    const tree = workTree();
    tree.write('.gitmodules', '[submodule "m"]\n\tpath = ../out\n\turl = --upload-pack=touch\n');
    tree.commit('hostile');
    expect(await errorOf(fetched(tree))).toMatchObject({ kind: 'input', code: 'repository-refused' });
  });
});

function blob(tree: WorkTree, content: string): string {
  return tree.pipe(content, 'hash-object', '-w', '--stdin');
}

/** A tree of entries that git would refuse to add. */
function rawTree(
  tree: WorkTree,
  entries: readonly { readonly mode: string; readonly name: Buffer; readonly object: string }[],
): string {
  const parts = [...entries]
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .map(({ mode, name, object }) =>
      Buffer.concat([Buffer.from(`${mode} `), name, Buffer.from([0]), Buffer.from(object, 'hex')]),
    );
  return tree.pipe(Buffer.concat(parts), 'hash-object', '-t', 'tree', '-w', '--literally', '--stdin');
}

function commitOfTree(tree: WorkTree, object: string): CommitSha {
  tree.git('update-ref', 'refs/heads/main', tree.git('commit-tree', '-m', 'raw', object));
  return headOf(tree);
}

function headOf(tree: WorkTree): CommitSha {
  const sha = parseCommitSha(tree.git('rev-parse', 'refs/heads/main'));
  if (sha === undefined) throw new Error('no head');
  return sha;
}

function fetched(tree: WorkTree) {
  const directory = join(temporaryDirectory(), 'private');
  return fetchRepository({ source: tree.directory, directory, path: PATH, commits: [], refs: [], signal });
}
