import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCustomHtml, type CustomHtml } from '../custom-html/custom-html.ts';
import type { LabImages } from '../open-lab.ts';
import type { Context } from '../setup/context.ts';
import { STORY } from './story.ts';

/** What the demo needs of a forge besides Seatrial's own port: to fill it. */
export interface DemoForge {
  readonly url: string;
  createUser(login: string, name: string): { readonly token: string };
  createRepository(path: RepositoryName, source: string): Promise<void>;
  setAccess(path: RepositoryName, login: string, access: 'write' | 'admin'): void;
  createPullRequest(path: RepositoryName, author: string, pull: NewPull): Promise<number>;
  createComment(path: RepositoryName, number: number, author: string, body: string): string;
  close(): Promise<void>;
}

interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

interface NewPull {
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
}

export interface DemoPull {
  readonly number: number;
  readonly title: string;
}

/** A forge with the recipe and its four pull requests, and somebody who may ask for tests. */
export interface DemoWorld {
  readonly forge: DemoForge;
  readonly botToken: string;
  readonly repository: RepositoryName;
  readonly recipe: CustomHtml;
  /** In the order of the story. */
  readonly pulls: readonly DemoPull[];
  /** The maintainer's comment. */
  ask(number: number, body: string): string;
}

export interface WorldOptions extends Omit<Context, 'progress'> {
  readonly images: LabImages;
  /** Made anew. */
  readonly directory: string;
  readonly startForge: (directory: string) => Promise<DemoForge>;
}

const REPOSITORY = { owner: 'coop-cloud', name: 'custom-html' };
const MAINTAINER = 'mara';
const CONTRIBUTOR = 'colin';
const BOT = 'seatrial';

export async function openDemoWorld(options: WorldOptions): Promise<DemoWorld> {
  const { directory, images, environment, signal } = options;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const recipe = await buildCustomHtml({
    directory: join(directory, 'custom-html.git'),
    images,
    environment,
    signal,
  });
  const forge = await options.startForge(join(directory, 'forge'));
  forge.createUser(REPOSITORY.owner, 'Co-op Cloud');
  forge.createUser(MAINTAINER, 'Mara, a maintainer');
  forge.createUser(CONTRIBUTOR, 'Colin, a contributor');
  const { token } = forge.createUser(BOT, 'Seatrial');
  await forge.createRepository(REPOSITORY, recipe.directory);
  forge.setAccess(REPOSITORY, MAINTAINER, 'write');
  forge.setAccess(REPOSITORY, CONTRIBUTOR, 'write');
  // Only an administrator of a repository may ask what others may do there.
  forge.setAccess(REPOSITORY, BOT, 'admin');
  const pulls: DemoPull[] = [];
  for (const { change } of STORY) {
    const { title, body, branch } = recipe.pullRequests[change];
    const number = await forge.createPullRequest(REPOSITORY, CONTRIBUTOR, {
      title,
      body,
      head: branch,
      base: 'main',
    });
    pulls.push({ number, title });
  }
  return {
    forge,
    botToken: token,
    repository: REPOSITORY,
    recipe,
    pulls,
    ask: (number, body) => forge.createComment(REPOSITORY, number, MAINTAINER, body),
  };
}
