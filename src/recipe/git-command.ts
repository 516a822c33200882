import { isSeatrialError, SeatrialError } from '../shared/errors.ts';
import { type ProcessResult, runProcess } from '../shared/process.ts';
import { lastLines } from '../shared/text.ts';

/** Runs git in one private repository. */
export type Git = (
  args: readonly string[],
  signal: AbortSignal,
  more?: {
    /** Without naming the repository: it is not there yet. */
    readonly anywhere?: true;
    /** Each character of the output is one byte of it. */
    readonly bytes?: true;
    readonly input?: string;
    /** More output than this ends it with `repository-refused`. */
    readonly maxBytes?: number;
  },
) => Promise<ProcessResult>;

const GIT_DEADLINE_MS = 120_000;
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

/** Nothing of the machine's or the repository's own settings: no hooks, filters, helpers, prompts or other protocols. */
const SAFE_SETTINGS = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.bigFileThreshold', '16m'],
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['protocol.file.allow', 'always'],
  ['protocol.https.allow', 'always'],
  ['protocol.http.allow', 'always'],
  ['fetch.fsckObjects', 'true'],
  // Old histories have these, and no harm comes of them.
  ['fetch.fsck.zeroPaddedFilemode', 'ignore'],
  ['fetch.fsck.badTimezone', 'ignore'],
  ['fetch.fsck.missingSpaceBeforeDate', 'ignore'],
  ['fetch.fsck.missingEmail', 'ignore'],
  // One pack whose growth can be watched, instead of any number of files.
  ['fetch.unpackLimit', '1'],
  ['gc.auto', '0'],
] as const;

/** Git with nothing but `PATH` of our environment. */
export function gitIn(gitDir: string, path: string): Git {
  const settings = SAFE_SETTINGS.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return async (args, signal, more = {}) => {
    try {
      return await runProcess(
        'git',
        [...settings, ...(more.anywhere ? [] : ['--git-dir', gitDir]), ...args],
        {
          env: {
            PATH: path,
            GIT_CONFIG_NOSYSTEM: '1',
            GIT_CONFIG_GLOBAL: '/dev/null',
            GIT_TERMINAL_PROMPT: '0',
            GIT_ASKPASS: '/bin/false',
            GIT_LFS_SKIP_SMUDGE: '1',
            GIT_NO_REPLACE_OBJECTS: '1',
            GIT_NO_LAZY_FETCH: '1',
            LC_ALL: 'C',
          },
          signal,
          name: 'reading the recipe repository',
          // Git's own helpers for HTTP outlive it.
          group: true,
          deadline: GIT_DEADLINE_MS,
          maxBytes: more.maxBytes ?? DEFAULT_MAX_BYTES,
          ...(more.bytes === undefined ? {} : { bytes: more.bytes }),
          ...(more.input === undefined ? {} : { input: more.input }),
        },
      );
    } catch (error) {
      if (isSeatrialError(error) && error.code === 'too-much-output')
        throw repositoryRefused('more files, branches or tags than are read', error);
      throw error;
    }
  };
}

/** Throws `environment` error `git-failed` for any exit code but 0. */
export async function ok(running: Promise<ProcessResult>, what: string): Promise<ProcessResult> {
  const result = await running;
  if (result.exitCode === 0) return result;
  throw new SeatrialError({
    kind: 'environment',
    code: 'git-failed',
    sentence: `${what} failed: ${lastLines(result.stderr, 2).join(' / ')}`,
    facts: { what, exitCode: result.exitCode },
  });
}

/** `input` error for what no recipe has. `what` completes "it has …". */
export function repositoryRefused(what: string, cause?: unknown): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'repository-refused',
    sentence: `This is not read as a recipe: it has ${what}.`,
    remedy: 'A recipe holds compose files and small templates; keep data elsewhere.',
    cause,
  });
}
