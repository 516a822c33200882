import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { jobStore } from '../../src/adapters/sqlite/job-store.ts';
import { outboxStore } from '../../src/adapters/sqlite/outbox-store.ts';
import { runStore } from '../../src/adapters/sqlite/run-store.ts';
import { triggerStore } from '../../src/adapters/sqlite/trigger-store.ts';
import type { Outgoing } from '../../src/report/outbox.ts';
import type { Clock } from '../../src/shared/clock.ts';
import type { SeatrialError } from '../../src/shared/errors.ts';
import { createRedactor } from '../../src/shared/redact.ts';
import { pollRepository } from '../../src/trigger/poll.ts';
import type { TestRequest } from '../../src/trigger/request.ts';
import { embeddedWorld } from '../conformance/forge-embedded-world.ts';
import { createCast, createScene, type Scene } from '../conformance/forge-scene.ts';
import type { ForgeWorld, WorldAccount } from '../conformance/forge-world.ts';
import { temporaryDirectory } from '../support/directory.ts';

/** A clock that stands still until a test moves it. */
export interface HandClock extends Clock {
  pass(seconds: number): void;
}

/** What may happen to a request on its way: nothing, an answer of somebody else, or a lost answer. */
export type Meddle = (request: Request, send: () => Promise<Response>) => Promise<Response>;

export interface Line {
  /** From now on; undefined lets everything through. */
  meddle: Meddle | undefined;
  /** Methods and paths of all requests so far. */
  readonly requests: { readonly method: string; readonly path: string }[];
}

/** A controller: its stores over one database file, and what it was told. */
export interface Controller {
  readonly stores: ReturnType<typeof storesOf>;
  readonly accepted: TestRequest[];
  readonly troubles: SeatrialError[];
  /** One look at the repository. */
  poll(): Promise<void>;
  /** Everything that waits in the outbox, in order, without being posted. */
  outgoing(): Outgoing[];
  /** As after a crash: the same file, opened by a new process. */
  restart(): Controller;
}

export interface Trigger extends Scene {
  readonly world: ForgeWorld;
  readonly line: Line;
  /** The clock of the forge. */
  readonly forgeClock: HandClock;
  /** The clock of the controller. */
  readonly ownClock: HandClock;
  say(who: WorldAccount, body: string, number?: number): Promise<string>;
  controller(): Controller;
}

const START = Date.UTC(2026, 5, 1, 12, 0, 0);

/** The embedded forge behind the gitea adapter, with one repository, its people and a pull request. */
export async function openTrigger(): Promise<Trigger> {
  const forgeClock = handClock();
  const ownClock = handClock();
  const line: Line = { meddle: undefined, requests: [] };
  const world = await embeddedWorld({ clock: forgeClock, fetch: over(line) });
  onTestFinished(() => world.close());
  const scene = await createScene(world, await createCast(world));
  return {
    ...scene,
    ...{ world, line, forgeClock, ownClock },
    async say(who, body, number = scene.number) {
      return (await world.forge(who.token).createComment(scene.path, number, body, soon())).id;
    },
    controller: () => controllerOf(scene, ownClock, join(temporaryDirectory(), 'seatrial.db')),
  };
}

export function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}

function controllerOf(scene: Scene, clock: Clock, file: string): Controller {
  const stores = storesOf(file, clock);
  const accepted: TestRequest[] = [];
  const troubles: SeatrialError[] = [];
  return {
    ...{ stores, accepted, troubles },
    poll: () =>
      pollRepository({
        ...{ forge: scene.forge, path: scene.path, store: stores.triggers, clock, signal: soon() },
        accepted: (request) => void accepted.push(request),
        trouble: (error) => void troubles.push(error),
      }),
    outgoing: () =>
      stores.db
        .all(`SELECT body FROM outbox WHERE state = 'pending' ORDER BY id`)
        .map(({ body }) => JSON.parse(String(body))),
    restart: () => controllerOf(scene, clock, file),
  };
}

function storesOf(file: string, clock: Clock) {
  const db = openDatabase(file);
  return {
    db,
    triggers: triggerStore(db),
    jobs: jobStore(db),
    outbox: outboxStore(db),
    runs: runStore(db, clock, createRedactor()),
  };
}

function handClock(): HandClock {
  let now = START;
  return {
    now: () => now,
    monotonic: () => now,
    pass(seconds) {
      now += seconds * 1000;
    },
  };
}

function over(line: Line): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    line.requests.push({ method: request.method, path: new URL(request.url).pathname });
    const send = () => globalThis.fetch(request);
    return line.meddle === undefined ? await send() : await line.meddle(request, send);
  };
}
