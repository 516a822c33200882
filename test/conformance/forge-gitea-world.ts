import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { createGiteaForge } from '../../src/adapters/gitea/gitea-forge.ts';
import { until } from '../../src/shared/wait.ts';
import { createDeveloper } from './forge-git.ts';
import type { ForgeWorld } from './forge-world.ts';

export interface GiteaWorldOptions {
  readonly url: string;
  /** Token of a site admin with all scopes. Everything is made anew and left behind. */
  readonly adminToken: string;
  /** Stands between the adapter and the forge. */
  readonly fetch?: typeof globalThis.fetch;
}

/** The least that Seatrial's manual asks for: it has to be enough. */
const SCOPES = ['write:repository', 'write:issue', 'read:user'];

const branchList = z.array(z.object({ name: z.string(), commit: z.object({ id: z.string() }) }));

const PASSWORD = `Pw-${randomBytes(12).toString('hex')}`;

/** A real Gitea: a throw-away one, for accounts and repositories stay. */
export async function giteaWorld(options: GiteaWorldOptions): Promise<ForgeWorld> {
  const { url, adminToken, fetch = globalThis.fetch } = options;
  const developer = await createDeveloper(url);
  const ask = async (method: string, path: string, body?: unknown, authorization = `token ${adminToken}`) => {
    const response = await globalThis.fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const numbered = z.object({ number: z.int() });
  return {
    forge: (token) => createGiteaForge({ name: 'gitea', url, token, fetch }),
    async createAccount(word) {
      const login = `${word}-${randomBytes(4).toString('hex')}`;
      const account = { username: login, password: PASSWORD, email: `${login}@example.test` };
      const user = await ask('POST', '/admin/users', { ...account, must_change_password: false });
      const basic = `Basic ${Buffer.from(`${login}:${PASSWORD}`).toString('base64')}`;
      const token = await ask('POST', `/users/${login}/tokens`, { name: 'seatrial', scopes: SCOPES }, basic);
      const { id } = z.object({ id: z.int() }).parse(user);
      return { id: String(id), login, token: z.object({ sha1: z.string() }).parse(token).sha1 };
    },
    async renameAccount(login, newLogin) {
      await ask('POST', `/admin/users/${login}/rename`, { new_username: newLogin });
    },
    async deleteAccount(login) {
      await ask('DELETE', `/admin/users/${login}`);
    },
    async createRepository({ owner, name }, { private: secret }) {
      const repository = { name, private: secret, default_branch: 'main', auto_init: false };
      await ask('POST', `/admin/users/${owner}/repos`, repository);
    },
    async forkRepository({ owner, name }, by) {
      await ask('POST', `/repos/${owner}/${name}/forks`, {}, `token ${by.token}`);
    },
    async renameRepository({ owner, name }, newName) {
      await ask('PATCH', `/repos/${owner}/${name}`, { name: newName });
    },
    async setArchived({ owner, name }, archived) {
      await ask('PATCH', `/repos/${owner}/${name}`, { archived });
    },
    async setAccess({ owner, name }, login, access) {
      const path = `/repos/${owner}/${name}/collaborators/${login}`;
      if (access === 'none') await ask('DELETE', path);
      else await ask('PUT', path, { permission: access });
    },
    async createIssue({ owner, name }, author, title) {
      const issue = await ask('POST', `/repos/${owner}/${name}/issues`, { title }, `token ${author.token}`);
      return numbered.parse(issue).number;
    },
    async createPullRequest({ owner, name }, author, sides) {
      const pull = await ask('POST', `/repos/${owner}/${name}/pulls`, sides, `token ${author.token}`);
      return numbered.parse(pull).number;
    },
    async closePullRequest({ owner, name }, number) {
      await ask('PATCH', `/repos/${owner}/${name}/pulls/${number}`, { state: 'closed' });
    },
    async setLocked({ owner, name }, number) {
      await ask('PUT', `/repos/${owner}/${name}/issues/${number}/lock`, {});
    },
    async push(path, by, commit) {
      const sha = await developer.push(path, by, commit);
      // The server takes note of a push some time after git has been told that it is done.
      const wait = {
        name: 'the pushed branch',
        deadline: 30_000,
        every: 50,
        signal: AbortSignal.timeout(60_000),
      };
      await until(wait, async () => {
        const repository = z
          .object({ empty: z.boolean() })
          .parse(await ask('GET', `/repos/${path.owner}/${path.name}`));
        const branches = await ask('GET', `/repos/${path.owner}/${path.name}/branches?page=1&limit=50`);
        const tip = branchList.parse(branches ?? []).find(({ name }) => name === commit.branch)?.commit.id;
        if (tip === sha && !repository.empty) return { done: true, value: undefined };
        return { done: false, missing: `${sha} on ${commit.branch}` };
      });
      return sha;
    },
    remoteRef: developer.remoteRef,
    close: developer.close,
  };
}
