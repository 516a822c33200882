import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { errorOf } from '../../test/support/errors.ts';
import { PATH, type WorkTree, workTree } from '../../test/support/git.ts';
import { parseCommitSha } from '../shared/brand.ts';
import { type FetchOptions, fetchRepository } from './git.ts';
import { writeFiles } from './write-files.ts';

const signal = AbortSignal.timeout(60_000);

describe('fetching a repository', () => {
  test('brings branches, tags and the refs that are asked for', async () => {
    const tree = workTree();
    tree.write('compose.yml', 'one');
    const first = tree.commit('one', '1.0.0+1.0');
    tree.git('checkout', '--quiet', '-b', 'fix');
    tree.write('compose.yml', 'two');
    const second = tree.commit('two');
    tree.git('update-ref', 'refs/pull/1/head', second);
    tree.git('branch', '--quiet', '--delete', '--force', 'main');
    const repository = await fetched(tree, { refs: ['refs/pull/1/head'] });
    expect(await repository.resolve('fix', signal)).toBe(second);
    expect(await repository.resolve('1.0.0+1.0', signal)).toBe(first);
    expect(await repository.resolve('refs/pull/1/head', signal)).toBe(second);
    expect(await repository.resolve('main', signal)).toBeUndefined();
  });

  test('a commit that no ref names any more is asked for by its id', async () => {
    const tree = workTree();
    tree.write('a', 'kept');
    tree.commit('kept');
    tree.write('a', 'replaced');
    const replaced = tree.commit('replaced by a force-push');
    tree.git('reset', '--quiet', '--hard', 'HEAD~1');
    const repository = await fetched(tree, { commits: [replaced] });
    const { files } = await repository.files(replaced, signal);
    expect(files.map(({ content }) => content.toString())).toEqual(['replaced']);
  });

  test('a commit that is not to be had is bad input, with its id and what to do', async () => {
    const tree = workTree();
    tree.commit('one');
    const unknown = parseCommitSha('0123456789'.repeat(4));
    if (unknown === undefined) throw new Error('no commit id');
    const error = await errorOf(fetched(tree, { commits: [unknown] }));
    expect(error).toMatchObject({ kind: 'input', code: 'unknown-commit', facts: { commit: unknown } });
    expect(error.message).toContain('0123456789');
    expect(error.remedy).toContain('force-push');
  });

  test('a directory that is no repository is bad input', async () => {
    const source = temporaryDirectory();
    const error = await errorOf(fetchRepository({ ...options(), source }));
    expect(error).toMatchObject({ kind: 'input', code: 'not-a-repository', facts: { source } });
  });

  test('a source that looks like an option or another protocol runs nothing', async () => {
    const proof = join(temporaryDirectory(), 'proof');
    for (const source of [`--upload-pack=touch ${proof}`, `ext::touch ${proof}`]) {
      expect(await errorOf(fetchRepository({ ...options(), source }))).toMatchObject({
        code: 'not-a-repository',
      });
    }
    expect(existsSync(proof)).toBe(false);
  });

  test('a revision that looks like an option resolves to nothing', async () => {
    const tree = workTree();
    tree.commit('one');
    const repository = await fetched(tree);
    for (const revision of ['--all', '--git-dir=/', '', 'no-such', 'HEAD:compose.yml'])
      expect(await repository.resolve(revision, signal)).toBeUndefined();
  });

  test('hooks and settings of the source are not carried out', async () => {
    const tree = workTree();
    const proof = join(temporaryDirectory(), 'proof');
    const script = `#!/bin/sh\ntouch ${proof}\n`;
    for (const hook of ['post-checkout', 'post-merge', 'reference-transaction', 'pre-receive', 'post-update'])
      tree.write(`.git/hooks/${hook}`, script, 0o755);
    tree.write('.gitattributes', '* filter=evil\n');
    tree.write('compose.yml', 'text');
    tree.git('config', 'filter.evil.smudge', `touch ${proof}`);
    tree.git('config', 'core.fsmonitor', `touch ${proof}`);
    // The tree's own hooks and fsmonitor run while it is built: only what happens afterwards counts.
    tree.git('-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', 'add', '--all');
    tree.git(
      '-c',
      'core.hooksPath=/dev/null',
      '-c',
      'core.fsmonitor=false',
      'commit',
      '--quiet',
      '-m',
      'one',
    );
    expect(existsSync(proof)).toBe(false);
    const repository = await fetched(tree);
    const head = await repository.resolve('main', signal);
    if (head === undefined) throw new Error('no head');
    await writeFiles(temporaryDirectory(), (await repository.files(head, signal)).files);
    expect(existsSync(proof)).toBe(false);
  });

  test('ends with the reason of its signal', async () => {
    const tree = workTree();
    tree.commit('one');
    const aborted = fetched(tree, { signal: AbortSignal.abort(new Error('superseded')) });
    await expect(aborted).rejects.toThrow('superseded');
  });
});

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

  test('leave out links and submodules, and tell what is executable', async () => {
    const tree = workTree();
    tree.write('entrypoint.sh', '#!/bin/sh\n', 0o755);
    tree.write('compose.yml', 'services: {}\n');
    tree.link('passwd', '/etc/passwd');
    tree.link('up', '..');
    const inner = tree.commit('one');
    tree.git('update-index', '--add', '--cacheinfo', `160000,${inner},module`);
    tree.git('commit', '--quiet', '--message', 'with a submodule');
    const head = parseCommitSha(tree.git('rev-parse', 'HEAD')) ?? inner;
    expect(tree.git('ls-tree', '-r', '--name-only', head).split('\n')).toContain('module');
    const { files } = await (await fetched(tree)).files(head, signal);
    expect(files.map(({ path, executable }) => [path, executable])).toEqual([
      ['compose.yml', false],
      ['entrypoint.sh', true],
    ]);
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
});

