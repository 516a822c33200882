import { execa } from 'execa';

/** A command whose whole life is measured. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Both kinds of participants clean up after themselves when they are asked to end. */
const CLEAN_UP_MS = 120_000;

/**
 * Seconds from the start of the process to its end. Throws with all that it printed when it
 * ends with anything but 0. In a process group of its own: Ctrl+C reaches it once, from us.
 */
export async function timed(name: string, command: Command, signal: AbortSignal): Promise<number> {
  const started = performance.now();
  const result = await execa(command.file, command.args, {
    env: { ...command.env },
    extendEnv: false,
    cwd: command.cwd,
    stdin: 'ignore',
    all: true,
    detached: true,
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: CLEAN_UP_MS,
  });
  const seconds = (performance.now() - started) / 1000;
  signal.throwIfAborted();
  if (result.exitCode === 0) return seconds;
  const ending = result.exitCode === undefined ? result.shortMessage : `ended with code ${result.exitCode}`;
  throw new Error(`${name} ${ending} after ${seconds.toFixed(1)} s:\n${result.all}`);
}
