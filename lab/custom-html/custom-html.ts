import { join } from 'node:path';
import type { Environment } from '../../src/config/environment.ts';
import type { CommitSha } from '../../src/shared/brand.ts';
import type { LabImages } from '../open-lab.ts';
import { CHANGES, type Change, type ChangeName, NEW_RELEASE, OLD_RELEASE } from './changes.ts';
import { createRepository, importCommits, type NewCommit, type Repository } from './fast-import.ts';
import { fill, type RecipeFiles, readTemplate, without } from './recipe-files.ts';

export interface Release {
  readonly tag: string;
  readonly commit: CommitSha;
}

export interface PullRequest {
  readonly branch: string;
  readonly head: CommitSha;
  readonly title: string;
  readonly body: string;
}

/** The recipe `custom-html` as a bare git repository. */
export interface CustomHtml {
  readonly directory: string;
  /** Tip of `main`, which is the newer release. */
  readonly main: CommitSha;
  readonly releases: { readonly old: Release; readonly new: Release };
  readonly pullRequests: Readonly<Record<ChangeName, PullRequest>>;
}

export interface BuildOptions {
  /** Where the bare repository goes; made if it is not there. */
  readonly directory: string;
  readonly images: LabImages;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

const MAINTAINER = 'Custom HTML maintainers <maintainers@custom-html.example>';
const CONTRIBUTOR = 'Robin Contributor <robin@custom-html.example>';
/** 2026-01-05 09:00 UTC; the commits follow at one a day. */
const FIRST_COMMIT = 1_767_603_600;
const DAY = 86_400;

/**
 * Builds the repository: `main` with two annotated release tags, and one branch a pull
 * request. The same images give the same commit ids, always and everywhere.
 */
export async function buildCustomHtml(options: BuildOptions): Promise<CustomHtml> {
  const repository = repositoryOf(options);
  const releases = await releaseFiles(options.images);
  await createRepository(repository);
  const tips = await importCommits(repository, [
    {
      ...released(OLD_RELEASE, releases.old, 0),
      message: 'Serve pages from a volume\n',
    },
    {
      ...released(NEW_RELEASE, releases.new, 1),
      message: 'Upgrade nginx to 1.22.1\n',
    },
    ...Object.values(CHANGES).map((change) => proposed(change, releases.new, options.images)),
  ]);
  const pull = (name: ChangeName): PullRequest => pullRequest(CHANGES[name], tips);
  return {
    directory: options.directory,
    main: tipOf(tips, 'refs/heads/main'),
    releases: {
      old: { tag: OLD_RELEASE, commit: tipOf(tips, `refs/tags/${OLD_RELEASE}`) },
      new: { tag: NEW_RELEASE, commit: tipOf(tips, `refs/tags/${NEW_RELEASE}`) },
    },
    pullRequests: {
      good: pull('good'),
      'backup-label': pull('backup-label'),
      'volume-renamed': pull('volume-renamed'),
      'broken-image': pull('broken-image'),
    },
  };
}

/** Adds one more branch to a repository built before: a mutant, or a change of a test's own. */
export async function addChange(options: BuildOptions, change: Change): Promise<PullRequest> {
  const releases = await releaseFiles(options.images);
  const commit = proposed(change, releases.new, options.images);
  return pullRequest(change, await importCommits(repositoryOf(options), [commit]));
}

function repositoryOf({ directory, environment, signal }: BuildOptions): Repository {
  return { directory, environment, signal };
}

async function releaseFiles(images: LabImages): Promise<{ old: RecipeFiles; new: RecipeFiles }> {
  const template = await readTemplate(join(import.meta.dirname, 'recipe'));
  return {
    old: fill(without(template, `release/${NEW_RELEASE}`), images.nginx.old, OLD_RELEASE),
    new: fill(template, images.nginx.new, NEW_RELEASE),
  };
}

function released(tag: string, files: RecipeFiles, day: number) {
  return { branch: 'main', author: MAINTAINER, time: FIRST_COMMIT + day * DAY, files, tag };
}

function proposed(change: Change, main: RecipeFiles, images: LabImages): NewCommit {
  const body = change.body === '' ? '' : `\n${change.body}\n`;
  return {
    branch: change.branch,
    from: 'main',
    author: CONTRIBUTOR,
    time: FIRST_COMMIT + 2 * DAY,
    message: `${change.title}\n${body}`,
    files: change.edit(main, images),
  };
}

function pullRequest(change: Change, tips: ReadonlyMap<string, CommitSha>): PullRequest {
  const head = tipOf(tips, `refs/heads/${change.branch}`);
  return { branch: change.branch, head, title: change.title, body: change.body };
}

function tipOf(tips: ReadonlyMap<string, CommitSha>, ref: string): CommitSha {
  const commit = tips.get(ref);
  if (commit === undefined) throw new Error(`git made no ${ref}`);
  return commit;
}
