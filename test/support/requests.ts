import { type CommitSha, parseCommitSha } from '../../src/shared/brand.ts';
import type { TestRequest } from '../../src/trigger/request.ts';

export function shaOf(digit: string): CommitSha {
  const sha = parseCommitSha(digit.repeat(40));
  if (sha === undefined) throw new Error(`${digit} makes no commit id`);
  return sha;
}

/** A request that came from a comment on a pull request. */
export function forgeRequest(comment: string, pull = 1): TestRequest {
  return {
    id: `forge:7:${comment}`,
    recipe: 'custom-html',
    source: 'http://forge.example/recipes/custom-html.git',
    head: shaOf('a'),
    base: 'main',
    refs: [`refs/pull/${pull}/head`],
    only: [],
    origin: {
      ...{ kind: 'forge', forge: 'forge', repositoryId: '7', owner: 'recipes', repository: 'custom-html' },
      ...{ pull, commentId: comment, requester: 'mara', ownBranch: true },
    },
    at: 1000,
  };
}

/** A request that was typed at the command line. */
export function localRequest(id: string): TestRequest {
  return { ...forgeRequest(id), id: `local:${id}`, refs: [], origin: { kind: 'local' } };
}
