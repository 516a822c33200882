import { mkdir } from 'node:fs/promises';
import type { Environment } from '../../src/config/environment.ts';
import { type CommitSha, parseCommitSha } from '../../src/shared/brand.ts';
import { runOrThrow } from '../../src/shared/process.ts';
import type { RecipeFiles } from './recipe-files.ts';

/** One commit to make, and an annotated tag on it where it is a release. */
export interface NewCommit {
  readonly branch: string;
  /** Other branch that this one starts from; without it a commit goes on top of its own branch, if that is there. */
  readonly from?: string;
  readonly author: string;
  /** Seconds since the epoch, so that the same content always has the same id. */
  readonly time: number;
  readonly message: string;
  readonly files: RecipeFiles;
  readonly tag?: string;
}

/** A bare repository and how git is run on it. */
export interface Repository {
  readonly directory: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

const DEADLINE = 60_000;

export async function createRepository(repository: Repository): Promise<void> {
  await mkdir(repository.directory, { recursive: true });
  await git(repository, ['init', '--quiet', '--bare', '--initial-branch=main', '.']);
}

/** Makes all commits with one git process, and returns the commit that each branch then points at. */
export async function importCommits(
  repository: Repository,
  commits: readonly NewCommit[],
): Promise<Map<string, CommitSha>> {
  const made = new Set<string>();
  const stream = commits.map((commit) => {
    const text = commitText(commit, parentText(commit, made)) + tagText(commit);
    made.add(commit.branch);
    return text;
  });
  await git(repository, ['fast-import', '--quiet', '--done'], `${stream.join('')}done\n`);
  return tips(repository);
}

/** Commit by full name of its branch or tag. */
async function tips(repository: Repository): Promise<Map<string, CommitSha>> {
  // The second name is the commit behind an annotated tag.
  const format = '%(refname) %(objectname) %(*objectname)';
  const listed = await git(repository, ['for-each-ref', `--format=${format}`]);
  const found = new Map<string, CommitSha>();
  for (const line of listed.split('\n')) {
    const [name, object, commit] = line.split(' ');
    const sha = parseCommitSha(commit || object || '');
    if (name !== undefined && sha !== undefined) found.set(name, sha);
  }
  return found;
}

/** git looks up `^0` in the repository; without it, among the branches of this very stream. */
function parentText(commit: NewCommit, made: ReadonlySet<string>): string {
  if (commit.from === undefined) return '';
  return `from refs/heads/${commit.from}${made.has(commit.from) ? '' : '^0'}\n`;
}

function commitText(commit: NewCommit, parent: string): string {
  const signature = `${commit.author} ${commit.time} +0000`;
  const files = [...commit.files].map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  return [
    `commit refs/heads/${commit.branch}\n`,
    `author ${signature}\ncommitter ${signature}\n`,
    data(commit.message),
    parent,
    'deleteall\n',
    ...files,
  ].join('');
}

function tagText(commit: NewCommit): string {
  if (commit.tag === undefined) return '';
  const tagger = `${commit.author} ${commit.time} +0000`;
  return `tag ${commit.tag}\nfrom refs/heads/${commit.branch}\ntagger ${tagger}\n${data(`${commit.tag}\n`)}`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

async function git(repository: Repository, args: readonly string[], input?: string): Promise<string> {
  const result = await runOrThrow('git', args, {
    cwd: repository.directory,
    env: {
      PATH: repository.environment.path,
      LC_ALL: 'C.UTF-8',
      // Nobody's own git settings change what is built.
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CEILING_DIRECTORIES: repository.directory,
    },
    signal: repository.signal,
    name: `git ${args[0]}`,
    deadline: DEADLINE,
    ...(input === undefined ? {} : { input }),
  });
  return result.stdout;
}
