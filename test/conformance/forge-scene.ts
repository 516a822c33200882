import { expect } from 'vitest';
import type { Forge, ForgeErrorCode, RepositoryPath } from '../../src/ports/forge.ts';
import type { CommitSha } from '../../src/shared/brand.ts';
import { isSeatrialError, type SeatrialError } from '../../src/shared/errors.ts';
import { until } from '../../src/shared/wait.ts';
import type { ForgeWorld, WorldAccount } from './forge-world.ts';

/** A repository with a pull request, and people with different rights in it. */
export interface Scene {
  readonly path: RepositoryPath;
  /** Number of the pull request from `fix` into `main`, opened by the owner. */
  readonly number: number;
  readonly headSha: CommitSha;
  readonly owner: WorldAccount;
  /** May administer the repository: the account Seatrial runs as. */
  readonly bot: WorldAccount;
  readonly writer: WorldAccount;
  readonly stranger: WorldAccount;
  /** The forge as the bot sees it. */
  readonly forge: Forge;
}

export interface Cast {
  readonly owner: WorldAccount;
  readonly bot: WorldAccount;
  readonly writer: WorldAccount;
  readonly stranger: WorldAccount;
}

/** Gives the world of the suite while its tests run. */
export type Stage = () => { readonly world: ForgeWorld; readonly cast: Cast };

/** Milliseconds. */
const DEADLINE = 20_000;

export function soon(): AbortSignal {
  return AbortSignal.timeout(DEADLINE);
}

export async function createCast(world: ForgeWorld): Promise<Cast> {
  const owner = await world.createAccount('owner');
  const bot = await world.createAccount('bot');
  const writer = await world.createAccount('writer');
  return { owner, bot, writer, stranger: await world.createAccount('stranger') };
}

let scenes = 0;

export async function createScene(
  world: ForgeWorld,
  cast: Cast,
  options: { readonly private?: boolean } = {},
): Promise<Scene> {
  scenes += 1;
  const path = { owner: cast.owner.login, name: `recipe-${scenes}` };
  await world.createRepository(path, { private: options.private ?? false });
  await world.setAccess(path, cast.bot.login, 'admin');
  await world.setAccess(path, cast.writer.login, 'write');
  await world.push(path, cast.owner, { branch: 'main', content: 'one' });
  const headSha = await world.push(path, cast.owner, { branch: 'fix', from: 'main', content: 'two' });
  const sides = { title: 'Raise the version', head: 'fix', base: 'main' };
  const number = await world.createPullRequest(path, cast.owner, sides);
  return { path, number, headSha, ...cast, forge: world.forge(cast.bot.token) };
}

/** The error of the port that a call ends with; fails the test where it ends otherwise. */
export async function refusalOf(call: Promise<unknown>, ...codes: ForgeErrorCode[]): Promise<SeatrialError> {
  const thrown = await call.then(
    (value) => expect.fail(`it gave ${JSON.stringify(value)} where ${codes} was expected`),
    (error: unknown) => error,
  );
  if (!isSeatrialError(thrown)) throw thrown;
  expect(codes).toContain(thrown.code);
  expect(thrown.kind).toBe('environment');
  return thrown;
}

/** Resolves when the forge's clock, which counts whole seconds, stands after this time. */
export async function forgeTimeAfter(scene: Scene, milliseconds: number): Promise<void> {
  const wait = { name: 'the next second of the forge', deadline: DEADLINE, every: 50, signal: soon() };
  await until(wait, async () => {
    const { serverTime } = await scene.forge.commentsSince(scene.path, undefined, soon());
    if (serverTime > milliseconds) return { done: true, value: undefined };
    return { done: false, missing: `a time after ${new Date(milliseconds).toISOString()}` };
  });
}
