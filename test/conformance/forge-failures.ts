import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { CommitStatus, Forge } from '../../src/ports/forge.ts';
import { createScene, refusalOf, type Scene, type Stage, soon } from './forge-scene.ts';

export function failureConformance(stage: Stage): void {
  describe('failures', () => {
    test('a bad token is unauthorised wherever it is used, and never quoted', async () => {
      const { world, cast } = stage();
      const scene = await createScene(world, cast);
      const token = 'c0ffee0000000000000000000000000000c0ffee';
      for (const call of callsOf(world.forge(token), scene)) {
        const error = await refusalOf(call(soon()), 'forge-unauthorised');
        expect(inspect(error, { depth: 10 })).not.toContain(token);
      }
    });

    test('every operation throws the reason of a signal that is aborted', async () => {
      const { world, cast } = stage();
      const scene = await createScene(world, cast);
      const reason = new Error('superseded');
      for (const call of callsOf(scene.forge, scene)) {
        await expect(call(AbortSignal.abort(reason))).rejects.toBe(reason);
      }
    });

    test('names that would climb or reach into another path are refused or not found', async () => {
      const { world, cast } = stage();
      const { forge, path } = await createScene(world, cast);
      const names = ['..', '.', '', 'a/b', 'a?b=c', '../../user', '%2e%2e', `${path.name}#x`];
      for (const name of names) {
        const call = forge.repository({ owner: path.owner, name }, soon());
        await refusalOf(call, 'forge-rejected', 'forge-not-found');
      }
    });
  });
}

/** Every operation of the port once. */
function callsOf(forge: Forge, { path, number, headSha, owner }: Scene) {
  const status: CommitStatus = {
    context: 'seatrial/recipe',
    state: 'success',
    description: '',
    targetUrl: undefined,
  };
  const calls: ((signal: AbortSignal) => Promise<unknown>)[] = [
    (signal) => forge.whoAmI(signal),
    (signal) => forge.repository(path, signal),
    (signal) => forge.commentsSince(path, 0, signal),
    (signal) => forge.commentsSince(path, undefined, signal),
    (signal) => forge.comment(path, '1', signal),
    (signal) => forge.commentsOf(path, number, signal),
    (signal) => forge.pullRequest(path, number, signal),
    (signal) => forge.permission(path, owner, signal),
    (signal) => forge.react(path, '1', 'eyes', signal),
    (signal) => forge.createComment(path, number, 'x', signal),
    (signal) => forge.editComment(path, '1', 'x', signal),
    (signal) => forge.deleteComment(path, '1', signal),
    (signal) => forge.setStatus(path, headSha, status, signal),
    (signal) => forge.statuses(path, headSha, signal),
  ];
  return calls;
}
