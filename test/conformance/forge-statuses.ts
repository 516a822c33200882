import { describe, expect, test } from 'vitest';
import type { CommitStatus } from '../../src/ports/forge.ts';
import { parseCommitSha } from '../../src/shared/brand.ts';
import { createScene, refusalOf, type Stage, soon } from './forge-scene.ts';

const pending: CommitStatus = {
  context: 'seatrial/recipe',
  state: 'pending',
  description: 'Queued',
  targetUrl: 'https://example.test/runs/1',
};

export function statusConformance(stage: Stage): void {
  describe('statuses', () => {
    test('the newest status of each context is what counts', async () => {
      const { world, cast } = stage();
      const { path, headSha, forge } = await createScene(world, cast);
      const other: CommitStatus = { ...pending, context: 'seatrial/other', state: 'error' };
      const states = ['pending', 'failure', 'success', 'pending', 'success'] as const;
      for (const state of states) await forge.setStatus(path, headSha, { ...pending, state }, soon());
      await forge.setStatus(path, headSha, other, soon());
      const statuses = await forge.statuses(path, headSha, soon());
      expect(statuses).toHaveLength(2);
      expect(statuses).toContainEqual({ ...pending, state: 'success' });
      expect(statuses).toContainEqual(other);
    });

    test('more statuses than a page holds are read', async () => {
      const { world, cast } = stage();
      const { path, headSha, forge } = await createScene(world, cast);
      for (let count = 0; count < 52; count++) {
        await forge.setStatus(path, headSha, { ...pending, context: `seatrial/${count}` }, soon());
      }
      expect(await forge.statuses(path, headSha, soon())).toHaveLength(52);
    });

    test('a status without a target has none', async () => {
      const { world, cast } = stage();
      const { path, headSha, forge } = await createScene(world, cast);
      const bare: CommitStatus = { ...pending, state: 'failure', targetUrl: undefined };
      await forge.setStatus(path, headSha, bare, soon());
      expect(await forge.statuses(path, headSha, soon())).toEqual([bare]);
    });

    test('a description is one line of at most 140 code points, with no character cut in half', async () => {
      const { world, cast } = stage();
      const { path, headSha, forge } = await createScene(world, cast);
      const description = `two\nlines ${'\u{1f6a2}'.repeat(200)}`;
      await forge.setStatus(path, headSha, { ...pending, description }, soon());
      const [status] = await forge.statuses(path, headSha, soon());
      expect(Array.from(status?.description ?? '')).toHaveLength(140);
      expect(status?.description.startsWith('two lines \u{1f6a2}')).toBe(true);
      expect(status?.description.isWellFormed()).toBe(true);
    });

    test('a commit of a fork has its statuses in the base repository', async () => {
      const { world, cast } = stage();
      const { path, stranger, forge } = await createScene(world, cast);
      await world.forkRepository(path, stranger);
      const fork = { owner: stranger.login, name: path.name };
      const theirs = await world.push(fork, stranger, { branch: 'idea', from: 'main', content: 'theirs' });
      const sides = { title: 'An idea', head: `${stranger.login}:idea`, base: 'main' };
      await world.createPullRequest(path, stranger, sides);
      await forge.setStatus(path, theirs, pending, soon());
      expect(await forge.statuses(path, theirs, soon())).toEqual([pending]);
    });

    test('an unknown commit takes no status and has none', async () => {
      const { world, cast } = stage();
      const { path, forge } = await createScene(world, cast);
      const unknown = parseCommitSha('0123456789'.repeat(4));
      if (unknown === undefined) throw new Error('this is a commit id');
      await refusalOf(
        forge.setStatus(path, unknown, pending, soon()),
        'forge-failed',
        'forge-not-found',
        'forge-rejected',
      );
      expect(await forge.statuses(path, unknown, soon())).toEqual([]);
    });

    test('who may not write can not set a status', async () => {
      const { world, cast } = stage();
      const { path, headSha, stranger } = await createScene(world, cast);
      const forge = world.forge(stranger.token);
      await refusalOf(forge.setStatus(path, headSha, pending, soon()), 'forge-forbidden');
    });
  });
}
