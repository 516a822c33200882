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

const NAME = 'seatrial-heartbeat-';

/** A config object of a run that changes as long as its controller lives. */
export interface Heartbeat {
  readonly lost: AbortSignal;
  stop(signal: AbortSignal): Promise<void>;
}

export async function startHeartbeat(
  engine: Engine,
  clock: Clock,
  rhythm: Rhythm,
  of: { readonly run: RunId; readonly controller: string },
  signal: AbortSignal,
): Promise<Heartbeat> {
  const lost = new AbortController();
  const stopped = new AbortController();
  await engine.createConfig(
    `${NAME}${of.run}`,
    labels(of, 0),
    'Changes as long as the controller of this run lives.',
    signal,
  );
  const beating = beatOn();
  return {
    lost: lost.signal,
    async stop(stopSignal) {
      stopped.abort();
      await beating;
      await removeHeartbeat(engine, of.run, stopSignal);
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
      const config = await engine.config(`${NAME}${of.run}`, limit);
      if (config === undefined) return 'taken';
      return (await engine.relabelConfig(config, labels(of, count), limit)) ? 'through' : 'missed';
    } catch (error) {
      // Whatever kept this beat from going through: the time since the last one decides.
      asSeatrialError(error);
      return 'missed';
    }
  }
}

export async function removeHeartbeat(engine: Engine, run: RunId, signal: AbortSignal): Promise<void> {
  const config = await engine.config(`${NAME}${run}`, signal);
  if (config !== undefined) await engine.removeConfig(config.id, signal);
}

export interface SeenHeartbeat {
  readonly run: RunId;
  readonly controller: string;
  readonly version: number;
}

export async function heartbeats(engine: Engine, signal: AbortSignal): Promise<readonly SeenHeartbeat[]> {
  return (await engine.configs({ 'seatrial.heartbeat': '' }, signal)).flatMap(asSeen);
}

function asSeen(config: SwarmObject): SeenHeartbeat[] {
  const run = parseRunId(config.labels['seatrial.run'] ?? '');
  return run === undefined
    ? []
    : [{ run, controller: config.labels['seatrial.controller'] ?? '', version: config.version }];
}

function labels(of: { readonly run: RunId; readonly controller: string }, count: number): Labels {
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
