import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { playScenario } from './gitea-scenario.ts';
import { type Contract, type Exchange, readContract } from './swagger-contract.ts';

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

/** The contracts leave these out on operations that are known to answer them. */
const tolerated = [301, 307, 401, 403, 422, 423, 429, 500, 502];

const operations = [
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

let exchanges: readonly Exchange[] | undefined;
const scenario = async (): Promise<readonly Exchange[]> => {
  exchanges ??= await playScenario();
  return exchanges;
};

for (const version of ['1.27.3', '1.26.0']) {
  const file = join(directory, `gitea-${version}.swagger.json`);
  describe(`the contract of Gitea ${version}`, { timeout: 60_000 }, () => {
    if (existsSync(file)) contractTests(file);
    else {
      test('is not checked', (context) => {
        context.skip(`gitea-${version}.swagger.json is not at hand: SEATRIAL_CONTRACTS names its directory`);
      });
    }
  });
}

function contractTests(file: string): void {
  let contract: Contract = { check: () => expect.fail('the contract has not been read') };
  beforeAll(async () => {
    contract = await readContract(file, { required, nullable, tolerated });
    await scenario();
  }, 60_000);

  test('is kept by every request of the adapter and every answer of the embedded forge', async () => {
    const breaches = (await scenario()).flatMap((exchange) => contract.check(exchange).breaches);
    expect(breaches).toEqual([]);
  });

  test('is tried on every operation there is', async () => {
    const tried = new Set((await scenario()).map((exchange) => contract.check(exchange).operation));
    expect([...tried].toSorted()).toEqual(operations);
  });

  test.each([
    ['a path that does not exist', { url: 'http://forge/api/v1/comments' }],
    ['a method that does not exist', { method: 'PUT' }],
    ['a query parameter that does not exist', { url: 'http://forge/api/v1/repos/o/r/pulls/1/files?since=1' }],
    ['a number that is none', { url: 'http://forge/api/v1/repos/o/r/pulls/1/files?page=one' }],
    ['a status that is not declared', { status: 202 }],
    ['a field that does not exist', { responseBody: '{"id":1,"login":"x","nick":"y"}' }],
    ['a field of another type', { responseBody: '{"id":"1","login":"x"}' }],
    ['a field that we need and that is missing', { responseBody: '{"id":1}' }],
    ['a body where none belongs', { requestBody: '{}' }],
    ['an error of another shape', { status: 403, responseBody: '{"error":"no"}' }],
  ])('is seen to be broken by %s', (_name, change) => {
    const kept: Exchange = {
      method: 'GET',
      url: 'http://forge/api/v1/user',
      requestBody: undefined,
      status: 200,
      responseBody: '{"id":1,"login":"x"}',
    };
    expect(contract.check(kept).breaches).toEqual([]);
    expect(contract.check({ ...kept, ...change }).breaches).not.toEqual([]);
  });

  test.each([
    ['a state that is none', '{"state":"finished","context":"c","description":""}'],
    ['a context that is missing', '{"state":"success","description":""}'],
    ['a field under the name it has in the answer', '{"status":"success","context":"c","description":""}'],
  ])('is seen to be broken by a request with %s', (_name, requestBody) => {
    const url = `http://forge/api/v1/repos/o/r/statuses/${'a'.repeat(40)}`;
    const answer = { status: 500, responseBody: '{"message":"","url":""}' };
    const { breaches } = contract.check({ method: 'POST', url, requestBody, ...answer });
    expect(breaches).not.toEqual([]);
  });
}
