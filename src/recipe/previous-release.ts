import type { CommitSha } from '../shared/brand.ts';
import type { Repository, Tag } from './git.ts';
import { compareReleases, isRelease } from './versions.ts';

/**
 * The release that operators run when this change reaches them: the newest tag, in abra's
 * order, that is reachable from the merge base and whose files differ from the head's.
 */
export async function previousRelease(
  repository: Repository,
  head: CommitSha,
  base: CommitSha,
  signal: AbortSignal,
): Promise<Tag | undefined> {
  const mergeBase = (await repository.mergeBase(head, base, signal)) ?? base;
  const tags = await repository.tagsReachableFrom(mergeBase, signal);
  const newestFirst = tags
    .filter((tag) => isRelease(tag.name))
    .sort((a, b) => compareReleases(b.name, a.name));
  const headTree = await repository.treeOf(head, signal);
  for (const tag of newestFirst) {
    if ((await repository.treeOf(tag.commit, signal)) !== headTree) return tag;
  }
  return undefined;
}
