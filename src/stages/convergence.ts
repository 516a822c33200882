import type { StackObservation } from '../ports/deployer.ts';
import { list } from '../shared/text.ts';
import { type Hopeless, hopeless, type Trouble, troubleAhead } from './hopeless.ts';
import { nameInStack, stateOf } from './service-state.ts';
import type { TaskEnd } from './task-end.ts';

export type Judgement =
  | { readonly kind: 'settled' }
  /** All that runs is healthy and new, but Swarm still watches an update. */
  | { readonly kind: 'healthy'; readonly missing: string }
  | {
      readonly kind: 'waiting';
      readonly missing: string;
      /** What Swarm complains about meanwhile; it may pass, and says why where time runs out. */
      readonly trouble?: Trouble;
    }
  | { readonly kind: 'hopeless'; readonly why: Hopeless };

export interface JudgeInput {
  readonly observation: StackObservation;
  /** Names of the services that the document has. */
  readonly expected: readonly string[];
  /** Names of services that were there at an earlier look. */
  readonly known: ReadonlySet<string>;
  /** By task id. */
  readonly ends: ReadonlyMap<string, TaskEnd>;
  /** Milliseconds since the epoch by the engine's clock. */
  readonly now: number;
}

/**
 * Decides from what the swarm says whether a stack has converged. Pure: the same observation
 * gives the same judgement. Fails early only where recovery is impossible.
 */
export function judge(input: JudgeInput): Judgement {
  const missing: string[] = [];
  const watched: string[] = [];
  let trouble: Trouble | undefined;
  const states = input.expected.map((name) => ({ name, ...stateOf(input, name) }));
  for (const { name, state, what, found } of states) {
    if (found === undefined && input.known.has(name))
      return { kind: 'hopeless', why: { kind: 'gone', service: name } };
    const others = states.filter((other) => other.name !== name);
    const why = found === undefined ? undefined : hopeless({ ...input, name, ...found, others });
    if (why !== undefined) return { kind: 'hopeless', why };
    if (state === 'waiting') missing.push(what);
    if (state === 'watched') watched.push(what);
    if (state === 'waiting' && found !== undefined) trouble ??= troubleAhead(name, found);
  }
  if (missing.length > 0)
    return { kind: 'waiting', missing: list(missing), ...(trouble === undefined ? {} : { trouble }) };
  if (watched.length > 0) return { kind: 'healthy', missing: list(watched) };
  return { kind: 'settled' };
}

/** Names of services on the swarm that the document lacks: a deployment leaves them as they are. */
export function leftRunning(observation: StackObservation, expected: readonly string[]): string[] {
  return observation.services.map(nameInStack).filter((name) => !expected.includes(name));
}
