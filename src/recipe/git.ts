import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CommitSha, parseCommitSha } from '../shared/brand.ts';
import { SeatrialError } from '../shared/errors.ts';
import { type ProcessResult, runProcess } from '../shared/process.ts';
import { lastLines } from '../shared/text.ts';

/** A private bare copy of a recipe's repository; nothing in it is ever executed or checked out. */
export interface Repository {
  /** Where it came from, for people. */
  readonly source: string;
  /** Resolves a branch, tag or id to a commit; undefined where there is none. */
  resolve(revision: string, signal: AbortSignal): Promise<CommitSha | undefined>;
  /** Tags that name commits reachable from this one, in no order. */
  tagsReachableFrom(commit: CommitSha, signal: AbortSignal): Promise<readonly Tag[]>;
  mergeBase(a: CommitSha, b: CommitSha, signal: AbortSignal): Promise<CommitSha | undefined>;
  /** Identifies the whole content of a commit: equal trees are equal recipes. */
  treeOf(commit: CommitSha, signal: AbortSignal): Promise<string>;
  /** All files of a commit, within limits. */
  files(commit: CommitSha, signal: AbortSignal): Promise<readonly RepositoryFile[]>;
}

export interface Tag {
  readonly name: string;
  readonly commit: CommitSha;
}

export interface RepositoryFile {
  readonly path: string;
  readonly executable: boolean;
  readonly content: Buffer;
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
  readonly signal: AbortSignal;
}

const GIT_DEADLINE_MS = 120_000;
const LIMITS = { files: 2000, fileBytes: 5 * 1024 * 1024, totalBytes: 64 * 1024 * 1024, pathLength: 300 };
// Nothing of the machine's or the repository's own settings: no hooks, filters, helpers, prompts or other protocols.
const SAFE_SETTINGS = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['protocol.file.allow', 'always'],
  ['protocol.https.allow', 'always'],
  ['protocol.http.allow', 'always'],
  ['fetch.fsckObjects', 'true'],
  ['transfer.maxSize', String(LIMITS.totalBytes * 4)],
  ['gc.auto', '0'],
] as const;

