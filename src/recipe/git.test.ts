import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { errorOf } from '../../test/support/errors.ts';
import { PATH, type WorkTree, workTree } from '../../test/support/git.ts';
import { parseCommitSha } from '../shared/brand.ts';
import { type FetchOptions, fetchRepository } from './git.ts';
import { writeFiles } from './write-files.ts';

const signal = AbortSignal.timeout(60_000);
const MIB = 1024 * 1024;

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

  test('a repository without a commit is bad input that says so', async () => {
    const error = await errorOf(fetched(workTree(), { refs: ['HEAD:refs/x'] }));
    expect(error).toMatchObject({ kind: 'input', code: 'not-a-repository' });
    expect(error.message).toContain('no commit');
  });

  test('a shallow clone is bad input, with the way to the whole history', async () => {
    const tree = workTree();
    tree.commit('one');
    tree.commit('two');
    const source = join(temporaryDirectory(), 'shallow');
    tree.git('clone', '--quiet', '--depth=1', `file://${tree.directory}`, source);
    const error = await errorOf(fetchRepository({ ...options(), source }));
    expect(error).toMatchObject({ kind: 'input', code: 'shallow-clone', facts: { source } });
    expect(error.remedy).toContain('--unshallow');
  });

  test('a source that looks like an option or another protocol runs nothing', async () => {
    const proof = join(temporaryDirectory(), 'proof');
    for (const source of [
      `--upload-pack=touch ${proof}`,
      `ext::touch ${proof}`,
      `ssh://-oProxyCommand=touch%20${proof}/x`,
      'git://127.0.0.1/x',
      'ssh://127.0.0.1/x',
      'ftp://127.0.0.1/x',
    ]) {
      const error = await errorOf(fetchRepository({ ...options(), source }));
      expect(error).toMatchObject({ code: 'not-a-repository' });
      if (source.includes(':/')) expect(error.message).toContain('not allowed');
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
    tree.git('config', 'uploadpack.packObjectsHook', `touch ${proof}; exec`);
    tree.git('config', 'core.alternateRefsCommand', `touch ${proof}`);
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

  test('the id of a tag is not taken for the commit that it names', async () => {
    const tree = workTree();
    tree.commit('one', '1.0.0+1.0');
    const tag = parseCommitSha(tree.git('rev-parse', 'refs/tags/1.0.0+1.0'));
    if (tag === undefined) throw new Error('no tag');
    expect(await errorOf(fetched(tree, { commits: [tag] }))).toMatchObject({ code: 'unknown-commit' });
  });

  test('objects that stand in for others at the source do not do so here', async () => {
    const tree = workTree();
    tree.write('compose.yml', 'good');
    const good = tree.commit('good');
    tree.write('compose.yml', 'evil');
    const evil = tree.commit('evil');
    tree.git('reset', '--quiet', '--hard', good);
    tree.git('replace', good, evil);
    const repository = await fetched(tree, { commits: [good], refs: [`refs/replace/${good}`] });
    const { files } = await repository.files(good, signal);
    expect(files[0]?.content.toString()).toBe('good');
  });

  test('a history that is too large is refused while it comes', async () => {
    const tree = workTree();
    for (let part = 0; part < 10; part += 1) tree.write(`noise${part}`, randomBytes(4 * MIB));
    tree.commit('noise');
    const place = options();
    const error = await errorOf(fetchRepository({ ...place, source: tree.directory, maxBytes: MIB }));
    expect(error).toMatchObject({ kind: 'input', code: 'repository-refused' });
    expect(error.message).toContain('a history of more than 1 MiB');
    const packs = join(place.directory, 'repository.git/objects/pack');
    const sizes = readdirSync(packs).map((name) => statSync(join(packs, name)).size);
    expect(Math.max(0, ...sizes)).toBeLessThan(40 * MIB);
  });

  test('ends with the reason of its signal', async () => {
    const tree = workTree();
    tree.commit('one');
    const aborted = fetched(tree, { signal: AbortSignal.abort(new Error('superseded')) });
    await expect(aborted).rejects.toThrow('superseded');
  });
});

describe('fetching from a server', () => {
  test('works over plain HTTP, for which any web server will do', async () => {
    const tree = workTree();
    tree.write('compose.yml', 'text');
    const head = tree.commit('one');
    const { files } = await withServer(filesOf(tree), async (source) => {
      const repository = await fetchRepository({ ...options(), source, commits: [head] });
      return await repository.files(head, signal);
    });
    expect(files.map(({ path }) => path)).toEqual(['compose.yml']);
  });

  test('another object under the id that was asked for is refused', async () => {
    const tree = workTree();
    tree.write('compose.yml', 'good');
    const good = tree.commit('good');
    tree.write('compose.yml', 'evil');
    const evil = tree.commit('evil');
    tree.git('reset', '--quiet', '--hard', good);
    const objectOf = (sha: string) => `/objects/${sha.slice(0, 2)}/${sha.slice(2)}`;
    const swapped: RequestListener = (request, response) => {
      if (request.url === objectOf(good)) request.url = objectOf(evil);
      filesOf(tree)(request, response);
    };
    const error = await withServer(swapped, (source) =>
      errorOf(fetchRepository({ ...options(), source, commits: [good] })),
    );
    expect(error).toMatchObject({ kind: 'input', code: 'repository-refused' });
  });

  test('a question for a password is answered by nobody', async () => {
    const error = await withServer(
      (_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
      (source) => errorOf(fetchRepository({ ...options(), source })),
    );
    expect(error).toMatchObject({ kind: 'input', code: 'not-a-repository' });
  });

  test('a server that never answers is left when the signal says so', async () => {
    const stop = new AbortController();
    const fetching = await withServer(
      () => stop.abort(new Error('superseded')),
      (source) =>
        fetchRepository({ ...options(), source, signal: stop.signal }).catch((error: unknown) => error),
    );
    expect(fetching).toMatchObject({ message: 'superseded' });
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
  tree.git('tag', '--annotate', '--message', 'tag of a tag', 'nested', '1.0.0+1.0');
  tree.git('tag', 'of-a-tree', 'HEAD^{tree}');
  const repository = await fetched(tree);
  const tags = await repository.tagsReachableFrom(second, signal);
  expect([...tags].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: '1.0.0+1.0', commit: first, annotated: true },
    { name: '1.1.0+1.0', commit: second, annotated: true },
    { name: 'lightweight', commit: first, annotated: false },
    { name: 'nested', commit: first, annotated: true },
  ]);
});

function options(): Omit<FetchOptions, 'source'> {
  return { directory: join(temporaryDirectory(), 'private'), path: PATH, commits: [], refs: [], signal };
}

function fetched(tree: WorkTree, more: Partial<FetchOptions> = {}) {
  return fetchRepository({ ...options(), source: tree.directory, ...more });
}

/** The repository of a work tree as a server of files has it, objects one by one. */
function filesOf(tree: WorkTree): RequestListener {
  tree.git('update-server-info');
  return (request, response) => {
    const path = join(tree.directory, '.git', new URL(request.url ?? '/', 'http://localhost').pathname);
    if (existsSync(path)) response.end(readFileSync(path));
    else response.writeHead(404).end();
  };
}

async function withServer<Result>(
  listener: RequestListener,
  use: (source: string) => Promise<Result>,
): Promise<Result> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    return await use(`http://127.0.0.1:${address.port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
