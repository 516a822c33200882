import type { Engine, Labels, SwarmObject } from '../../ports/engine.ts';
import { parseRunId, type RunId } from '../../shared/brand.ts';
import type { Clock } from '../../shared/clock.ts';
import { asSeatrialError, SeatrialError } from '../../shared/errors.ts';
import { elapsed } from '../../shared/wait.ts';

/** How fast hearts beat, in milliseconds. The holder stops itself well before any observer may call it dead. */
export interface Rhythm {
  readonly beat: number;
  /** Without a beat that went through for this long, the holder gives up. */
  readonly giveUp: number;
  /** A heartbeat unmoved for this long, by the observer's own clock, is a death. */
  readonly dead: number;
}

export const RHYTHM: Rhythm = { beat: 3000, giveUp: 12_000, dead: 20_000 };

/** A config object of a run that changes as long as its controller lives. */
export interface Heartbeat {
  readonly lost: AbortSignal;
  stop(signal: AbortSignal): Promise<void>;
}

/** Whose heart it is, and how its object is called. */
export interface HeartbeatOf {
  readonly run: RunId;
  readonly controller: string;
  readonly name: string;
}

export async function startHeartbeat(
  engine: Engine,
  clock: Clock,
  rhythm: Rhythm,
  of: HeartbeatOf,
  signal: AbortSignal,
): Promise<Heartbeat> {
  const lost = new AbortController();
  const stopped = new AbortController();
  await created(engine, rhythm, of, signal);
  const beating = beatOn();
  return {
    lost: lost.signal,
    async stop(stopSignal) {
      stopped.abort();
      await beating;
      await removeHeartbeat(engine, of.name, stopSignal);
    },
  };

  async function beatOn(): Promise<void> {
    let count = 1;
    let last = clock.monotonic();
    while (!stopped.signal.aborted && !lost.signal.aborted) {
      await elapsed(rhythm.beat, stopped.signal);
      if (stopped.signal.aborted) return;
      const left = Math.max(1, Math.ceil(rhythm.giveUp - (clock.monotonic() - last)));
      const beat = await beatOnce(count, AbortSignal.any([stopped.signal, AbortSignal.timeout(left)]));
      if (beat === 'taken') return lost.abort(lostBecause('another controller took its slots back'));
      if (beat === 'through') last = clock.monotonic();
      else if (clock.monotonic() - last >= rhythm.giveUp)
        return lost.abort(lostBecause('the swarm could not be reached for too long'));
      count += 1;
    }
  }

  async function beatOnce(count: number, limit: AbortSignal): Promise<'through' | 'taken' | 'missed'> {
    try {
      const config = await engine.config(of.name, limit);
      if (config === undefined) return 'taken';
      return (await engine.relabelConfig(config, labels(of, count), limit)) ? 'through' : 'missed';
    } catch (error) {
      // Whatever kept this beat from going through: the time since the last one decides.
      asSeatrialError(error);
      return 'missed';
    }
  }
}

async function created(engine: Engine, rhythm: Rhythm, of: HeartbeatOf, signal: AbortSignal): Promise<void> {
  try {
    await engine.createConfig(
      of.name,
      labels(of, 0),
      'Changes as long as the controller of this run lives.',
      signal,
    );
  } catch (error) {
    // It may have been made all the same; the first error is the one that tells.
    await removeHeartbeat(engine, of.name, AbortSignal.timeout(rhythm.giveUp)).catch(asSeatrialError);
    throw error;
  }
}

export async function removeHeartbeat(engine: Engine, name: string, signal: AbortSignal): Promise<void> {
  const config = await engine.config(name, signal);
  if (config !== undefined) await engine.removeConfig(config.id, signal);
}

export interface SeenHeartbeat {
  readonly run: RunId;
  readonly controller: string;
  readonly version: number;
}

/** All heartbeats whose objects are called so. */
export async function heartbeats(
  engine: Engine,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly SeenHeartbeat[]> {
  const configs = await engine.configs({ 'seatrial.heartbeat': '' }, signal);
  return configs.filter(({ name }) => name.startsWith(prefix)).flatMap(asSeen);
}

function asSeen(config: SwarmObject): SeenHeartbeat[] {
  const run = parseRunId(config.labels['seatrial.run'] ?? '');
  return run === undefined
    ? []
    : [{ run, controller: config.labels['seatrial.controller'] ?? '', version: config.version }];
}

function labels(of: HeartbeatOf, count: number): Labels {
  return {
    'seatrial.run': of.run,
    'seatrial.controller': of.controller,
    'seatrial.heartbeat': String(count),
  };
}

function lostBecause(why: string): SeatrialError {
  return new SeatrialError({
    kind: 'environment',
    code: 'lease-lost',
    sentence: `The run lost its slots: ${why}.`,
  });
}
