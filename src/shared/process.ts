import { execa } from 'execa';
import { SeatrialError } from './errors.ts';
import { lastLines } from './text.ts';

export interface ProcessOptions {
  readonly cwd?: string;
  /** The whole environment of the child; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** Names the deadline in errors. */
  readonly name: string;
  /** Milliseconds. */
  readonly deadline: number;
  /** Bytes that are kept of each stream; more ends the process. */
  readonly maxBytes?: number;
  /** Each character of the output is one byte of it. */
  readonly bytes?: true;
  /** In a process group of its own, of which nothing lives on after the call; for programs that start others. */
  readonly group?: true;
}

export interface ProcessResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Runs a program from an argument vector, without a shell and without our environment.
 * Resolves with any exit code; throws the signal's reason when aborted, `deadline` when
 * its time is up, `too-much-output` when it says more than is kept and `not-started` when the
 * program is not there.
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  options.signal.throwIfAborted();
  const running = execa(file, args, {
    env: { ...options.env },
    extendEnv: false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    cancelSignal: options.signal,
    timeout: options.deadline,
    maxBuffer: options.maxBytes ?? DEFAULT_MAX_BYTES,
    reject: false,
    encoding: options.bytes === true ? 'latin1' : 'utf8',
    stripFinalNewline: false,
    forceKillAfterDelay: 3000,
    ...(options.group === undefined ? {} : { detached: true }),
  });
  // Those that live on could hold the output open for ever.
  if (options.group === true) running.once('exit', () => killGroup(running.pid));
  const result = await running;
  options.signal.throwIfAborted();
  if (result.timedOut) throw timedOut(file, options);
  if (result.isMaxBuffer) throw tooMuch(file, options);
  if (result.exitCode === undefined)
    throw notRun(file, result.shortMessage ?? 'did not end by itself', options);
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

/** Like runProcess, but any exit code except 0 throws `environment` error `process-failed`. */
export async function runOrThrow(
  file: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  const result = await runProcess(file, args, options);
  if (result.exitCode === 0) return result;
  const words = lastLines(result.stderr || result.stdout, 4).join(' / ');
  throw new SeatrialError({
    kind: 'environment',
    code: 'process-failed',
    sentence: `${options.name} ended with code ${result.exitCode}: ${words || 'it said nothing'}`,
    facts: { program: file, exitCode: result.exitCode, words },
  });
}

function timedOut(file: string, options: ProcessOptions): SeatrialError {
  const seconds = Math.round(options.deadline / 1000);
  return new SeatrialError({
    kind: 'environment',
    code: 'deadline',
    sentence: `${options.name}: ${file} did not end within ${seconds} s`,
    facts: { deadline: options.name, program: file, seconds },
  });
}

function tooMuch(file: string, options: ProcessOptions): SeatrialError {
  const bytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  return new SeatrialError({
    kind: 'environment',
    code: 'too-much-output',
    sentence: `${options.name}: ${file} said more than ${bytes} bytes`,
    facts: { program: file, bytes },
  });
}

function notRun(file: string, why: string, options: ProcessOptions): SeatrialError {
  return new SeatrialError({
    kind: 'environment',
    code: 'not-started',
    sentence: `${options.name}: ${file} could not be run: ${why}`,
    facts: { program: file },
  });
}