describe('writing files', () => {
  test('keeps what is executable executable', async () => {
    const directory = temporaryDirectory();
    await writeFiles(directory, [
      { path: 'run.sh', executable: true, content: Buffer.from('x') },
      { path: 'plain', executable: false, content: Buffer.from('y') },
    ]);
    expect(statSync(join(directory, 'run.sh')).mode & 0o111).not.toBe(0);
    expect(statSync(join(directory, 'plain')).mode & 0o111).toBe(0);
  });

  test.each(['../out', 'a/../../out', '/out', 'a//b', './a', ''])('refuses the path “%s”', async (path) => {
    const parent = temporaryDirectory();
    const directory = join(parent, 'inside');
    const file = { path, executable: false, content: Buffer.from('x') };
    expect(await errorOf(writeFiles(directory, [file]))).toMatchObject({ code: 'repository-refused' });
    expect(readdirSync(parent)).toEqual([]);
  });
});

test('the tags of a commit are those it can reach, with the commits they name', async () => {
  const tree = workTree();
  const first = tree.commit('one', '1.0.0+1.0');
  tree.git('tag', 'lightweight');
  tree.git('checkout', '--quiet', '-b', 'side');
  tree.commit('aside', '9.0.0+9.0');
  tree.git('checkout', '--quiet', 'main');
  const second = tree.commit('two', '1.1.0+1.0');
  const repository = await fetched(tree);
  const tags = await repository.tagsReachableFrom(second, signal);
  expect([...tags].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: '1.0.0+1.0', commit: first, annotated: true },
    { name: '1.1.0+1.0', commit: second, annotated: true },
    { name: 'lightweight', commit: first, annotated: false },
  ]);
});

function options(): Omit<FetchOptions, 'source'> {
  return { directory: join(temporaryDirectory(), 'private'), path: PATH, commits: [], refs: [], signal };
}

function fetched(tree: WorkTree, more: Partial<FetchOptions> = {}) {
  return fetchRepository({ ...options(), source: tree.directory, ...more });
}
