import type { RunId } from '../shared/brand.ts';
import type { TestRequest } from '../trigger/request.ts';

/** A request with its place in the queue. */
export interface Job {
  readonly request: TestRequest;
  /** How often it was begun; a run that its controller did not survive is begun once more. */
  readonly attempts: number;
}

/** What the daemon needs of the queue; kept by the database. */
export interface JobStore {
  /** The oldest waiting job, which is `running` from then on. */
  take(run: RunId): Job | undefined;
  /** How often the job of a request was begun; 0 where it has none. */
  attempts(requestId: string): number;
  /** Back to the queue, after its controller died in the middle of it. */
  requeue(requestId: string): void;
  waiting(): number;
}

/** A job is begun at most this often. */
export const MOST_ATTEMPTS = 2;
