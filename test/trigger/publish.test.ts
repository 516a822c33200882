import { describe, expect, test } from 'vitest';
import type { CheckResult } from '../../src/journal/check.ts';
import { STICKY_MARKER } from '../../src/report/comment.ts';
import { publishDue } from '../../src/report/publish.ts';
import { storedReport } from '../../src/serve/conduct.ts';
import type { RunId } from '../../src/shared/brand.ts';
import type { SeatrialError } from '../../src/shared/errors.ts';
import { verdictOfRecorded } from '../../src/verdict/verdict.ts';
import { newTestRun } from '../support/lab.ts';
import { type Controller, type Meddle, openTrigger, soon, type Trigger } from './scene.ts';

const ENDED_WELL = /^### ✅/m;

describe('an accepted command', () => {
  test('is acknowledged with a reaction and statuses that wait, on the commit that was asked for', async () => {
    const story = await asked();
    await story.publish();
    expect(await reactions(story)).toEqual([{ who: story.trigger.bot.login, what: 'eyes' }]);
    expect(await statuses(story)).toEqual({
      'seatrial/recipe': 'pending',
      'seatrial/recipe/install': 'pending',
      'seatrial/recipe/upgrade': 'pending',
      'seatrial/recipe/backup-restore': 'pending',
    });
    expect(await stickies(story)).toEqual([]);
  });

  test('is acknowledged also where the forge does not know our reaction', async () => {
    const story = await asked();
    const refuses = answering('POST', '/reactions', 403, `{"message":"'eyes' is not an allowed reaction"}`);
    const settings = answering('GET', '/settings/ui', 200, '{"allowed_reactions":["+1"]}');
    story.trigger.line.meddle = (request, send) => refuses(request, () => settings(request, send));
    await story.publish();
    expect(story.troubles).toEqual([]);
    expect(Object.values(await statuses(story))).toContain('pending');
  });
});

describe('the comment of a run', () => {
  test('is one from its beginning to its end, and says at last how it ended', async () => {
    const story = await asked();
    const texts: string[] = [];
    for (const step of [story.admit, story.pass, story.conclude]) {
      step();
      await story.publish();
      const [sticky, ...others] = await stickies(story);
      expect(others).toEqual([]);
      texts.push(sticky?.body ?? '');
    }
    expect(new Set(texts).size).toBe(3);
    expect(texts.at(-1)).toContain(story.trigger.headSha);
    expect(texts.every((text) => text.startsWith(STICKY_MARKER))).toBe(true);
    expect(Object.values(await statuses(story))).not.toContain('pending');
    expect((await statuses(story))['seatrial/recipe']).toBe('success');
  });

  test('is the same for every run of a pull request', async () => {
    const story = await asked();
    story.admit();
    story.conclude();
    await story.publish();
    const [first] = await stickies(story);
    const second = await story.askAgain();
    second.admit();
    second.conclude();
    await second.publish();
    const [sticky, ...others] = await stickies(story);
    expect(others).toEqual([]);
    expect(sticky?.id).toBe(first?.id);
    expect(sticky?.body).toContain(second.run);
  });

  test('is not sent again where it says the same already', async () => {
    const story = await asked();
    story.admit();
    story.conclude();
    await story.publish();
    const before = edits(story);
    story.controller.stores.db.run(`UPDATE outbox SET state = 'pending'`);
    await story.publish();
    expect(edits(story)).toBe(before);
    expect(await stickies(story)).toHaveLength(1);
  });

  test('is found again by its marker and author where its id was lost', async () => {
    const story = await asked();
    story.admit();
    await story.publish();
    story.controller.stores.db.run('DELETE FROM sticky');
    story.conclude();
    await story.publish();
    expect(await stickies(story)).toHaveLength(1);
  });

  test('is written once where the answer to its writing was lost', async () => {
    const story = await asked();
    await story.publish();
    let lost = 0;
    story.trigger.line.meddle = async (request, send) => {
      if (request.method !== 'POST' || !request.url.endsWith('/comments')) return await send();
      await send();
      lost += 1;
      throw new TypeError('the connection was closed');
    };
    story.admit();
    await story.publish();
    expect([lost, story.troubles.length]).toEqual([1, 1]);
    story.trigger.line.meddle = undefined;
    story.conclude();
    await story.publishLater();
    expect(await stickies(story)).toHaveLength(1);
    expect((await stickies(story))[0]?.body).toMatch(ENDED_WELL);
  });

  test('is written anew, once, where somebody deleted it', async () => {
    const story = await asked();
    story.admit();
    await story.publish();
    const [gone] = await stickies(story);
    await story.trigger.forge.deleteComment(story.trigger.path, gone?.id ?? '', soon());
    story.pass();
    await story.publish();
    story.conclude();
    await story.publish();
    const [sticky, ...others] = await stickies(story);
    expect(others).toEqual([]);
    expect(sticky?.id).not.toBe(gone?.id);
  });

  test('is not mistaken for one of somebody who pastes our marker, whose words stay as they are', async () => {
    const story = await asked();
    const pasted = `${STICKY_MARKER}\n✅ all is well, merge it`;
    const id = await story.trigger.say(story.trigger.stranger, pasted);
    story.admit();
    await story.publish();
    story.conclude();
    await story.publish();
    expect((await story.trigger.forge.comment(story.trigger.path, id, soon()))?.body).toBe(pasted);
    expect(await stickies(story)).toHaveLength(1);
  });

  test('is one where another process of ours writes one in the same moment: the older one stays', async () => {
    const story = await asked();
    await story.publish();
    let older = '';
    story.trigger.line.meddle = async (request, send) => {
      if (request.method === 'POST' && request.url.endsWith('/comments') && older === '') {
        older = 'on its way';
        older = await story.trigger.say(story.trigger.bot, `${STICKY_MARKER}\nof the other process`);
      }
      return await send();
    };
    story.admit();
    story.conclude();
    await story.publish();
    const [sticky, ...others] = await stickies(story);
    expect(others).toEqual([]);
    expect(sticky?.id).toBe(older);
    expect(sticky?.body).toContain(story.run);
  });
});

