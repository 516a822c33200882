import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchRepository, type Repository } from '../../src/recipe/git.ts';
import { type Recipe, readRecipe } from '../../src/recipe/recipe.ts';
import { type CommitSha, parseCommitSha } from '../../src/shared/brand.ts';
import { PATH } from '../support/git.ts';
import type { AttackFile } from './attack.ts';

/** Recipes of which each is a commit of its own in one real repository. */
export interface Recipes {
  readonly directory: string;
  readonly repository: Repository;
  read(index: number): Promise<Recipe>;
  remove(): void;
}

const WHO = 'Author <author@example.org> 1700000000 +0000';

/** Makes all commits in one go, as `git fast-import` takes them. */
export async function recipesOf(trees: readonly (readonly AttackFile[])[]): Promise<Recipes> {
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-hostile-'));
  const source = join(directory, 'source.git');
  const env = { PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const git = (args: readonly string[], input?: Buffer) =>
    execFileSync('git', args, {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input === undefined ? {} : { input }),
    });
  git(['init', '--quiet', '--bare', '--initial-branch', 'main', source]);
  git(['-C', source, 'fast-import', '--quiet'], Buffer.concat(trees.map(commitOf)));
  const refs = git(['-C', source, 'for-each-ref', '--format=%(refname:short) %(objectname)']).toString();
  const commits = new Map(
    refs
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  const repository = await fetchRepository({
    ...{ source, directory, path: PATH, commits: [], refs: [], signal: AbortSignal.timeout(60_000) },
  });
  const recipes = new Map<number, Promise<Recipe>>();
  const readNow = (index: number) =>
    readRecipe(repository, 'hostile', known(commits.get(`a${index}`)), AbortSignal.timeout(30_000));
  return {
    ...{ directory, repository },
    // Several tests look at each, and reading takes most of their time.
    read(index) {
      const recipe = recipes.get(index) ?? readNow(index);
      recipes.set(index, recipe);
      return recipe;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function commitOf(files: readonly AttackFile[], index: number): Buffer {
  return Buffer.concat([
    Buffer.from(`commit refs/heads/a${index}\ncommitter ${WHO}\ndata 0\n\n`),
    ...files.map(({ path, content, mode = '100644' }) => {
      if (mode === '160000') return Buffer.from(`M ${mode} ${String(content)} ${path}\n`);
      const bytes = Buffer.from(content);
      return Buffer.concat([
        Buffer.from(`M ${mode} inline ${path}\ndata ${bytes.length}\n`),
        ...[bytes, Buffer.from('\n')],
      ]);
    }),
    Buffer.from('\n'),
  ]);
}

function known(text: string | undefined): CommitSha {
  const sha = parseCommitSha(text ?? '');
  if (sha === undefined) throw new Error('no commit');
  return sha;
}
