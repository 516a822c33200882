import type { RecordedEvent } from '../journal/event.ts';
import type { RunId } from '../shared/brand.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import { painter } from './paint.ts';
import { DEFAULT_WIDTH, type ProgressStream, screenOn } from './screen.ts';
import { frameOf, labelOf, lineOf, reminders, type Watched } from './watch-lines.ts';

export interface RunsView {
  /** Takes in an event of some run; the first one, `started`, names it. */
  see(run: RunId, recorded: RecordedEvent): void;
  /** A line of its own between those of the runs. */
  say(line: string): void;
  /** Leaves the terminal as a log is left: the live region goes, the lines stay. May be called again. */
  end(): void;
}

const REDRAW_MS = 250;
const REMIND_MS = 30_000;

/**
 * Shows runs as they go, several at once: on a terminal a region that is drawn over, elsewhere
 * a line for each event that matters, and every half minute what is still waited for.
 */
export function watchRuns(stream: ProgressStream, clock: Clock = systemClock): RunsView {
  const runs = new Map<RunId, Watched>();
  const paint = painter(stream.color);
  const screen = screenOn(stream);
  let ticking: NodeJS.Timeout | undefined;
  const redraw = () => {
    const width = stream.columns ?? DEFAULT_WIDTH;
    screen.draw([...runs.values()].flatMap((watched) => frameOf(watched, clock.now(), width, paint)));
  };
  const remind = () => {
    for (const watched of runs.values())
      for (const line of reminders(watched, clock.now(), paint)) screen.print(line);
  };
  const stop = () => {
    clearInterval(ticking);
    ticking = undefined;
  };
  const start = () => {
    ticking ??= setInterval(stream.live ? redraw : remind, stream.live ? REDRAW_MS : REMIND_MS).unref();
  };
  return {
    see(run, recorded) {
      const watched = withEvent(runs.get(run), run, recorded);
      const line = lineOf(watched, recorded, paint);
      if (line !== undefined && !(stream.live && shownLive(recorded))) screen.print(line);
      if (isOver(watched, recorded)) runs.delete(run);
      else runs.set(run, watched);
      if (stream.live) redraw();
      if (runs.size === 0) stop();
      else start();
    },
    say(line) {
      screen.print(line);
      if (stream.live) redraw();
    },
    end() {
      stop();
      runs.clear();
      screen.end();
    },
  };
}

function withEvent(known: Watched | undefined, run: RunId, recorded: RecordedEvent): Watched {
  const { event } = recorded;
  if (event.type === 'started')
    return { label: labelOf(event.request), request: event.request, since: recorded.at, events: [recorded] };
  const before = known ?? { label: run, request: undefined, since: recorded.at, events: [] };
  return { ...before, events: [...before.events, recorded] };
}

/** The live region says these better. */
function shownLive({ event }: RecordedEvent): boolean {
  return event.type === 'stage-started' || event.type === 'waiting' || event.type === 'teardown-started';
}

/** Torn down, or ended by a check of the teardown, or by one before anything was planned. */
function isOver({ events }: Watched, { event }: RecordedEvent): boolean {
  if (event.type === 'torn-down') return true;
  if (event.type !== 'check' && event.type !== 'refused') return false;
  if (event.type === 'check' && event.check.stage === 'teardown') return true;
  return !events.some(({ event: other }) => other.type === 'planned');
}
