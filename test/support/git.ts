import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CommitSha, parseCommitSha } from '../../src/shared/brand.ts';
import { temporaryDirectory } from './directory.ts';

/** A git work tree of one test, for building whatever a recipe's repository may hold. */
export interface WorkTree {
  readonly directory: string;
  /** Runs git here and gives what it printed. */
  git(...args: string[]): string;
  /** The same with something on standard input, for trees that no work tree could hold. */
  pipe(input: string | Buffer, ...args: string[]): string;
  write(path: string, content: string | Buffer, mode?: number): void;
  link(path: string, target: string): void;
  /** Commits all that is there and, where a name is given, tags it as releases are tagged. */
  commit(message: string, tag?: string): CommitSha;
}

export const PATH = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';

/** What git may know of a developer's machine: nothing but this. */
export function developerEnvironment(home: string) {
  return {
    ...{ PATH, HOME: home, LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' },
    ...{ GIT_AUTHOR_NAME: 'dev', GIT_AUTHOR_EMAIL: 'dev@example.test' },
    ...{ GIT_COMMITTER_NAME: 'dev', GIT_COMMITTER_EMAIL: 'dev@example.test' },
  };
}

const ENVIRONMENT = {
  PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Author',
  GIT_AUTHOR_EMAIL: 'author@example.org',
  GIT_COMMITTER_NAME: 'Author',
  GIT_COMMITTER_EMAIL: 'author@example.org',
};

export function workTree(): WorkTree {
  const directory = join(temporaryDirectory(), 'tree');
  mkdirSync(directory);
  const pipe = (input: string | Buffer, ...args: string[]): string =>
    execFileSync('git', args, {
      input,
      cwd: directory,
      env: ENVIRONMENT,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  const git = (...args: string[]): string => pipe('', ...args);
  const place = (path: string): string => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    return join(directory, path);
  };
  git('init', '--quiet', '--initial-branch', 'main');
  return {
    directory,
    git,
    pipe,
    write(path, content, mode = 0o644) {
      writeFileSync(place(path), content);
      chmodSync(join(directory, path), mode);
    },
    link: (path, target) => symlinkSync(target, place(path)),
    commit(message, tag) {
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', message);
      if (tag !== undefined) git('tag', '--annotate', '--message', tag, tag);
      return head(git('rev-parse', 'HEAD'));
    },
  };
}

function head(text: string): CommitSha {
  const sha = parseCommitSha(text);
  if (sha === undefined) throw new Error(`git gave no commit: ${text}`);
  return sha;
}
