import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '../../src/config/environment.ts';
import { isSeatrialError, type SeatrialError } from '../../src/shared/errors.ts';
import type { Context } from '../setup/context.ts';

/** A context of a test's own, with a cache below a new directory, and what was said on it. */
export interface TestContext extends Context {
  readonly directory: string;
  readonly lines: string[];
  remove(): Promise<void>;
}

const DEADLINE = 120_000;

/** The variables stand in for those of the process; HOME, and so the cache, is the new directory. */
export async function testContext(variables: Record<string, string> = {}): Promise<TestContext> {
  const directory = await mkdtemp(join(tmpdir(), 'lab-'));
  const lines: string[] = [];
  return {
    environment: readEnvironment({ PATH: readEnvironment().path, HOME: directory, ...variables }),
    progress: (line) => lines.push(line),
    signal: AbortSignal.timeout(DEADLINE),
    directory,
    lines,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The error that this work throws; fails where it throws none of ours. */
export async function troubleOf(work: Promise<unknown>): Promise<SeatrialError> {
  const error = await work.then(
    (value) => new Error(`expected an error, got ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (isSeatrialError(error)) return error;
  throw error;
}

/** A tiny program that prints one line. */
export async function writeProgram(file: string, prints: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\necho '${prints}'\n`);
  await chmod(file, 0o755);
}
