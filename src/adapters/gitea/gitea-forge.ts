import type { Forge } from '../../ports/forge.ts';
import { commentOperations } from './comments.ts';
import { repositoryOperations } from './repositories.ts';
import { statusOperations } from './statuses.ts';
import { createTransport } from './transport.ts';

export interface GiteaForgeOptions {
  /** The configured name of the instance; part of every key. */
  readonly name: string;
  /** Base address, such as `https://git.example.org` or `https://example.org/git`. */
  readonly url: string;
  readonly token: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds for each request, until its whole answer is there; default 20 s. */
  readonly deadline?: number;
}

const DEADLINE = 20_000;

/**
 * The forge port on a Gitea or Forgejo. Throws `input` errors for an address or a token
 * that is none; its operations throw the errors that `ports/forge.ts` names, or the reason
 * of an aborted signal.
 */
export function createGiteaForge(options: GiteaForgeOptions): Forge {
  const transport = createTransport({
    name: options.name,
    url: options.url,
    token: options.token,
    fetch: options.fetch ?? globalThis.fetch,
    deadline: options.deadline ?? DEADLINE,
  });
  return {
    name: options.name,
    ...repositoryOperations(transport),
    ...commentOperations(transport),
    ...statusOperations(transport),
  };
}