describe('after a crash', () => {
  test('at any call to the forge, what was not posted is posted, and nothing twice', async () => {
    let calls = 0;
    for (let survives = 0; survives === 0 || survives < calls; survives += 3) {
      const story = await asked();
      story.admit();
      story.pass();
      story.conclude();
      const before = story.trigger.line.requests.length;
      let answered = 0;
      const died = new Error('killed');
      story.trigger.line.meddle = async (_request, send) => {
        const answer = await send();
        answered += 1;
        // What the forge stored stays; the process does not live to see it.
        if (answered > survives) throw died;
        return answer;
      };
      await story.publishUntil(died);
      story.trigger.line.meddle = undefined;
      const again = story.restarted();
      await again.publishLater();
      calls = Math.max(calls, story.trigger.line.requests.length - before);
      const note = `after ${survives} answers`;
      expect(await stickies(again), note).toHaveLength(1);
      expect((await stickies(again))[0]?.body, note).toMatch(ENDED_WELL);
      expect((await statuses(again))['seatrial/recipe'], note).toBe('success');
      expect(await reactions(again), note).toHaveLength(1);
      expect(again.controller.stores.outbox.pending(), note).toBe(0);
    }
    expect(calls).toBeGreaterThan(10);
  });
});

describe('a forge that is out of reach', () => {
  test('gets everything later, once and in order', async () => {
    const story = await asked();
    story.trigger.line.meddle = () => Promise.reject(new TypeError('fetch failed'));
    story.admit();
    story.pass();
    story.conclude();
    for (let look = 0; look < 3; look += 1) await story.publish();
    const waiting = story.controller.stores.outbox.pending();
    expect(waiting).toBe(story.controller.outgoing().length);
    expect(story.troubles.length).toBeGreaterThan(0);
    story.trigger.line.meddle = undefined;
    await story.publishLater();
    expect(story.controller.stores.outbox.pending()).toBe(0);
    expect(await stickies(story)).toHaveLength(1);
    expect((await statuses(story))['seatrial/recipe']).toBe('success');
  });

  test('is not asked again before a while has passed, which grows', async () => {
    const story = await asked();
    let asks = 0;
    story.trigger.line.meddle = () => {
      asks += 1;
      return Promise.reject(new TypeError('fetch failed'));
    };
    const pauses: number[] = [];
    let since = 0;
    for (let second = 0; second < 60; second += 1) {
      const before = asks;
      await story.publish();
      if (asks > before) {
        pauses.push(since);
        since = 0;
      }
      since += 1;
      story.trigger.ownClock.pass(1);
    }
    expect(pauses).toEqual([0, 2, 4, 8, 16]);
  });

  test('says itself for how long it wants to be left alone', async () => {
    const story = await asked();
    story.trigger.line.meddle = async () =>
      new Response('{}', { status: 429, headers: { 'retry-after': '120' } });
    await story.publish();
    story.trigger.line.meddle = undefined;
    story.trigger.ownClock.pass(119);
    await story.publish();
    expect(await reactions(story)).toEqual([]);
    story.trigger.ownClock.pass(1);
    await story.publish();
    expect(await reactions(story)).toHaveLength(1);
  });
});