/**
 * Fetches branches, tags and the asked refs into a private bare repository.
 * Throws `input` error `not-a-repository` where the source is none and `unknown-commit`
 * where a wanted commit is not to be had from it.
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
  const fetched = await git(
    ['fetch', '--quiet', '--no-recurse-submodules', '--', options.source, ...specs],
    options.signal,
  );
  if (fetched.exitCode !== 0) throw notARepository(options.source, fetched);
  const repository = reader(git, options.source);
  for (const commit of options.commits) await haveCommit(git, repository, options, commit);
  return repository;
}

type Git = (
  args: readonly string[],
  signal: AbortSignal,
  more?: { anywhere?: boolean; bytes?: true; input?: string },
) => Promise<ProcessResult>;

function gitIn(gitDir: string, path: string): Git {
  const settings = SAFE_SETTINGS.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return (args, signal, more) =>
    runProcess('git', [...settings, ...(more?.anywhere === true ? [] : ['--git-dir', gitDir]), ...args], {
      env: {
        PATH: path,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_TERMINAL_PROMPT: '0',
        GIT_LFS_SKIP_SMUDGE: '1',
        GIT_NO_REPLACE_OBJECTS: '1',
        LC_ALL: 'C',
      },
      signal,
      name: 'reading the recipe repository',
      deadline: GIT_DEADLINE_MS,
      maxBytes: LIMITS.totalBytes,
      ...(more?.bytes === undefined ? {} : { bytes: more.bytes }),
      ...(more?.input === undefined ? {} : { input: more.input }),
    });
}

/** A commit that no ref names any more can still be asked for by its id. */
async function haveCommit(
  git: Git,
  repository: Repository,
  options: FetchOptions,
  commit: CommitSha,
): Promise<void> {
  if ((await repository.resolve(commit, options.signal)) !== undefined) return;
  await git(['fetch', '--quiet', '--no-recurse-submodules', '--', options.source, commit], options.signal);
  if ((await repository.resolve(commit, options.signal)) !== undefined) return;
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
      const format = '%(refname:strip=2)%09%(objectname)%09%(*objectname)';
      const listed = await ok(
        git(['for-each-ref', `--merged=${commit}`, `--format=${format}`, 'refs/tags'], signal),
        'git tag',
      );
      return listed.stdout.split('\n').flatMap((line) => {
        const [name, object, peeled] = line.split('\t');
        const target = parseCommitSha(peeled || object || '');
        return name === undefined || name === '' || target === undefined ? [] : [{ name, commit: target }];
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

async function readFiles(git: Git, commit: CommitSha, signal: AbortSignal): Promise<RepositoryFile[]> {
  const listed = await ok(
    git(['ls-tree', '-r', '-z', '--long', '--full-tree', commit], signal),
    'git ls-tree',
  );
  const entries = listed.stdout
    .split('\0')
    .filter((line) => line !== '')
    .map(asEntry);
  if (entries.length > LIMITS.files) throw tooBig(`more than ${LIMITS.files} files`);
  if (entries.reduce((sum, entry) => sum + entry.size, 0) > LIMITS.totalBytes)
    throw tooBig('more than 64 MiB');
  const tooLarge = entries.find(
    (entry) => entry.size > LIMITS.fileBytes || entry.path.length > LIMITS.pathLength,
  );
  if (tooLarge !== undefined) throw tooBig(`a file as large as ${tooLarge.path.slice(0, 80)}`);
  // Links and submodules could lead out of the tree; recipes have no use for them.
  const plain = entries.filter(({ mode }) => mode === '100644' || mode === '100755');
  const contents = await readBlobs(
    git,
    plain.map(({ object }) => object),
    signal,
  );
  return plain.map(({ path, mode }, index) => ({
    path,
    executable: mode === '100755',
    content: contents[index] ?? Buffer.alloc(0),
  }));
}

/** The contents of blobs, in the order in which they are asked for. */
async function readBlobs(git: Git, objects: readonly string[], signal: AbortSignal): Promise<Buffer[]> {
  const input = objects.map((object) => `${object}\n`).join('');
  const batch = await ok(git(['cat-file', '--batch'], signal, { bytes: true, input }), 'git cat-file');
  const bytes = Buffer.from(batch.stdout, 'latin1');
  const contents: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    // "<object> blob <size>", a newline, the content, a newline.
    const head = bytes.indexOf(0x0a, at);
    const size = Number(bytes.subarray(at, head).toString('latin1').split(' ')[2]);
    contents.push(bytes.subarray(head + 1, head + 1 + size));
    at = head + 1 + size + 1;
  }
  return contents;
}

function asEntry(line: string): { mode: string; object: string; size: number; path: string } {
  const tab = line.indexOf('\t');
  const [mode = '', , object = '', size = '0'] = line.slice(0, tab).split(/\s+/);
  return { mode, object, size: Number(size) || 0, path: line.slice(tab + 1) };
}

/** Writes files below a directory; paths that would lead out of it are refused. */
export async function writeFiles(directory: string, files: readonly RepositoryFile[]): Promise<void> {
  for (const file of files) {
    if (file.path.split('/').some((part) => part === '' || part === '.' || part === '..'))
      throw tooBig(`a path such as ${file.path}`);
    const target = join(directory, file.path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, file.content, { mode: file.executable ? 0o755 : 0o644 });
  }
}

async function ok(running: Promise<ProcessResult>, what: string): Promise<ProcessResult> {
  const result = await running;
  if (result.exitCode === 0) return result;
  throw new SeatrialError({
    kind: 'environment',
    code: 'git-failed',
    sentence: `${what} failed: ${lastLines(result.stderr, 2).join(' / ')}`,
    facts: { what, exitCode: result.exitCode },
  });
}

function notARepository(source: string, result: ProcessResult): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'not-a-repository',
    sentence: `${source} cannot be read as a git repository: ${gitsWords(result.stderr)}`,
    remedy: 'Name a git work tree, a bare repository or an http(s) clone address of a recipe with --source.',
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

function tooBig(what: string): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'repository-refused',
    sentence: `This is not read as a recipe: it has ${what}.`,
    remedy: 'A recipe holds compose files and small templates; keep data elsewhere.',
  });
}
