import { expect } from 'vitest';
import { createCast, createScene, refusalOf, type Scene, soon } from '../conformance/forge-scene.ts';
import type { ForgeWorld } from '../conformance/forge-world.ts';
import { recordingFetch } from './recording.ts';
import type { Exchange } from './swagger-contract.ts';

/** Makes a world whose adapter speaks through a given fetch. */
export type MakeWorld = (fetch: typeof globalThis.fetch) => Promise<ForgeWorld>;

/** Everything the adapter asks and everything the embedded forge can answer, well and badly. */
export async function playScenario(makeWorld: MakeWorld): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  const fetch = recordingFetch(exchanges);
  const world = await makeWorld(fetch);
  try {
    const scene = await createScene(world, await createCast(world));
    const { path, number, headSha, owner, stranger, forge } = scene;
    await forge.whoAmI(soon());
    const { webUrl } = await forge.repository(path, soon());
    await forge.pullRequest(path, number, soon());
    await refusalOf(forge.pullRequest(path, 4711, soon()), 'forge-not-found');
    await forge.permission(path, owner, soon());
    await refusalOf(world.forge(stranger.token).permission(path, owner, soon()), 'forge-forbidden');
    const comment = await forge.createComment(path, number, 'Hello', soon());
    await refusalOf(forge.createComment(path, 4711, 'Hello', soon()), 'forge-failed');
    await forge.react(path, comment.id, 'eyes', soon());
    await forge.react(path, comment.id, 'eyes', soon());
    await forge.commentsSince(path, undefined, soon());
    await forge.commentsSince(path, comment.createdAt, soon());
    await forge.comment(path, comment.id, soon());
    await forge.commentsOf(path, number, soon());
    await forge.editComment(path, comment.id, 'Hello again', soon());
    await forge.statuses(path, headSha, soon());
    const status = { context: 'seatrial/recipe', description: 'Level 3', targetUrl: webUrl } as const;
    await forge.setStatus(path, headSha, { ...status, state: 'success' }, soon());
    await forge.statuses(path, headSha, soon());
    await askTheRest(fetch, scene, comment.id, new URL(webUrl).origin);
    await forge.deleteComment(path, comment.id, soon());
    expect(await forge.comment(path, comment.id, soon())).toBeUndefined();
    await world.setArchived(path, true);
    await refusalOf(forge.createComment(path, number, 'Too late', soon()), 'forge-read-only');
    await world.renameRepository(path, 'renamed');
    await refusalOf(forge.repository(path, soon()), 'forge-moved');
    return exchanges;
  } finally {
    await world.close();
  }
}

/** What the adapter has no use for. */
async function askTheRest(
  fetch: typeof globalThis.fetch,
  { path, number, headSha, owner, forge }: Scene,
  comment: string,
  origin: string,
): Promise<void> {
  const repository = `/repos/${path.owner}/${path.name}`;
  const { id } = await forge.repository(path, soon());
  const ask = async (method: string, where: string, body?: unknown): Promise<void> => {
    await fetch(`${origin}/api/v1${where}`, {
      method,
      headers: { authorization: `token ${owner.token}`, 'content-type': 'application/json' },
      signal: soon(),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  await ask('GET', '/version');
  await ask('GET', '/settings/api');
  await ask('GET', '/settings/ui');
  await ask('GET', `/repositories/${id}`);
  await ask('GET', '/repositories/4711');
  await ask('POST', `${repository}/issues`, { title: 'A question' });
  await ask('GET', `${repository}/issues/comments/${comment}/reactions`);
  await ask('DELETE', `${repository}/issues/comments/${comment}/reactions`, { content: 'eyes' });
  await ask('POST', `${repository}/issues/comments/${comment}/reactions`, { content: 'eyes' });
  await ask('GET', `${repository}/issues/comments/${comment}/reactions`);
  await ask('PATCH', `${repository}/pulls/${number}`, { state: 'closed' });
  await ask('POST', `${repository}/pulls`, { title: 'Again', head: 'fix', base: 'main' });
  await ask('POST', `${repository}/pulls`, { title: 'Twice', head: 'fix', base: 'main' });
  await ask('GET', `${repository}/pulls?state=all&page=1&limit=10`);
  await ask('GET', `${repository}/commits/${headSha}/status?page=1&limit=10`);
  await ask('GET', `${repository}/commits/main/status`);
  await ask('GET', `${repository}/commits/nowhere/status`);
}
