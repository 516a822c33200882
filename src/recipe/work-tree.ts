import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitSha } from '../shared/brand.ts';
import { SeatrialError } from '../shared/errors.ts';
import { gitIn, ok } from './git-command.ts';

export interface WorkTreeOptions {
  /** Path of a repository that has the commit. */
  readonly repository: string;
  readonly sha: CommitSha;
  /** Made anew; what was there is removed. */
  readonly directory: string;
  /** Search path for `git`. */
  readonly path: string;
  readonly signal: AbortSignal;
}

/** Whatever the commit's own attributes say, files are written as they are stored. */
const ATTRIBUTES = '* -text -ident -filter -working-tree-encoding\n';

/**
 * A clone of its own with a checked-out commit and all tags, for tools that insist on one.
 * Links become files that hold their target's name; hooks, filters and submodules do nothing.
 * Throws `environment` error `git-failed`.
 */
export async function makeWorkTree(options: WorkTreeOptions): Promise<void> {
  const { directory, sha, repository } = options;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const gitDir = join(directory, '.git');
  const git = gitIn(gitDir, options.path);
  const run = (...args: readonly string[]) => ok(git(args, options.signal), `git ${args[0] ?? ''}`);
  await ok(git(['init', '--quiet', directory], options.signal, { anywhere: true }), 'git init');
  await run('config', 'core.symlinks', 'false');
  await run('config', 'core.autocrlf', 'false');
  await mkdir(join(gitDir, 'info'), { recursive: true });
  await writeFile(join(gitDir, 'info', 'attributes'), ATTRIBUTES);
  await run('fetch', '--quiet', '--no-recurse-submodules', '--', repository, sha, '+refs/tags/*:refs/tags/*');
  await checkOut(options);
}

/** Puts the commit's files back as they are, whatever was done to them meanwhile, and throws `internal` error `other-commit` unless it is checked out then. */
export async function checkOut(options: Omit<WorkTreeOptions, 'repository'>): Promise<void> {
  const { directory, sha, signal } = options;
  const git = gitIn(join(directory, '.git'), options.path);
  const work = ['--work-tree', directory];
  await ok(git([...work, 'checkout', '--quiet', '--force', '--detach', sha], signal), 'git checkout');
  await ok(git([...work, 'clean', '--quiet', '-ffdx', '--', ':/'], signal), 'git clean');
  const { stdout } = await git(['rev-parse', 'HEAD'], signal);
  if (stdout.trim() === sha) return;
  throw new SeatrialError({
    kind: 'internal',
    code: 'other-commit',
    sentence: `The work tree ${directory} is at ${stdout.trim()}, not at ${sha}.`,
    facts: { sha },
  });
}
