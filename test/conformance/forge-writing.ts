import { describe, expect, test } from 'vitest';
import { createScene, refusalOf, type Stage, soon } from './forge-scene.ts';

export function writingConformance(stage: Stage): void {
  describe('writing comments', () => {
    test('a text is stored as it is, with its spaces, line ends and marker', async () => {
      const { world, cast } = stage();
      const { path, number, forge } = await createScene(world, cast);
      const body = '<!-- marker v1 -->\r\n  indented `code` | "ümläut" \u{1f6a2}\n\n<b>@nobody</b>';
      const made = await forge.createComment(path, number, body, soon());
      expect(made.body).toBe(body);
      expect((await forge.comment(path, made.id, soon()))?.body).toBe(body);
    });

    test('a comment can be edited, and one that is gone can not', async () => {
      const { world, cast } = stage();
      const { path, number, forge } = await createScene(world, cast);
      const made = await forge.createComment(path, number, 'before', soon());
      const edited = await forge.editComment(path, made.id, 'after', soon());
      expect(edited).toMatchObject({ id: made.id, body: 'after', number });
      await forge.deleteComment(path, made.id, soon());
      expect(await forge.editComment(path, made.id, 'too late', soon())).toBeUndefined();
    });

    test('who may write can edit the words of others, and they still stand in their name', async () => {
      const { world, cast } = stage();
      const { path, number, stranger, writer, forge } = await createScene(world, cast);
      const made = await world.forge(stranger.token).createComment(path, number, 'harmless', soon());
      const edited = await world.forge(writer.token).editComment(path, made.id, '!testme', soon());
      expect(edited?.author?.id).toBe(stranger.id);
      const own = await forge.createComment(path, number, 'ours', soon());
      await refusalOf(world.forge(stranger.token).editComment(path, own.id, 'x', soon()), 'forge-forbidden');
    });

    test('deleting a comment twice succeeds, and strangers can not', async () => {
      const { world, cast } = stage();
      const { path, number, stranger, forge } = await createScene(world, cast);
      const made = await forge.createComment(path, number, 'short-lived', soon());
      await refusalOf(world.forge(stranger.token).deleteComment(path, made.id, soon()), 'forge-forbidden');
      await forge.deleteComment(path, made.id, soon());
      await forge.deleteComment(path, made.id, soon());
      expect(await forge.commentsOf(path, number, soon())).toEqual([]);
    });

    test('a comment on a number that does not exist is an error, and so is an empty one', async () => {
      const { world, cast } = stage();
      const { path, number, forge } = await createScene(world, cast);
      await refusalOf(forge.createComment(path, 4711, 'x', soon()), 'forge-failed', 'forge-not-found');
      await refusalOf(forge.createComment(path, number, '', soon()), 'forge-rejected');
    });

    test('a locked conversation is forbidden to strangers and open to writers', async () => {
      const { world, cast } = stage();
      const { path, number, stranger, writer } = await createScene(world, cast);
      await world.setLocked(path, number);
      const strangers = world.forge(stranger.token).createComment(path, number, 'let me in', soon());
      await refusalOf(strangers, 'forge-forbidden');
      await world.forge(writer.token).createComment(path, number, 'still here', soon());
    });

    test('an archived repository is read-only', async () => {
      const { world, cast } = stage();
      const { path, number, forge } = await createScene(world, cast);
      const made = await forge.createComment(path, number, 'before', soon());
      await world.setArchived(path, true);
      await refusalOf(forge.createComment(path, number, 'after', soon()), 'forge-read-only');
      await refusalOf(forge.editComment(path, made.id, 'after', soon()), 'forge-read-only');
      expect((await forge.commentsOf(path, number, soon())).map(({ body }) => body)).toEqual(['before']);
    });

    test('a comment for a renamed repository is refused as moved and stored nowhere', async () => {
      const { world, cast } = stage();
      const { path, number, forge } = await createScene(world, cast);
      const name = `${path.name}-renamed`;
      await world.renameRepository(path, name);
      await refusalOf(forge.createComment(path, number, 'lost?', soon()), 'forge-moved');
      expect(await forge.commentsOf({ ...path, name }, number, soon())).toEqual([]);
    });
  });

  describe('reactions', () => {
    test('a reaction succeeds, again and again, and leaves the time of the comment alone', async () => {
      const { world, cast } = stage();
      const { path, number, forge } = await createScene(world, cast);
      const made = await forge.createComment(path, number, '!testme', soon());
      await forge.react(path, made.id, 'eyes', soon());
      await forge.react(path, made.id, 'eyes', soon());
      await forge.react(path, made.id, '+1', soon());
      expect((await forge.comment(path, made.id, soon()))?.updatedAt).toBe(made.updatedAt);
    });

    test('a reaction to a comment that is gone is not found', async () => {
      const { world, cast } = stage();
      const { path, number, forge } = await createScene(world, cast);
      const made = await forge.createComment(path, number, 'soon gone', soon());
      await forge.deleteComment(path, made.id, soon());
      await refusalOf(forge.react(path, made.id, 'eyes', soon()), 'forge-not-found');
    });

    test('a reaction that is forbidden for another reason than the list is refused', async () => {
      const { world, cast } = stage();
      const { path, number, stranger, forge } = await createScene(world, cast);
      const made = await forge.createComment(path, number, 'locked', soon());
      await world.setLocked(path, number);
      await refusalOf(world.forge(stranger.token).react(path, made.id, 'eyes', soon()), 'forge-forbidden');
    });
  });
}
