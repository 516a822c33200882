import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommitSha, parseCommitSha } from '../shared/brand.ts';
import { SeatrialError } from '../shared/errors.ts';
import type { ProcessResult } from '../shared/process.ts';
import { lastLines } from '../shared/text.ts';
import { readFiles } from './commit-files.ts';
import { type Git, gitIn, ok, repositoryRefused } from './git-command.ts';
import type { CommitFiles } from './repository-file.ts';

/** A private bare copy of a recipe's repository; nothing in it is ever executed or checked out. */
export interface Repository {
  /** Where it came from, for people. */
  readonly source: string;
  /** Resolves a branch, tag or id to a commit; undefined where there is none. */
  resolve(revision: string, signal: AbortSignal): Promise<CommitSha | undefined>;
  /** Tags that name commits reachable from this one, the youngest first. */
  tagsReachableFrom(commit: CommitSha, signal: AbortSignal): Promise<readonly Tag[]>;
  mergeBase(a: CommitSha, b: CommitSha, signal: AbortSignal): Promise<CommitSha | undefined>;
  /** Identifies the whole content of a commit: equal trees are equal recipes. */
  treeOf(commit: CommitSha, signal: AbortSignal): Promise<string>;
  /** What a commit holds. Throws `input` error `repository-refused` where that is more than a recipe has. */
  files(commit: CommitSha, signal: AbortSignal): Promise<CommitFiles>;
}

export interface Tag {
  readonly name: string;
  readonly commit: CommitSha;
  /** abra deploys no release whose tag is not (B81). */
  readonly annotated: boolean;
}

export interface FetchOptions {
  /** Path or URL of the repository. */
  readonly source: string;
  /** An empty private directory. */
  readonly directory: string;
  readonly path: string;
  /** Commits that have to be there afterwards. */
  readonly commits: readonly CommitSha[];
  /** More refs to ask for, such as refs/pull/1/head, or HEAD:refs/other to give one another name here. */
  readonly refs: readonly string[];
  /** Bytes that the packed history may have; 256 MiB by default. */
  readonly maxBytes?: number;
  readonly signal: AbortSignal;
}

const LARGEST_HISTORY = 256 * 1024 * 1024;
const WATCH_MS = 200;

/**
 * Fetches branches, tags and the asked refs into a private bare repository.
 * Throws `input` errors: `not-a-repository` where the source is none, `repository-refused`
 * where it sends what no recipe has, `shallow-clone` where it has no history, and
 * `unknown-commit` where a wanted commit is not to be had from it.
 */
export async function fetchRepository(options: FetchOptions): Promise<Repository> {
  const gitDir = join(options.directory, 'repository.git');
  const git = gitIn(gitDir, options.path);
  await mkdir(options.directory, { recursive: true });
  await ok(git(['init', '--quiet', '--bare', gitDir], options.signal, { anywhere: true }), 'git init');
  const specs = [
    '+refs/heads/*:refs/heads/*',
    '+refs/tags/*:refs/tags/*',
    ...options.refs.map((ref) => (ref.includes(':') ? `+${ref}` : `+${ref}:${ref}`)),
  ];
  const fetched = await fetchWithin(git, gitDir, options, specs);
  if (fetched.exitCode !== 0) throw notFetched(options.source, fetched);
  if (fetched.stderr.includes('shallow roots are not allowed')) throw shallow(options.source);
  const repository = reader(git, options.source);
  for (const commit of options.commits) await haveCommit(git, gitDir, repository, options, commit);
  return repository;
}

/** Git itself knows no limit for what a server sends, so that the growing pack is watched. */
async function fetchWithin(
  git: Git,
  gitDir: string,
  { source, signal, maxBytes = LARGEST_HISTORY }: FetchOptions,
  specs: readonly string[],
): Promise<ProcessResult> {
  const stop = new AbortController();
  const look = async () => {
    if ((await packedBytes(gitDir)) > maxBytes)
      stop.abort(repositoryRefused(`a history of more than ${Math.ceil(maxBytes / 1024 / 1024)} MiB`));
  };
  const watch = setInterval(() => void look(), WATCH_MS);
  try {
    const args = ['fetch', '--quiet', '--no-recurse-submodules', '--no-auto-maintenance', '--', source];
    const fetched = await git([...args, ...specs], AbortSignal.any([signal, stop.signal]));
    await look();
    stop.signal.throwIfAborted();
    return fetched;
  } finally {
    clearInterval(watch);
  }
}

