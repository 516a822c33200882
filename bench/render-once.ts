import { performance } from 'node:perf_hooks';
import type { Deployer } from '../src/ports/deployer.ts';
import { findingsOf } from '../src/recipe/findings/findings.ts';
import { recipeFrom } from '../src/recipe/recipe.ts';
import { parseCommitSha, parseRunId, parseStackName } from '../src/shared/brand.ts';
import { renderStack } from '../src/stack/stack.ts';
import { tenServices } from './ten-services.ts';

/** Milliseconds of one round. */
export interface Moment {
  /** Parse, check, policy and rendering, without Docker's client. */
  readonly ours: number;
  /** Docker's client alone. */
  readonly docker: number;
}

export interface RenderOnce {
  readonly deployer: Pick<Deployer, 'config'>;
  /** New and private to this round. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** Everything between a commit's files and the document that would be deployed. Throws where it is not rendered. */
export async function renderOnce({ deployer, directory, signal }: RenderOnce): Promise<Moment> {
  let docker = 0;
  const watched: Pick<Deployer, 'config'> = {
    async config(...args) {
      const started = performance.now();
      try {
        return await deployer.config(...args);
      } finally {
        docker += performance.now() - started;
      }
    },
  };
  const [base, head] = [commit('a', '2.0'), commit('b', '2.1')];
  const started = performance.now();
  const recipe = recipeFrom(head);
  findingsOf({ head: recipe, base: recipeFrom(base), releases: [] });
  await renderStack({
    ...{
      recipe,
      directory,
      signal,
      place: PLACE,
      domain: 'drive-00zohv67h.bench.test',
      env: {},
      secrets: {},
    },
    ...{ kept: [], key: new Uint8Array(32), repository: '', deployer: watched },
  });
  return { ours: performance.now() - started - docker, docker };
}

const PLACE = {
  ...{ run: given(parseRunId('00zohv67h')), stack: given(parseStackName('drive-00zohv67h')), sha: sha('b') },
  ...{ app: 'fresh', controller: 'bench', expires: 2_000_000_000, network: 'drive-00zohv67h-net' },
  ...{ nodeId: 'node', ipvs: false },
};

function commit(letter: string, version: string) {
  const files = Object.entries(tenServices(version)).map(([path, text]) => ({
    ...{ path, executable: false, content: Buffer.from(text) },
  }));
  return { name: 'drive', sha: sha(letter), tree: letter, files, leftOut: [] };
}

function sha(letter: string) {
  return given(parseCommitSha(letter.repeat(40)));
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a name of the bench is none');
  return value;
}
