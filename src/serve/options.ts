import type { Forge, RepositoryPath } from '../ports/forge.ts';
import type { JobStore } from '../queue/job.ts';
import type { OutboxStore } from '../report/outbox.ts';
import type { Report } from '../report/schema.ts';
import type { House } from '../run/house.ts';
import type { TestRequest } from '../trigger/request.ts';
import type { TriggerStore } from '../trigger/store.ts';

export interface WatchedForge {
  readonly forge: Forge;
  readonly repositories: readonly RepositoryPath[];
  /** Milliseconds between two looks at a repository. */
  readonly interval: number;
}

export interface ServeOptions {
  readonly house: House;
  readonly forges: readonly WatchedForge[];
  readonly triggers: TriggerStore;
  readonly jobs: JobStore;
  readonly outbox: OutboxStore;
  /** Directory of the runs' reports and evidence. */
  readonly runs: string;
  /** Stops the daemon: polling ends, runs are cancelled and torn down, what they say is posted. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly ended: (report: Report) => void;
}

/** A request as the daemon's log names it. */
export function titleOf({ recipe, origin }: TestRequest): string {
  return origin.kind === 'forge' ? `${origin.owner}/${origin.repository}#${origin.pull}` : recipe;
}
