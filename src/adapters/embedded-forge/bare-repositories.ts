import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProcessResult, runOrThrow, runProcess } from '../../shared/process.ts';

/** The bare git repositories of a forge, one directory each, named by the repository's id. */
export interface BareRepositories {
  readonly root: string;
  /** The whole environment of every git process: no configuration but ours, no prompts. */
  readonly environment: Readonly<Record<string, string>>;
  directoryOf(id: number): string;
  /** Empty, or with all branches and tags of another repository (a directory). */
  create(id: number, defaultBranch: string, source: string | undefined): Promise<void>;
  remove(id: number): Promise<void>;
  /** Commit of an exact ref such as `refs/heads/main`; undefined where there is none. */
  commitOfRef(id: number, ref: string): Promise<string | undefined>;
  /** Commit of a full or shortened id; undefined where there is none. */
  commitOfId(id: number, hex: string): Promise<string | undefined>;
  setRef(id: number, ref: string, commit: string): Promise<void>;
  /** Copies a branch of one repository, with its objects, to a ref of another. */
  copyRef(from: { id: number; ref: string }, to: { id: number; ref: string }): Promise<void>;
  mergeBase(id: number, one: string, other: string): Promise<string | undefined>;
}

export interface BareRepositoriesOptions {
  readonly directory: string;
  /** Where programs are found. */
  readonly path: string;
  /** Ends every process when the forge is closed. */
  readonly signal: AbortSignal;
}

/** Milliseconds for one git process. */
const DEADLINE = 60_000;

// Any object can be fetched by its id and nobody pushes below refs/pull, as on a real Gitea.
// Hooks never run. The repositories may belong to another user of the machine.
const CONFIGURATION = `[safe]
	directory = *
[core]
	hooksPath = /dev/null
[gc]
	auto = 0
[uploadpack]
	allowReachableSHA1InWant = true
	allowAnySHA1InWant = true
	allowFilter = true
[receive]
	hideRefs = refs/pull
	autogc = false
[http]
	receivepack = true
`;

/** Makes the directory where it is missing. */
export async function openBareRepositories(options: BareRepositoriesOptions): Promise<BareRepositories> {
  const root = join(options.directory, 'repositories');
  const configuration = join(options.directory, 'git.config');
  await mkdir(root, { recursive: true });
  await writeFile(configuration, CONFIGURATION);
  const environment = {
    PATH: options.path,
    HOME: options.directory,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: configuration,
    GIT_TERMINAL_PROMPT: '0',
  };
  const processOptions = {
    env: environment,
    signal: options.signal,
    deadline: DEADLINE,
    name: 'embedded forge',
  };
  const directoryOf = (id: number): string => join(root, `${id}.git`);
  const git = (id: number, ...args: string[]): Promise<ProcessResult> =>
    runOrThrow('git', ['--git-dir', directoryOf(id), ...args], processOptions);
  const ask = async (id: number, ...args: string[]): Promise<string | undefined> => {
    const result = await runProcess('git', ['--git-dir', directoryOf(id), ...args], processOptions);
    return result.exitCode === 0 ? result.stdout.trim() : undefined;
  };
  return {
    root,
    environment,
    directoryOf,
    async create(id, defaultBranch, source) {
      const init = ['init', '--quiet', '--bare', '--template=', `--initial-branch=${defaultBranch}`];
      await runOrThrow('git', [...init, directoryOf(id)], processOptions);
      if (source === undefined) return;
      const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
      await git(id, 'fetch', '--quiet', '--no-auto-gc', '--', source, ...refs);
    },
    remove: (id) => rm(directoryOf(id), { recursive: true, force: true }),
    commitOfRef: (id, ref) => ask(id, 'show-ref', '--verify', '--hash', '--', ref),
    async commitOfId(id, hex) {
      if (!/^[0-9a-f]{4,64}$/.test(hex)) return undefined;
      return ask(id, 'rev-parse', '--quiet', '--verify', `${hex}^{commit}`);
    },
    async setRef(id, ref, commit) {
      await git(id, 'update-ref', ref, commit);
    },
    async copyRef(from, to) {
      const source = directoryOf(from.id);
      await git(
        to.id,
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-auto-gc',
        '--',
        source,
        `+${from.ref}:${to.ref}`,
      );
    },
    mergeBase: (id, one, other) => ask(id, 'merge-base', one, other),
  };
}
