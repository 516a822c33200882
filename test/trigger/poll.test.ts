import { describe, expect, test } from 'vitest';
import { errorOf } from '../support/errors.ts';
import { openTrigger, soon, type Trigger } from './scene.ts';

describe('a command of somebody who may write', () => {
  test('becomes one job for the commit that is the head now, with all that is needed to fetch it', async () => {
    const { trigger, seatrial } = await watched();
    const comment = await trigger.say(trigger.writer, 'Looks good.\n\n!testme');
    await seatrial.poll();
    const { id } = await trigger.forge.repository(trigger.path, soon());
    expect(seatrial.accepted).toMatchObject([
      {
        recipe: trigger.path.name,
        source: expect.stringContaining(`/${trigger.path.owner}/${trigger.path.name}.git`),
        head: trigger.headSha,
        base: 'main',
        refs: [`refs/pull/${trigger.number}/head`],
        only: [],
        origin: {
          ...{ kind: 'forge', forge: 'embedded', repositoryId: id, owner: trigger.path.owner },
          ...{ repository: trigger.path.name, pull: trigger.number, commentId: comment },
          requester: trigger.writer.login,
          ownBranch: true,
        },
      },
    ]);
    expect(seatrial.stores.jobs.waiting()).toBe(1);
    expect(kinds(seatrial)).toEqual(['reaction', 'pending']);
  });

  test('is for the head as it is when the comment is read, not as it was when it was written', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.writer, '!testme');
    const newer = await trigger.world.push(trigger.path, trigger.owner, {
      ...{ branch: 'fix', from: 'fix', content: 'three' },
    });
    await seatrial.poll();
    expect(seatrial.accepted.map(({ head }) => head)).toEqual([newer]);
  });

  test('is carried out once, however often the list is read, and over restarts', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.writer, '!testme');
    for (let look = 0; look < 3; look += 1) await seatrial.poll();
    trigger.forgeClock.pass(30);
    const again = seatrial.restart();
    await again.poll();
    trigger.forgeClock.pass(3600);
    await again.restart().poll();
    expect([seatrial.accepted.length, again.accepted.length]).toEqual([1, 0]);
    expect(again.restart().stores.jobs.waiting()).toBe(1);
  });

  test('is carried out once by two who look at the same time', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.writer, '!testme');
    await Promise.all([seatrial.poll(), seatrial.poll(), seatrial.poll()]);
    expect(seatrial.accepted).toHaveLength(1);
    expect(seatrial.stores.jobs.waiting()).toBe(1);
  });

  test('is told from another of the same second, and both are carried out', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.writer, '!testme');
    await trigger.say(trigger.owner, '!testme');
    await seatrial.poll();
    await trigger.say(trigger.writer, '!testme');
    await seatrial.poll();
    expect(seatrial.accepted.map(({ origin }) => origin.kind === 'forge' && origin.requester)).toEqual([
      trigger.writer.login,
      trigger.owner.login,
      trigger.writer.login,
    ]);
  });

  test('waits for nobody who is away for hours, but not for somebody who is away for days', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.writer, '!testme');
    trigger.forgeClock.pass(2 * 3600);
    await trigger.say(trigger.owner, '!testme');
    trigger.forgeClock.pass(23 * 3600);
    await seatrial.poll();
    expect(seatrial.accepted).toHaveLength(1);
    expect(seatrial.accepted[0]?.origin).toMatchObject({ requester: trigger.owner.login });
  });

  test('is found among more comments than fit on a page', async () => {
    const { trigger, seatrial } = await watched();
    for (let count = 0; count < 30; count += 1) await trigger.say(trigger.stranger, `nothing ${count}`);
    await trigger.say(trigger.writer, '!testme');
    for (let count = 0; count < 30; count += 1) await trigger.say(trigger.stranger, `nothing ${count}`);
    await seatrial.poll();
    expect(seatrial.accepted).toHaveLength(1);
  });
});

describe('history', () => {
  test('is not replayed at the first start, however young it is', async () => {
    const trigger = await openTrigger();
    await trigger.say(trigger.writer, '!testme');
    trigger.forgeClock.pass(10);
    await trigger.say(trigger.writer, '!testme');
    const seatrial = trigger.controller();
    for (let look = 0; look < 3; look += 1) {
      await seatrial.poll();
      trigger.forgeClock.pass(5);
    }
    expect(seatrial.accepted).toEqual([]);
    expect(seatrial.outgoing()).toEqual([]);
    await trigger.say(trigger.writer, '!testme');
    await seatrial.poll();
    expect(seatrial.accepted).toHaveLength(1);
  });

  test('does not begin before the first look: what is said right after it counts', async () => {
    const { trigger, seatrial } = await watched({ settle: 0 });
    await trigger.say(trigger.writer, '!testme');
    await seatrial.poll();
    expect(seatrial.accepted).toHaveLength(1);
  });
});

