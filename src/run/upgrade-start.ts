import type { PreviousRelease } from '../plan/plan.ts';
import type { Repository } from '../recipe/git.ts';
import { previousRelease } from '../recipe/previous-release.ts';
import type { CommitSha } from '../shared/brand.ts';
import { SeatrialError } from '../shared/errors.ts';
import type { Suite } from '../suite/suite.ts';
import type { TestRequest } from '../trigger/request.ts';

export type Start =
  | { readonly kind: 'release'; readonly release: PreviousRelease }
  | { readonly kind: 'none'; readonly reason: string };

export interface StartQuestion {
  readonly repository: Repository;
  readonly request: TestRequest;
  readonly base: CommitSha;
  readonly suite: Suite;
  readonly signal: AbortSignal;
}

/** What an upgrade starts from, or why there is none. Throws `input` error `unknown-release`. */
export async function startOf({ repository, request, base, suite, signal }: StartQuestion): Promise<Start> {
  const { head } = request;
  const named = suite.upgrade.from;
  if (named !== undefined) {
    const sha = await repository.resolve(`refs/tags/${named}`, signal);
    if (sha === undefined) throw noSuchRelease(request, named);
    if (await sameFiles(repository, head, sha, signal))
      return { kind: 'none', reason: `the head equals ${named}, from which the suite wants to upgrade` };
    return { kind: 'release', release: { tag: named, sha } };
  }
  const tag = await previousRelease(repository, head, base, signal);
  if (tag !== undefined) return { kind: 'release', release: { tag: tag.name, sha: tag.commit } };
  const equal = await sameFiles(repository, head, base, signal);
  return {
    kind: 'none',
    reason: equal
      ? 'the head equals its base, and there is no release before it'
      : 'there is no release before this change to upgrade from',
  };
}

async function sameFiles(
  repository: Repository,
  a: CommitSha,
  b: CommitSha,
  signal: AbortSignal,
): Promise<boolean> {
  const trees = await Promise.all([a, b].map((commit) => repository.treeOf(commit, signal)));
  return trees[0] === trees[1];
}

function noSuchRelease({ recipe, source }: TestRequest, tag: string): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'unknown-release',
    sentence: `recipes/${recipe}/recipe.toml wants to upgrade from ${tag}, and ${source} has no such tag.`,
    remedy:
      'Correct `from` under `[upgrade]`, or take it out: the newest release before the change is the default.',
    facts: { tag },
  });
}

/** The commit that a change is meant for. Throws `input` error `unknown-base`. */
export async function baseOf(
  repository: Repository,
  request: TestRequest,
  signal: AbortSignal,
): Promise<CommitSha> {
  const base = await repository.resolve(request.base, signal);
  if (base !== undefined) return base;
  throw new SeatrialError({
    kind: 'input',
    code: 'unknown-base',
    sentence: `${request.base} is no branch, tag or commit of ${request.source}.`,
    remedy: 'Name the branch that the change is meant for with --base.',
    facts: { base: request.base },
  });
}