/** Also what is still on its way; 0 before anything is there. */
async function packedBytes(gitDir: string): Promise<number> {
  const directory = join(gitDir, 'objects', 'pack');
  const names = await readdir(directory).catch(() => []);
  const sizes = await Promise.all(
    // Git renames packs while we look.
    names.map((name) =>
      stat(join(directory, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A commit that no ref names any more can still be asked for by its id. */
async function haveCommit(
  git: Git,
  gitDir: string,
  repository: Repository,
  options: FetchOptions,
  commit: CommitSha,
): Promise<void> {
  // The id of a tag resolves as well, but to another commit.
  const have = async () => (await repository.resolve(commit, options.signal)) === commit;
  if (await have()) return;
  await fetchWithin(git, gitDir, options, [commit]);
  if (await have()) return;
  throw new SeatrialError({
    kind: 'input',
    code: 'unknown-commit',
    sentence: `Commit ${commit.slice(0, 10)} is not to be had from ${options.source}.`,
    remedy: 'It may have been replaced by a force-push: ask for the present head again.',
    facts: { commit, source: options.source },
  });
}

function reader(git: Git, source: string): Repository {
  return {
    source,
    async resolve(revision, signal) {
      const found = await git(
        ['rev-parse', '--quiet', '--verify', '--end-of-options', `${revision}^{commit}`],
        signal,
      );
      return found.exitCode === 0 ? parseCommitSha(found.stdout) : undefined;
    },
    async tagsReachableFrom(commit, signal) {
      const format = '%(refname:strip=2)%09%(objecttype)%09%(objectname)';
      const listed = await ok(
        git(
          ['for-each-ref', '--sort=-creatordate', `--merged=${commit}`, `--format=${format}`, 'refs/tags'],
          signal,
        ),
        'git tag',
      );
      const lines = listed.stdout.split('\n').filter((line) => line !== '');
      const objects = lines.map((line) => line.split('\t')[2] ?? '');
      const commits = await peeled(git, objects, signal);
      return lines.flatMap((line, index) => {
        const [name = '', type] = line.split('\t');
        const target = commits[index];
        return target === undefined ? [] : [{ name, commit: target, annotated: type === 'tag' }];
      });
    },
    async mergeBase(a, b, signal) {
      const found = await git(['merge-base', a, b], signal);
      return found.exitCode === 0 ? parseCommitSha(found.stdout) : undefined;
    },
    async treeOf(commit, signal) {
      return (await ok(git(['rev-parse', `${commit}^{tree}`], signal), 'git rev-parse')).stdout.trim();
    },
    files: (commit, signal) => readFiles(git, commit, signal),
  };
}

/** The commits behind tags, however many tags lie between. */
async function peeled(
  git: Git,
  objects: readonly string[],
  signal: AbortSignal,
): Promise<readonly (CommitSha | undefined)[]> {
  if (objects.length === 0) return [];
  const input = objects.map((object) => `${object}^{commit}\n`).join('');
  const found = await ok(git(['cat-file', '--batch-check=%(objectname)'], signal, { input }), 'git cat-file');
  return found.stdout.split('\n').map(parseCommitSha);
}

function shallow(source: string): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'shallow-clone',
    sentence: `${source} is a shallow clone: it lacks the history in which releases are looked for.`,
    remedy: `Fetch the rest: git -C ${source} fetch --unshallow --tags. In a CI job, check out with the whole history (fetch-depth: 0).`,
    facts: { source },
  });
}

function notFetched(source: string, result: ProcessResult): SeatrialError {
  const broken = /(?:fsck error in packed object|has bad hash|hash mismatch|corrupt|bad object).*/.exec(
    result.stderr,
  );
  if (broken !== null)
    return repositoryRefused(`objects that git refuses (${lastLines(broken[0], 1).join('')})`);
  if (/couldn't find remote ref HEAD/.test(result.stderr)) return withoutCommit(source);
  return new SeatrialError({
    kind: 'input',
    code: 'not-a-repository',
    sentence: `${source} cannot be read as a git repository: ${gitsWords(result.stderr)}`,
    remedy: 'Name a git work tree, a bare repository or an http(s) clone address of a recipe with --source.',
    facts: { source },
  });
}

/** Nothing is committed, or what is checked out is a branch that there is not. */
function withoutCommit(source: string): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'not-a-repository',
    sentence: `${source} has no commit checked out.`,
    remedy: 'Commit the recipe first, or check out the branch that holds it.',
    facts: { source },
  });
}

/** What git complains about, without its advice. */
function gitsWords(stderr: string): string {
  const lines = lastLines(stderr, 20);
  return (lines.find((line) => line.startsWith('fatal:')) ?? lines.at(-1) ?? 'git said nothing').replace(
    /^fatal: /,
    '',
  );
}
