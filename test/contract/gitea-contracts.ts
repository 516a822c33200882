import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { type Contract, readContract } from './swagger-contract.ts';

/** Where the contracts lie: not part of this repository. */
const directory = process.env['SEATRIAL_CONTRACTS'] ?? join(import.meta.dirname, '../../../shared/contracts');

/** What we read of each answer and put into each request. */
const required = {
  APIError: ['message'],
  CombinedStatus: ['state', 'sha', 'total_count', 'statuses', 'repository'],
  Comment: ['id', 'body', 'user', 'html_url', 'issue_url', 'pull_request_url', 'created_at', 'updated_at'],
  CommitStatus: ['id', 'status', 'context', 'description', 'target_url', 'creator', 'created_at'],
  CreateIssueCommentOption: ['body'],
  CreateStatusOption: ['state', 'context', 'description'],
  EditIssueCommentOption: ['body'],
  EditReactionOption: ['content'],
  GeneralAPISettings: ['max_response_items', 'default_paging_num'],
  GeneralUISettings: ['allowed_reactions'],
  PRBranchInfo: ['label', 'ref', 'sha', 'repo', 'repo_id'],
  Permission: ['admin', 'push', 'pull'],
  PullRequest: ['number', 'title', 'state', 'draft', 'user', 'head', 'base', 'html_url', 'updated_at'],
  Reaction: ['user', 'content', 'created_at'],
  RepoCollaboratorPermission: ['permission', 'role_name', 'user'],
  Repository: ['id', 'name', 'owner', 'full_name', 'clone_url', 'html_url', 'archived', 'permissions'],
  ServerVersion: ['version'],
  User: ['id', 'login'],
};

/** Seen on a running server. */
const nullable = { PullRequest: ['merge_commit_sha'] };
const undeclared = { User: ['username'] };

/** The contracts leave these out on operations that are known to answer them. */
const tolerated = [301, 307, 401, 403, 422, 423, 429, 500, 502];

/** All that is spoken between the adapter and the embedded forge, or could be. */
export const operations = [
  'DELETE /repos/{owner}/{repo}/issues/comments/{id}',
  'DELETE /repos/{owner}/{repo}/issues/comments/{id}/reactions',
  'GET /repos/{owner}/{repo}',
  'GET /repos/{owner}/{repo}/collaborators/{collaborator}/permission',
  'GET /repos/{owner}/{repo}/commits/{ref}/status',
  'GET /repos/{owner}/{repo}/issues/comments',
  'GET /repos/{owner}/{repo}/issues/comments/{id}',
  'GET /repos/{owner}/{repo}/issues/comments/{id}/reactions',
  'GET /repos/{owner}/{repo}/issues/{index}/comments',
  'GET /repos/{owner}/{repo}/pulls',
  'GET /repos/{owner}/{repo}/pulls/{index}',
  'GET /repos/{owner}/{repo}/statuses/{sha}',
  'GET /repositories/{id}',
  'GET /settings/api',
  'GET /settings/ui',
  'GET /user',
  'GET /version',
  'PATCH /repos/{owner}/{repo}/issues/comments/{id}',
  'PATCH /repos/{owner}/{repo}/pulls/{index}',
  'POST /repos/{owner}/{repo}/issues',
  'POST /repos/{owner}/{repo}/issues/comments/{id}/reactions',
  'POST /repos/{owner}/{repo}/issues/{index}/comments',
  'POST /repos/{owner}/{repo}/pulls',
  'POST /repos/{owner}/{repo}/statuses/{sha}',
];

/** Runs tests against each version of the contract, or says why it can not. */
export function withContracts(tests: (read: () => Promise<Contract>) => void): void {
  for (const version of ['1.27.3', '1.26.0']) {
    const file = join(directory, `gitea-${version}.swagger.json`);
    describe(`the contract of Gitea ${version}`, { timeout: 120_000 }, () => {
      if (existsSync(file)) {
        tests(() => readContract(file, { required, nullable, undeclared, tolerated }));
        return;
      }
      test('is not checked', (context) => {
        context.skip(`gitea-${version}.swagger.json is not at hand: SEATRIAL_CONTRACTS names its directory`);
      });
    });
  }
}
