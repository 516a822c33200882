import type { Finding } from '../recipe/finding.ts';
import { type Compared, findingsOf, inOrder, unreadable } from '../recipe/findings/findings.ts';
import type { KnownRelease } from '../recipe/findings/version-findings.ts';
import type { Repository } from '../recipe/git.ts';
import { previousRelease } from '../recipe/previous-release.ts';
import { type Recipe, readRecipe } from '../recipe/recipe.ts';
import { compareReleases, isRelease } from '../recipe/versions.ts';
import type { CommitSha } from '../shared/brand.ts';
import { isSeatrialError } from '../shared/errors.ts';
import { imagined, policyOfFiles, type RecipePolicy } from '../stack/policy/policy.ts';
import { type Refusal, refusalsOf } from '../stack/policy/refusal.ts';

/** What a head was compared with when findings were looked for. */
export interface Against {
  /** `base`: where the change branched off; `release`: the head is its base, so the release before it. */
  readonly kind: 'base' | 'release';
  /** Name of the release, or the commit in short form. */
  readonly name: string;
  readonly sha: CommitSha;
}

export interface Looked {
  readonly against: Against | undefined;
  readonly findings: readonly Finding[];
  /** What the policy refuses, and whether the head is the first to ask for it. */
  readonly refusals: readonly Refusal[];
}

export interface Question {
  readonly repository: Repository;
  readonly recipe: string;
  readonly head: CommitSha;
  /** What the change is meant for. */
  readonly base: CommitSha;
  readonly policy: RecipePolicy;
  readonly signal: AbortSignal;
}

/** Early findings of a change, from the files alone. A head that cannot be read is a finding itself. */
export async function lookAt(question: Question): Promise<Looked> {
  const { repository, recipe, head, signal } = question;
  const against = await comparedWith(question);
  const read = await readOr(repository, recipe, head, signal);
  if ('severity' in read) return { against, findings: [read], refusals: [] };
  const before = against === undefined ? undefined : await readOr(repository, recipe, against.sha, signal);
  // What cannot be read cannot be compared with; nobody runs it either.
  const base = before === undefined || 'severity' in before ? undefined : before;
  const releases = await releasesBefore(repository, against?.sha ?? head, signal);
  const { policy } = question;
  const asked = (of: Recipe) => policyOfFiles(of, imagined(of, policy)).findings;
  return {
    against,
    findings: allFindings({ head: read, base, releases }, policy),
    refusals: refusalsOf(asked(read), base === undefined ? undefined : asked(base)),
  };
}

/** Everything that can be found without Docker; whatever else reads files alone joins here. */
export function allFindings(compared: Compared, policy: RecipePolicy): readonly Finding[] {
  const { findings } = policyOfFiles(compared.head, imagined(compared.head, policy));
  // B63 and B64 say more of it.
  const more = findings.filter(
    ({ code, feature }) => code !== 'ignored-key' || !feature.includes('depends_on'),
  );
  return inOrder([...more, ...findingsOf(compared)]);
}

async function comparedWith({ repository, head, base, signal }: Question): Promise<Against | undefined> {
  const mergeBase = await repository.mergeBase(head, base, signal);
  const from = mergeBase ?? base;
  if ((await repository.treeOf(from, signal)) !== (await repository.treeOf(head, signal)))
    return { kind: 'base', name: from.slice(0, 10), sha: from };
  const release = await previousRelease(repository, head, base, signal);
  return release === undefined ? undefined : { kind: 'release', name: release.name, sha: release.commit };
}

/** Releases that were there before the head, newest first. */
export async function releasesBefore(
  repository: Repository,
  commit: CommitSha,
  signal: AbortSignal,
): Promise<readonly KnownRelease[]> {
  const tags = await repository.tagsReachableFrom(commit, signal);
  return tags
    .filter(({ name }) => isRelease(name))
    .sort((a, b) => compareReleases(b.name, a.name))
    .map(({ name, annotated }) => ({ tag: name, annotated }));
}

async function readOr(
  repository: Repository,
  name: string,
  sha: CommitSha,
  signal: AbortSignal,
): Promise<Recipe | Finding> {
  try {
    return await readRecipe(repository, name, sha, signal);
  } catch (error) {
    if (!isSeatrialError(error) || (error.kind !== 'recipe' && error.code !== 'repository-refused'))
      throw error;
    return unreadable(error);
  }
}
