import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lastLines } from '../../src/shared/text.ts';
import { until } from '../../src/shared/wait.ts';
import { type Context, programEnvironment, step, trouble } from './context.ts';
import type { EnginePlace } from './engine-place.ts';
import { pingEngine } from './ping.ts';
import { clearRemains, livingDaemon } from './remains.ts';

const START_DEADLINE = 90_000;
const PING = 3000;
/** Lines of the log that never say why something failed. */
const CHATTER = /^.*level=(?:info|debug) .*$/gm;

/**
 * Starts an engine at a place where none answers, and returns once it does. What a dead one
 * left there is cleared first; one that lives but does not answer yet is waited for. The
 * engine has a session of its own and outlives us. Throws `engine-start` with the last lines of its log.
 */
export async function startEngine(
  context: Context,
  place: EnginePlace,
  deadline = START_DEADLINE,
): Promise<void> {
  if ((await waitForAnother(context, place, deadline)) === 'answers') return;
  await clearRemains(context, place);
  await step(context, `Starting dockerd (log: ${place.log})`, async () => {
    const daemon = await spawnDetached(context, place);
    await answering(context, place, deadline, async () => {
      // One that lost a race against another daemon is no failure as long as that one answers.
      const ended = daemon.ended();
      if (ended !== undefined && (await livingDaemon(place.pidFile)) === undefined) {
        throw await startFailed(place, `dockerd ended with ${ended}`);
      }
    }).catch(async (error: unknown) => {
      context.signal.throwIfAborted();
      daemon.stop();
      throw isDeadline(error)
        ? await startFailed(place, `dockerd did not answer at ${place.socket} in time`)
        : error;
    });
  });
}

/**
 * Waits as long as somebody is there: a daemon that is still starting answers in the end, and
 * one that is just dying lets go of its socket.
 */
async function waitForAnother(
  context: Context,
  place: EnginePlace,
  deadline: number,
): Promise<'answers' | 'nobody'> {
  let who: string | undefined;
  const wait = { name: 'another daemon answers or ends', deadline, every: 200, signal: context.signal };
  return until(wait, async () => {
    const ping = await pingEngine(place.socket, PING, context.signal);
    if (ping === 'answers') return { done: true, value: 'answers' as const };
    const pid = await livingDaemon(place.pidFile);
    if (pid === undefined && ping !== 'silent') return { done: true, value: 'nobody' as const };
    const first = who === undefined;
    who = pid === undefined ? `Somebody listens at ${place.socket}` : `A dockerd runs (process ${pid})`;
    if (first) context.progress(`${who} but does not answer yet; waiting`);
    return { done: false, missing: `an answer at ${place.socket}` };
  }).catch((cause: unknown) => {
    context.signal.throwIfAborted();
    if (!isDeadline(cause)) throw cause;
    throw trouble(
      'engine-silent',
      `${who ?? 'Nobody'} but no Docker Engine answers at ${place.socket}.`,
      'Look at the log of that daemon; if it hangs, end it and run again.',
      { cause, facts: { socket: place.socket } },
    );
  });
}

async function answering(
  context: Context,
  place: EnginePlace,
  deadline: number,
  look: () => Promise<void>,
): Promise<void> {
  const wait = { name: 'the engine answers', deadline, every: 200, signal: context.signal };
  await until(wait, async () => {
    const ping = await pingEngine(place.socket, PING, context.signal);
    if (ping === 'answers') return { done: true, value: undefined };
    await look();
    return { done: false, missing: `an answer at ${place.socket} (${ping})` };
  });
}

interface Daemon {
  /** How it ended, once it has. */
  ended(): string | undefined;
  stop(): void;
}

async function spawnDetached(context: Context, place: EnginePlace): Promise<Daemon> {
  await mkdir(dirname(place.log), { recursive: true });
  const log = await open(place.log, 'w');
  const [program, ...args] = place.command;
  let end: string | undefined;
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: programEnvironment(context.environment),
  });
  child.on('error', (error) => {
    end = `"${error.message}"`;
  });
  child.on('exit', (code, signal) => {
    end = signal === null ? `code ${code}` : `signal ${signal}`;
  });
  child.unref();
  await log.close();
  return { ended: () => end, stop: () => void (end === undefined && child.kill('SIGTERM')) };
}

async function startFailed(place: EnginePlace, what: string): Promise<Error> {
  const log = await readFile(place.log, 'utf8').catch(() => '');
  const words = lastLines(log.replaceAll(CHATTER, ''), 3);
  return trouble(
    'engine-start',
    `Docker Engine could not be started: ${what}. Its last words: ${words.join(' / ') || 'none'}`,
    `Read ${place.log}; the reason is usually in a line with level=error or "failed to".`,
    { facts: { log: place.log, words } },
  );
}

function isDeadline(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'deadline';
}