describe('nothing happens', () => {
  test.each([
    ['a quote', '> !testme'],
    ['code', '```\n!testme\n```'],
    ['a sentence', 'please !testme'],
    ['an HTML comment', '<!-- !testme -->'],
    ['ordinary talk', 'nice work'],
  ])('at %s', async (_, body) => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.writer, body);
    await nothing(seatrial);
  });

  test('at a comment that was edited into a command, by its author or by somebody else', async () => {
    const { trigger, seatrial } = await watched();
    const own = await trigger.say(trigger.writer, 'hello');
    const foreign = await trigger.say(trigger.stranger, 'hello');
    const unseen = await trigger.say(trigger.writer, 'not yet read');
    trigger.forgeClock.pass(5);
    await trigger.forge.editComment(trigger.path, unseen, '!testme', soon());
    await seatrial.poll();
    trigger.forgeClock.pass(5);
    for (const id of [own, foreign]) await trigger.forge.editComment(trigger.path, id, '!testme', soon());
    await nothing(seatrial);
  });

  test('at a command in which somebody corrects a typo later', async () => {
    const { trigger, seatrial } = await watched();
    const id = await trigger.say(trigger.writer, '!testme\n\nthanks in advanse');
    await seatrial.poll();
    trigger.forgeClock.pass(3600);
    await trigger.forge.editComment(trigger.path, id, '!testme\n\nthanks in advance', soon());
    await seatrial.poll();
    expect(seatrial.accepted).toHaveLength(1);
  });

  test('at a command on a pull request that is closed', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.writer, '!testme');
    await trigger.world.closePullRequest(trigger.path, trigger.number);
    await nothing(seatrial);
  });

  test('at a command on an issue', async () => {
    const { trigger, seatrial } = await watched();
    const issue = await trigger.world.createIssue(trigger.path, trigger.owner, 'A question');
    await trigger.say(trigger.writer, '!testme', issue);
    await nothing(seatrial);
  });

  test('at our own comments, also under another name', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.bot, '!testme');
    await trigger.world.renameAccount(trigger.bot.login, `${trigger.bot.login}-renamed`);
    await trigger.say(trigger.bot, '!testme');
    await nothing(seatrial);
  });

  test('at the comment of an account that is gone', async () => {
    const { trigger, seatrial } = await watched();
    const leaver = await trigger.world.createAccount('leaver');
    await trigger.world.setAccess(trigger.path, leaver.login, 'write');
    await trigger.say(leaver, '!testme');
    await trigger.world.deleteAccount(leaver.login);
    await nothing(seatrial);
  });

  test('at a comment that is deleted or edited between the list and the decision', async () => {
    for (const change of ['delete', 'edit'] as const) {
      const { trigger, seatrial } = await watched();
      const id = await trigger.say(trigger.writer, '!testme');
      trigger.line.meddle = async (request, send) => {
        if (request.method === 'GET' && new URL(request.url).pathname.endsWith(`/pulls/${trigger.number}`)) {
          trigger.line.meddle = undefined;
          if (change === 'delete') await trigger.forge.deleteComment(trigger.path, id, soon());
          else await trigger.forge.editComment(trigger.path, id, '!testme not', soon());
        }
        return await send();
      };
      await nothing(seatrial);
    }
  });
});

describe('somebody who may not write', () => {
  test('is answered once a pull request, and no test is started', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.stranger, '!testme');
    await trigger.say(trigger.stranger, '!testme');
    await seatrial.poll();
    await trigger.say(trigger.stranger, '!testme');
    await seatrial.restart().poll();
    const again = seatrial.restart();
    expect(again.stores.jobs.waiting()).toBe(0);
    expect(again.outgoing()).toMatchObject([
      { kind: 'refusal', refusal: { login: trigger.stranger.login, pull: trigger.number } },
    ]);
  });

  test('is told from others, each of whom is answered', async () => {
    const { trigger, seatrial } = await watched();
    const reader = await trigger.world.createAccount('reader');
    await trigger.world.setAccess(trigger.path, reader.login, 'read');
    await trigger.say(trigger.stranger, '!testme');
    await trigger.say(reader, '!testme');
    await seatrial.poll();
    expect(kinds(seatrial)).toEqual(['refusal', 'refusal']);
    expect(seatrial.accepted).toEqual([]);
  });

  test('does not get an answer for talking', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.stranger, 'what does !testme do?');
    await nothing(seatrial);
  });

  test('is asked about when the comment is read: a right that was taken away counts no more', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.writer, '!testme');
    await trigger.world.setAccess(trigger.path, trigger.writer.login, 'none');
    await seatrial.poll();
    expect(seatrial.accepted).toEqual([]);
  });
});

