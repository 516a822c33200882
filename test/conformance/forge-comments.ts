import { describe, expect, test } from 'vitest';
import { createScene, forgeTimeAfter, refusalOf, type Stage, soon } from './forge-scene.ts';

/** More than a page of the largest size. */
const MANY = 61;

export function commentConformance(stage: Stage): void {
  describe('reading comments', () => {
    test('without a beginning nothing but the time of the server is asked for', async () => {
      const { world, cast } = stage();
      const { path, number, forge } = await createScene(world, cast);
      const comment = await forge.createComment(path, number, 'old', soon());
      const page = await forge.commentsSince(path, undefined, soon());
      expect(page.comments).toEqual([]);
      expect(page.serverTime).toBeGreaterThanOrEqual(comment.createdAt);
      expect(page.serverTime).toBeLessThan(comment.createdAt + 60_000);
    });

    test('a comment at the very beginning is included and an older one is not', async () => {
      const { world, cast } = stage();
      const scene = await createScene(world, cast);
      const { path, number, forge } = scene;
      const older = await forge.createComment(path, number, 'older', soon());
      await forgeTimeAfter(scene, older.updatedAt);
      const newer = await forge.createComment(path, number, 'newer', soon());
      const { comments } = await forge.commentsSince(path, newer.updatedAt, soon());
      expect(comments.map((comment) => comment.id)).toEqual([newer.id]);
      const all = await forge.commentsSince(path, older.updatedAt, soon());
      expect(all.comments.map((comment) => comment.id)).toEqual([older.id, newer.id]);
    });

    test('a beginning within a second does not miss what happened in that second', async () => {
      const { world, cast } = stage();
      const { path, number, forge } = await createScene(world, cast);
      const comment = await forge.createComment(path, number, 'now', soon());
      const { comments } = await forge.commentsSince(path, comment.updatedAt + 999, soon());
      expect(comments.map(({ id }) => id)).toEqual([comment.id]);
    });

    test('an edited comment comes back with its first time and a new last one', async () => {
      const { world, cast } = stage();
      const scene = await createScene(world, cast);
      const { path, number, forge } = scene;
      const first = await forge.createComment(path, number, 'first', soon());
      await forgeTimeAfter(scene, first.updatedAt);
      const edited = await forge.editComment(path, first.id, 'first, corrected', soon());
      expect(edited?.createdAt).toBe(first.createdAt);
      const since = first.updatedAt + 1000;
      const { comments } = await forge.commentsSince(path, since, soon());
      expect(comments).toEqual([edited]);
      expect(comments[0]?.updatedAt).toBeGreaterThanOrEqual(since);
    });

    test('all pages are read, each comment comes once, the oldest first', async () => {
      const { world, cast } = stage();
      const { path, number, forge } = await createScene(world, cast);
      const made: string[] = [];
      for (let count = 0; count < MANY; count++) {
        made.push((await forge.createComment(path, number, `comment ${count}`, soon())).id);
      }
      const { comments } = await forge.commentsSince(path, 0, soon());
      expect(comments.map(({ id }) => id)).toEqual(made);
      expect((await forge.commentsOf(path, number, soon())).map(({ id }) => id)).toEqual(made);
    });

    test('comments on issues come along and are told from those on pull requests', async () => {
      const { world, cast } = stage();
      const { path, number, owner, forge } = await createScene(world, cast);
      const issue = await world.createIssue(path, owner, 'A question');
      await forge.createComment(path, issue, 'on the issue', soon());
      await forge.createComment(path, number, 'on the pull request', soon());
      const { comments } = await forge.commentsSince(path, 0, soon());
      const seen = comments.map((comment) => [comment.number, comment.onPullRequest, comment.body]);
      expect(seen).toEqual([
        [issue, false, 'on the issue'],
        [number, true, 'on the pull request'],
      ]);
      const ofThePull = await forge.commentsOf(path, number, soon());
      expect(ofThePull.map(({ body }) => body)).toEqual(['on the pull request']);
    });

    test('a comment can be read by itself and says who wrote it and where it stands', async () => {
      const { world, cast } = stage();
      const { path, number, writer, forge } = await createScene(world, cast);
      const made = await world.forge(writer.token).createComment(path, number, '!testme', soon());
      const read = await forge.comment(path, made.id, soon());
      const author = { id: writer.id, login: writer.login };
      expect(read).toMatchObject({ id: made.id, number, onPullRequest: true, author, body: '!testme' });
      expect(read?.url).toContain(`/${path.owner}/${path.name}/pulls/${number}`);
      expect(read?.createdAt).toBe(read?.updatedAt);
    });

    test('a comment that is gone is undefined, in a repository that is gone it is not found', async () => {
      const { world, cast } = stage();
      const { path, number, stranger, forge } = await createScene(world, cast, { private: true });
      const made = await forge.createComment(path, number, 'soon gone', soon());
      await refusalOf(world.forge(stranger.token).comment(path, made.id, soon()), 'forge-not-found');
      await forge.deleteComment(path, made.id, soon());
      expect(await forge.comment(path, made.id, soon())).toBeUndefined();
    });

    test('a comment of another repository is undefined', async () => {
      const { world, cast } = stage();
      const here = await createScene(world, cast);
      const there = await createScene(world, cast);
      const made = await there.forge.createComment(there.path, there.number, 'there', soon());
      expect(await here.forge.comment(here.path, made.id, soon())).toBeUndefined();
    });

    test('nobody answers for the comment of a deleted account', async () => {
      const { world, cast } = stage();
      const { path, number, forge } = await createScene(world, cast);
      const leaver = await world.createAccount('leaver');
      await world.forge(leaver.token).createComment(path, number, '!testme', soon());
      await world.deleteAccount(leaver.login);
      const [comment] = await forge.commentsOf(path, number, soon());
      expect(comment).toMatchObject({ body: '!testme', author: undefined });
    });

    test('the author of a comment keeps the id through a rename', async () => {
      const { world, cast } = stage();
      const { path, number, forge } = await createScene(world, cast);
      const renamed = await world.createAccount('renamed');
      await world.forge(renamed.token).createComment(path, number, 'hello', soon());
      await world.renameAccount(renamed.login, `${renamed.login}-2`);
      const [comment] = await forge.commentsOf(path, number, soon());
      expect(comment?.author).toEqual({ id: renamed.id, login: `${renamed.login}-2` });
    });
  });
}
