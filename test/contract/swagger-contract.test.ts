import { expect, test } from 'vitest';
import { withContracts } from './gitea-contracts.ts';
import type { Exchange } from './swagger-contract.ts';

withContracts((read) => {
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
    ['a page of HTML', { responseBody: '<html></html>' }],
    ['an error of another shape', { status: 403, responseBody: '{"error":"no"}' }],
  ])('is seen to be broken by %s', async (_name, change) => {
    const kept: Exchange = {
      method: 'GET',
      url: 'http://forge/api/v1/user',
      requestBody: undefined,
      status: 200,
      responseBody: '{"id":1,"login":"x"}',
    };
    const contract = await read();
    expect(contract.check(kept).breaches).toEqual([]);
    expect(contract.check({ ...kept, ...change }).breaches).not.toEqual([]);
  });

  test.each([
    ['a state that is none', '{"state":"finished","context":"c","description":""}'],
    ['a context that is missing', '{"state":"success","description":""}'],
    ['a field under the name it has in the answer', '{"status":"success","context":"c","description":""}'],
  ])('is seen to be broken by a request with %s', async (_name, requestBody) => {
    const contract = await read();
    const url = `http://forge/api/v1/repos/o/r/statuses/${'a'.repeat(40)}`;
    const answer = { status: 500, responseBody: '{"message":"","url":""}' };
    const { breaches } = contract.check({ method: 'POST', url, requestBody, ...answer });
    expect(breaches).not.toEqual([]);
  });
});