describe('where the forge cannot be asked', () => {
  test.each<[string, () => Promise<Response>]>([
    ['it fails', async () => new Response('{"message":"oops"}', { status: 500 })],
    ['it is out of reach', () => Promise.reject(new TypeError('fetch failed'))],
    ['it has had enough', async () => new Response('{}', { status: 429, headers: { 'retry-after': '7' } })],
    ['somebody else answers', async () => new Response('<html>maintenance</html>', { status: 200 })],
  ])('for a permission because %s, the comment stays undecided and is read again', async (_, answer) => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.writer, '!testme');
    trigger.line.meddle = (request, send) => (request.url.includes('/permission') ? answer() : send());
    await seatrial.poll();
    expect(seatrial.accepted).toEqual([]);
    expect(seatrial.outgoing()).toEqual([]);
    expect(seatrial.troubles).toHaveLength(1);
    // Much later, and with other comments in between.
    trigger.forgeClock.pass(3600);
    await trigger.say(trigger.stranger, 'anything new?');
    await seatrial.poll();
    trigger.line.meddle = undefined;
    trigger.forgeClock.pass(3600);
    await seatrial.poll();
    expect(seatrial.accepted).toHaveLength(1);
  });

  test('for a permission because we ourselves may not ask, it is said once and not tried for ever', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.world.setAccess(trigger.path, trigger.bot.login, 'write');
    await trigger.say(trigger.writer, '!testme');
    for (let look = 0; look < 3; look += 1) await seatrial.poll();
    expect(seatrial.troubles.map(({ code }) => code)).toEqual(['forge-forbidden']);
    expect(seatrial.accepted).toEqual([]);
  });

  test('for the list, nothing is lost', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.writer, '!testme');
    trigger.line.meddle = async (request, send) =>
      request.url.includes('/comments?') ? new Response('{}', { status: 502 }) : await send();
    expect(await errorOf(seatrial.poll())).toMatchObject({ code: 'forge-failed' });
    trigger.line.meddle = undefined;
    trigger.forgeClock.pass(600);
    await seatrial.poll();
    expect(seatrial.accepted).toHaveLength(1);
  });

  test('about one comment, the others are decided all the same', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.writer, '!testme');
    await trigger.say(trigger.owner, '!testme');
    trigger.line.meddle = async (request, send) =>
      request.url.includes(`/collaborators/${trigger.writer.login}/`)
        ? new Response('{}', { status: 500 })
        : await send();
    await seatrial.poll();
    expect(seatrial.accepted.map(({ origin }) => origin.kind === 'forge' && origin.requester)).toEqual([
      trigger.owner.login,
    ]);
    trigger.line.meddle = undefined;
    await seatrial.poll();
    expect(seatrial.accepted).toHaveLength(2);
  });
});

describe('clocks', () => {
  test.each([-600, 600])('that differ by %d s lose and repeat nothing', async (seconds) => {
    const { trigger, seatrial } = await watched();
    trigger.ownClock.pass(seconds);
    for (let round = 1; round <= 3; round += 1) {
      await trigger.say(trigger.writer, '!testme');
      await seatrial.poll();
      await seatrial.poll();
      expect(seatrial.accepted).toHaveLength(round);
      trigger.forgeClock.pass(100);
    }
  });

  test('of a forge that jump back lose nothing', async () => {
    const { trigger, seatrial } = await watched();
    await trigger.say(trigger.writer, '!testme');
    await seatrial.poll();
    trigger.forgeClock.pass(-300);
    await trigger.say(trigger.writer, '!testme');
    for (let look = 0; look < 3; look += 1) await seatrial.poll();
    expect(seatrial.accepted).toHaveLength(2);
  });
});

type Seatrial = ReturnType<Trigger['controller']>;

/** A repository that has been looked at before: from now on what is said counts. */
async function watched({ settle = 1 } = {}): Promise<{ trigger: Trigger; seatrial: Seatrial }> {
  const trigger = await openTrigger();
  const seatrial = trigger.controller();
  await seatrial.poll();
  trigger.forgeClock.pass(settle);
  return { trigger, seatrial };
}

async function nothing(seatrial: Seatrial): Promise<void> {
  await seatrial.poll();
  await seatrial.poll();
  expect(seatrial.accepted).toEqual([]);
  expect(seatrial.outgoing()).toEqual([]);
  expect(seatrial.stores.jobs.waiting()).toBe(0);
  expect(seatrial.troubles).toEqual([]);
}

function kinds(seatrial: Seatrial): string[] {
  return seatrial.outgoing().map(({ kind }) => kind);
}
