import { describe, expect, test } from 'vitest';
import { until } from '../../src/shared/wait.ts';
import { createScene, refusalOf, type Stage, soon } from './forge-scene.ts';

export function repositoryConformance(stage: Stage): void {
  describe('accounts and repositories', () => {
    test('whoAmI names the account of the token', async () => {
      const { world, cast } = stage();
      const { id, login } = cast.bot;
      expect(await world.forge(cast.bot.token).whoAmI(soon())).toEqual({ id, login });
    });

    test('the id of an account survives a rename', async () => {
      const { world } = stage();
      const account = await world.createAccount('before');
      await world.renameAccount(account.login, account.login.replace('before', 'after'));
      const now = await world.forge(account.token).whoAmI(soon());
      expect(now).toEqual({ id: account.id, login: account.login.replace('before', 'after') });
    });

    test('a repository is described with its addresses and its default branch', async () => {
      const { world, cast } = stage();
      const { path, forge } = await createScene(world, cast);
      const repository = await forge.repository(path, soon());
      expect(repository).toMatchObject({ ...path, archived: false, defaultBranch: 'main' });
      expect(repository.cloneUrl).toMatch(new RegExp(`^https?://.*/${path.owner}/${path.name}\\.git$`));
      expect(repository.webUrl).toMatch(new RegExp(`^https?://.*/${path.owner}/${path.name}$`));
    });

    test('an archived repository says so', async () => {
      const { world, cast } = stage();
      const { path, forge } = await createScene(world, cast);
      await world.setArchived(path, true);
      expect((await forge.repository(path, soon())).archived).toBe(true);
    });

    test('the id of a repository survives a rename, and the old name is reported as moved', async () => {
      const { world, cast } = stage();
      const { path, forge } = await createScene(world, cast);
      const before = await forge.repository(path, soon());
      const name = `${path.name}-renamed`;
      await world.renameRepository(path, name);
      expect((await forge.repository({ ...path, name }, soon())).id).toBe(before.id);
      await refusalOf(forge.repository(path, soon()), 'forge-moved');
    });

    test('a repository that does not exist and one out of sight are both not found', async () => {
      const { world, cast } = stage();
      const { path, stranger } = await createScene(world, cast, { private: true });
      const forge = world.forge(stranger.token);
      await refusalOf(forge.repository(path, soon()), 'forge-not-found');
      await refusalOf(forge.repository({ ...path, name: 'no-such' }, soon()), 'forge-not-found');
      await refusalOf(forge.commentsSince(path, 0, soon()), 'forge-not-found');
    });
  });

  describe('pull requests', () => {
    test('a pull request of the repository itself is described', async () => {
      const { world, cast } = stage();
      const { path, number, headSha, owner, forge } = await createScene(world, cast);
      const pull = await forge.pullRequest(path, number, soon());
      expect(pull).toMatchObject({
        number,
        title: 'Raise the version',
        state: 'open',
        draft: false,
        author: { id: owner.id, login: owner.login },
        headSha,
        headRef: 'fix',
        baseRef: 'main',
        sameRepository: true,
      });
      expect(pull.url).toContain(`${path.owner}/${path.name}/pulls/${number}`);
    });

    test('the head follows a push, and so does the ref that carries it', async () => {
      const { world, cast } = stage();
      const { path, number, owner, forge } = await createScene(world, cast);
      const moved = await world.push(path, owner, { branch: 'fix', from: 'fix', content: 'three' });
      expect((await forge.pullRequest(path, number, soon())).headSha).toBe(moved);
      const ref = `refs/pull/${number}/head`;
      const wait = { name: ref, deadline: 20_000, every: 100, signal: soon() };
      await until(wait, async () => {
        const at = await world.remoteRef(path, owner, ref);
        return at === moved ? { done: true, value: at } : { done: false, missing: `${moved} (is ${at})` };
      });
    });

    test('a pull request from a fork is not of the same repository', async () => {
      const { world, cast } = stage();
      const { path, stranger, forge } = await createScene(world, cast);
      await world.forkRepository(path, stranger);
      const fork = { owner: stranger.login, name: path.name };
      const headSha = await world.push(fork, stranger, { branch: 'idea', from: 'main', content: 'theirs' });
      const sides = { title: 'An idea', head: `${stranger.login}:idea`, base: 'main' };
      const number = await world.createPullRequest(path, stranger, sides);
      const pull = await forge.pullRequest(path, number, soon());
      expect(pull).toMatchObject({ headSha, sameRepository: false, author: { id: stranger.id } });
      expect(await world.remoteRef(path, cast.owner, `refs/pull/${number}/head`)).toBe(headSha);
    });

    test('drafts and closed pull requests say what they are', async () => {
      const { world, cast } = stage();
      const { path, number, owner, forge } = await createScene(world, cast);
      await world.push(path, owner, { branch: 'later', from: 'main', content: 'later' });
      const sides = { title: 'WIP: not yet', head: 'later', base: 'main' };
      const draft = await world.createPullRequest(path, owner, sides);
      expect((await forge.pullRequest(path, draft, soon())).draft).toBe(true);
      await world.closePullRequest(path, number);
      expect((await forge.pullRequest(path, number, soon())).state).toBe('closed');
    });

    test('neither an unknown number nor that of an issue is a pull request', async () => {
      const { world, cast } = stage();
      const { path, owner, forge } = await createScene(world, cast);
      const issue = await world.createIssue(path, owner, 'A question');
      await refusalOf(forge.pullRequest(path, issue, soon()), 'forge-not-found');
      await refusalOf(forge.pullRequest(path, 4711, soon()), 'forge-not-found');
    });
  });

  describe('permissions', () => {
    test('the owner is an admin, a writer writes, and everybody reads what is public', async () => {
      const { world, cast } = stage();
      const { path, owner, writer, stranger, forge } = await createScene(world, cast);
      expect(await forge.permission(path, owner, soon())).toBe('admin');
      expect(await forge.permission(path, writer, soon())).toBe('write');
      expect(await forge.permission(path, stranger, soon())).toBe('read');
    });

    test('a stranger has none in a private repository, and a withdrawn permission is gone', async () => {
      const { world, cast } = stage();
      const { path, writer, stranger, forge } = await createScene(world, cast, { private: true });
      expect(await forge.permission(path, stranger, soon())).toBe('none');
      await world.setAccess(path, writer.login, 'read');
      expect(await forge.permission(path, writer, soon())).toBe('read');
      await world.setAccess(path, writer.login, 'none');
      expect(await forge.permission(path, writer, soon())).toBe('none');
    });

    test('a login that is unknown, or belongs to someone else by now, has none', async () => {
      const { world, cast } = stage();
      const { path, owner, writer, forge } = await createScene(world, cast);
      const nobody = { id: writer.id, login: 'nobody-of-this-name' };
      expect(await forge.permission(path, nobody, soon())).toBe('none');
      const takenOver = { id: writer.id, login: owner.login };
      expect(await forge.permission(path, takenOver, soon())).toBe('none');
    });

    test('the letter case of a login does not matter', async () => {
      const { world, cast } = stage();
      const { path, writer, forge } = await createScene(world, cast);
      const shouting = { id: writer.id, login: writer.login.toUpperCase() };
      expect(await forge.permission(path, shouting, soon())).toBe('write');
    });

    test('who is no admin can ask about itself and is forbidden to ask about others', async () => {
      const { world, cast } = stage();
      const { path, owner, writer } = await createScene(world, cast);
      const forge = world.forge(writer.token);
      expect(await forge.permission(path, writer, soon())).toBe('write');
      await refusalOf(forge.permission(path, owner, soon()), 'forge-forbidden');
    });

    test('permission in a repository that is not there is not found', async () => {
      const { world, cast } = stage();
      const { path, owner, forge } = await createScene(world, cast);
      await refusalOf(forge.permission({ ...path, name: 'no-such' }, owner, soon()), 'forge-not-found');
    });
  });
}
