import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { PATH, type WorkTree, workTree } from '../../test/support/git.ts';
import type { CommitSha } from '../shared/brand.ts';
import { fetchRepository } from './git.ts';
import { previousRelease } from './previous-release.ts';

const signal = AbortSignal.timeout(60_000);

describe('the release that operators run when a change reaches them', () => {
  test('is the newest by the order of releases, not by time or letters', async () => {
    const tree = released('1.9.0+1.0', '1.10.0+1.0', '1.2.0+1.0');
    const base = tree.commit('on main');
    expect(await tagBefore(tree, change(tree), base)).toBe('1.10.0+1.0');
  });

  test('is the later one of two that are called the same but for a leading v', async () => {
    const tree = workTree();
    for (const [day, tag] of ['1.0.0+2.0', 'v1.0.0+2.0', '1.0.0+1.0'].entries()) {
      tree.write('compose.yml', tag);
      const head = `object ${tree.commit(tag)}\ntype commit\ntag ${tag}\n`;
      const object = tree.pipe(`${head}tagger T <t@example.org> ${day * 86_400} +0000\n\n${tag}\n`, 'mktag');
      tree.git('update-ref', `refs/tags/${tag}`, object);
    }
    const base = tree.commit('on main');
    expect(await tagBefore(tree, change(tree), base)).toBe('v1.0.0+2.0');
  });

  test('is not one that came after the change left main', async () => {
    const tree = released('1.0.0+1.0');
    const head = change(tree);
    tree.git('checkout', '--quiet', 'main');
    tree.write('compose.yml', 'newer');
    const base = tree.commit('newer', '1.1.0+1.0');
    expect(await tagBefore(tree, head, base)).toBe('1.0.0+1.0');
  });

  test('is not a tag on another branch', async () => {
    const tree = released('1.0.0+1.0');
    tree.git('checkout', '--quiet', '-b', 'other');
    tree.write('compose.yml', 'other');
    tree.commit('other', '3.0.0+1.0');
    tree.git('checkout', '--quiet', 'main');
    const base = tree.commit('on main');
    expect(await tagBefore(tree, change(tree), base)).toBe('1.0.0+1.0');
  });

  test('is not one with the very files of the change', async () => {
    const tree = released('1.0.0+1.0', '1.1.0+1.0');
    const base = tree.commit('nothing changed', '1.2.0+1.0');
    expect(await tagBefore(tree, base, base)).toBe('1.0.0+1.0');
  });

  test('is not the last but one where the change takes the last one back', async () => {
    const tree = released('1.0.0+1.0', '1.1.0+1.0');
    const base = tree.commit('on main');
    tree.git('checkout', '--quiet', '-b', 'revert');
    tree.write('compose.yml', '1.0.0+1.0');
    const head = tree.commit('back to before');
    expect(await tagBefore(tree, head, base)).toBe('1.1.0+1.0');
  });

  test('is none where there are no releases, or only names that are none', async () => {
    const tree = workTree();
    tree.write('compose.yml', 'x');
    tree.commit('one', 'v1.0.0');
    const base = tree.commit('two', 'latest');
    expect(await tagBefore(tree, change(tree), base)).toBeUndefined();
  });

  test('is looked for at the base where the two have no history in common', async () => {
    const tree = released('1.0.0+1.0');
    const base = tree.commit('on main');
    tree.git('checkout', '--quiet', '--orphan', 'fresh');
    tree.write('compose.yml', 'fresh');
    const head = tree.commit('no history');
    expect(await tagBefore(tree, head, base)).toBe('1.0.0+1.0');
  });
});

/** A recipe on `main` with these releases, one commit each, in this order of time. */
function released(...tags: string[]): WorkTree {
  const tree = workTree();
  for (const tag of tags) {
    tree.write('compose.yml', tag);
    tree.commit(tag, tag);
  }
  return tree;
}

function change(tree: WorkTree): CommitSha {
  tree.git('checkout', '--quiet', '-b', 'change');
  tree.write('compose.yml', 'changed');
  return tree.commit('change');
}

async function tagBefore(tree: WorkTree, head: CommitSha, base: CommitSha): Promise<string | undefined> {
  const directory = join(temporaryDirectory(), 'private');
  const commits = [head, base];
  const source = tree.directory;
  const repository = await fetchRepository({ source, directory, path: PATH, commits, refs: [], signal });
  return (await previousRelease(repository, head, base, signal))?.name;
}
