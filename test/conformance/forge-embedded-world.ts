import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedForge } from '../../src/adapters/embedded-forge/embedded-forge.ts';
import { createGiteaForge } from '../../src/adapters/gitea/gitea-forge.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { createDeveloper } from './forge-git.ts';
import type { ForgeWorld } from './forge-world.ts';

export interface EmbeddedWorldOptions {
  readonly clock?: Clock;
  /** Stands between the adapter and the forge. */
  readonly fetch?: typeof globalThis.fetch;
}

/** The embedded forge behind the gitea adapter. */
export async function embeddedWorld(options: EmbeddedWorldOptions = {}): Promise<ForgeWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'seatrial-forge-'));
  const { url, admin, close } = await startEmbeddedForge({
    directory,
    clock: options.clock ?? systemClock,
    random: (count) => randomBytes(count),
    path: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  });
  const developer = await createDeveloper(url);
  const fetch = options.fetch ?? globalThis.fetch;
  return {
    forge: (token) => createGiteaForge({ name: 'embedded', url, token, fetch }),
    async createAccount(word) {
      const account = admin.createUser({ login: `${word}-${randomBytes(4).toString('hex')}` });
      return { ...account, id: String(account.id) };
    },
    renameAccount: async (login, newLogin) => admin.renameUser(login, newLogin),
    deleteAccount: async (login) => admin.deleteUser(login),
    async createRepository(path, { private: secret }) {
      await admin.createRepository({ ...path, private: secret });
    },
    async forkRepository(from, owner) {
      await admin.forkRepository(from, owner.login);
    },
    renameRepository: async (path, name) => admin.renameRepository(path, name),
    setArchived: async (path, archived) => admin.setArchived(path, archived),
    setAccess: async (path, login, access) => admin.setAccess(path, login, access),
    createIssue: async (path, author, title) => admin.createIssue(path, author.login, title),
    createPullRequest: (path, author, sides) =>
      admin.createPullRequest(path, author.login, { ...sides, body: '' }),
    closePullRequest: async (path, number) => admin.setPullRequestState(path, number, 'closed', path.owner),
    setLocked: async (path, number) => admin.setLocked(path, number, true),
    push: developer.push,
    remoteRef: developer.remoteRef,
    async close() {
      await close();
      await developer.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