test('a conversation that is locked gets no comment, but the commit gets its statuses', async () => {
  const story = await asked();
  story.trigger.line.meddle = answering('POST', '/comments', 403, '{"message":"issue is locked"}');
  story.admit();
  story.conclude();
  await story.publish();
  await story.publish();
  expect(await stickies(story)).toEqual([]);
  expect((await statuses(story))['seatrial/recipe']).toBe('success');
  expect(story.controller.stores.outbox.pending()).toBe(0);
  expect(story.troubles.length).toBeGreaterThan(0);
});

test('a forge that is no longer configured holds nothing up', async () => {
  const story = await asked();
  await story.publish(new Map());
  expect(story.controller.stores.outbox.pending()).toBe(0);
});

describe('the answer to somebody who may not start tests', () => {
  test('is one comment that names them, and is not the comment of a run', async () => {
    const { trigger, controller, publish } = await refused();
    await publish();
    const ours = await commentsOfBot(trigger);
    expect(ours).toHaveLength(1);
    expect(ours[0]?.body).toContain(trigger.stranger.login);
    expect(ours[0]?.body.startsWith(STICKY_MARKER)).toBe(false);
    expect(controller.stores.outbox.pending()).toBe(0);
  });

  test('is one comment also where the answer to its writing was lost', async () => {
    const { trigger, publish, publishLater } = await refused();
    trigger.line.meddle = async (request, send) => {
      const answer = await send();
      if (request.method === 'POST' && request.url.endsWith('/comments'))
        throw new TypeError('the connection was closed');
      return answer;
    };
    await publish();
    trigger.line.meddle = undefined;
    await publishLater();
    expect(await commentsOfBot(trigger)).toHaveLength(1);
  });

  test('stays beside the comment of a run that somebody else starts', async () => {
    const { trigger, controller, publish } = await refused();
    await trigger.say(trigger.writer, '!testme');
    await controller.poll();
    await publish();
    const story = tell(trigger, controller);
    story.admit();
    story.conclude();
    await story.publish();
    expect(await commentsOfBot(trigger)).toHaveLength(2);
    expect(await stickies(story)).toHaveLength(1);
  });
});

/** One run from its command to its verdict, told step by step. */
interface Story {
  readonly trigger: Trigger;
  readonly controller: Controller;
  readonly run: RunId;
  readonly troubles: readonly SeatrialError[];
  readonly admit: () => void;
  readonly pass: () => void;
  readonly conclude: () => void;
  /** Posts what is due now. */
  publish(forges?: ReadonlyMap<string, Trigger['forge']>): Promise<void>;
  /** The same, after every pause is over. */
  publishLater(): Promise<void>;
  /** Posts until the process dies of this. */
  publishUntil(death: Error): Promise<void>;
  askAgain(): Promise<Story>;
  restarted(): Story;
}

async function asked(): Promise<Story> {
  const { trigger, controller } = await watching();
  await trigger.say(trigger.writer, '!testme');
  await controller.poll();
  return tell(trigger, controller);
}

async function refused() {
  const { trigger, controller } = await watching();
  await trigger.say(trigger.stranger, '!testme');
  await controller.poll();
  const { publish, publishLater } = publisher(trigger, controller, []);
  return { trigger, controller, publish, publishLater };
}

async function watching(): Promise<{ trigger: Trigger; controller: Controller }> {
  const trigger = await openTrigger();
  const controller = trigger.controller();
  await controller.poll();
  trigger.forgeClock.pass(1);
  return { trigger, controller };
}

