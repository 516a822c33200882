import type { DatabaseSync } from 'node:sqlite';
import type { RandomBytes } from '../../shared/ids.ts';
import type { BareRepositories } from './bare-repositories.ts';

/** What every part of the running forge works with. */
export interface Core {
  readonly database: DatabaseSync;
  readonly git: BareRepositories;
  /** Seconds since the epoch. */
  now(): number;
  readonly random: RandomBytes;
  /** Address of the forge without a slash at the end. */
  readonly url: string;
  readonly allowedReactions: readonly string[];
  /** Ends what is still running when the forge is closed. */
  readonly signal: AbortSignal;
  /** Is told of errors that nobody foresaw; the client gets a 500. */
  report(error: unknown): void;
  /** Runs one piece of work after the other for each repository. */
  inTurn<T>(repositoryId: number, work: () => Promise<T>): Promise<T>;
}

/** Makes `inTurn`: a failed piece of work does not stop the next. */
export function turns(): Core['inTurn'] {
  const last = new Map<number, Promise<unknown>>();
  return (repositoryId, work) => {
    const turn = (last.get(repositoryId) ?? Promise.resolve()).then(work, work);
    last.set(repositoryId, turn);
    return turn;
  };
}
