import { Writable } from 'node:stream';
import { createLogUpdate } from 'log-update';

/** Where progress goes. */
export interface ProgressStream {
  err(text: string): void;
  /** Whether lines may be drawn over: a terminal. */
  readonly live: boolean;
  readonly color: boolean;
  /** Width of the terminal. */
  readonly columns?: number | undefined;
}

/** Lines that stay, and below them, on a terminal, a region that is drawn over. */
export interface Screen {
  print(line: string): void;
  draw(lines: readonly string[]): void;
  end(): void;
}

export const DEFAULT_WIDTH = 80;

export function screenOn(stream: ProgressStream): Screen {
  return stream.live ? liveScreen(stream) : plainScreen(stream);
}

function plainScreen(stream: ProgressStream): Screen {
  return { print: (line) => stream.err(`${line}\n`), draw: () => undefined, end: () => undefined };
}

function liveScreen(stream: ProgressStream): Screen {
  const target = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      stream.err(String(chunk));
      done();
    },
  });
  const update = createLogUpdate(target, { defaultWidth: stream.columns ?? DEFAULT_WIDTH });
  return {
    print: (line) => update.persist(line),
    draw: (lines) => (lines.length === 0 ? update.clear() : update(lines.join('\n'))),
    end: () => update.clear(),
  };
}