function tell(trigger: Trigger, controller: Controller, begun?: RunId): Story {
  const { runs, jobs } = controller.stores;
  const troubles: SeatrialError[] = [];
  const run = begun ?? newTestRun();
  if (begun === undefined) {
    const job = jobs.take(run);
    if (job === undefined) throw new Error('no job waits');
    runs.begin({
      ...{ id: run, request: job.request, controller: 'tests' },
      process: { pid: 1, started: '' },
      at: 0,
    });
  }
  const check: CheckResult = {
    stage: 'install',
    id: 'deploys',
    title: 'it deploys',
    outcome: 'pass',
    took: 1,
  };
  return {
    ...{ trigger, controller, run, troubles },
    ...publisher(trigger, controller, troubles),
    admit: () => void runs.append(run, { type: 'admitted', slots: 2 }),
    pass() {
      runs.append(run, { type: 'stage-started', stage: 'install' });
      runs.append(run, { type: 'check', check });
      runs.append(run, { type: 'stage-ended', stage: 'install', took: 1 });
    },
    conclude() {
      for (const stage of ['install', 'upgrade', 'backup-restore'] as const)
        runs.append(run, { type: 'check', check: { ...check, stage, id: 'last' } });
      runs.conclude(run, verdictOfRecorded(runs.events(run)));
    },
    async askAgain() {
      await trigger.say(trigger.writer, '!testme');
      await controller.poll();
      return tell(trigger, controller);
    },
    restarted: () => tell(trigger, controller.restart(), run),
  };
}

function publisher(
  trigger: Trigger,
  controller: Controller,
  troubles: SeatrialError[],
): Pick<Story, 'publish' | 'publishLater' | 'publishUntil'> {
  const { outbox: store, runs } = controller.stores;
  const due = (forges: ReadonlyMap<string, Trigger['forge']>) =>
    publishDue({
      ...{ store, forges, clock: trigger.ownClock, signal: soon() },
      report: (run) => storedReport({ store: runs }, run, 'runs'),
      trouble: (error) => void troubles.push(error),
    });
  const here = new Map([[trigger.forge.name, trigger.forge]]);
  return {
    async publish(forges = here) {
      while ((await due(forges)) > 0);
    },
    async publishLater() {
      for (let look = 0; look < 20; look += 1) {
        trigger.ownClock.pass(3600);
        while ((await due(here)) > 0);
      }
    },
    async publishUntil(death) {
      // From the first trouble on the process is dead: nothing of it is stored any more.
      const dead = () => troubles.length > 0;
      const mortal = {
        ...store,
        posted: (id: number) => (dead() ? undefined : store.posted(id)),
        setSticky: (...given: Parameters<typeof store.setSticky>) =>
          dead() ? undefined : store.setSticky(...given),
        postponed: () => undefined,
        abandoned: () => undefined,
      };
      while (!dead()) {
        const count = await publishDue({
          ...{ store: mortal, forges: here, clock: trigger.ownClock, signal: soon() },
          report: (run) => storedReport({ store: runs }, run, 'runs'),
          trouble: (error) => void troubles.push(error),
        });
        if (count === 0) return;
      }
      expect(String(troubles[0]?.message)).toContain(death.message);
    },
  };
}

async function commentsOfBot(trigger: Trigger) {
  const comments = await trigger.forge.commentsOf(trigger.path, trigger.number, soon());
  return comments.filter(({ author }) => author?.id === trigger.bot.id);
}

async function stickies({ trigger }: Story) {
  return (await commentsOfBot(trigger)).filter(({ body }) => body.includes(STICKY_MARKER));
}

/** State by context, with the recipe called `recipe` whatever its name. */
async function statuses({ trigger }: Story): Promise<Record<string, string>> {
  const all = await trigger.forge.statuses(trigger.path, trigger.headSha, soon());
  const name = (context: string) => context.replace(trigger.path.name, 'recipe');
  return Object.fromEntries(all.map(({ context, state }) => [name(context), state]));
}

/** Of the comment that asked. */
async function reactions({ trigger, controller, run }: Story) {
  const origin = controller.stores.runs.get(run)?.request.origin;
  if (origin?.kind !== 'forge') throw new Error('the run was not asked for by a comment');
  const { owner, name } = trigger.path;
  const base = (await trigger.forge.repository(trigger.path, soon())).webUrl.replace(`/${owner}/${name}`, '');
  const url = `${base}/api/v1/repos/${owner}/${name}/issues/comments/${origin.commentId}/reactions`;
  const listed: unknown = await (await fetch(url)).json();
  if (!Array.isArray(listed)) return [];
  return listed.map((reaction) => ({ who: String(reaction.user.login), what: String(reaction.content) }));
}

function edits({ trigger }: Story): number {
  return trigger.line.requests.filter(({ method }) => method === 'PATCH').length;
}

function answering(method: string, ending: string, status: number, body: string): Meddle {
  return async (request, send) =>
    request.method === method && new URL(request.url).pathname.endsWith(ending)
      ? new Response(body, { status, headers: { 'content-type': 'application/json' } })
      : await send();
}
