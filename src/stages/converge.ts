import type { Deployer, StackObservation } from '../ports/deployer.ts';
import type { Engine } from '../ports/engine.ts';
import type { Clock } from '../shared/clock.ts';
import { SeatrialError } from '../shared/errors.ts';
import { lastLines } from '../shared/text.ts';
import { type Probed, until } from '../shared/wait.ts';
import type { Stack, StackService } from '../stack/stack.ts';
import { type Judgement, judge } from './convergence.ts';
import type { Hopeless, Trouble } from './hopeless.ts';
import { nameInStack } from './service-state.ts';
import { neverRan, type TaskEnd } from './task-end.ts';

export interface ConvergeOptions {
  readonly stack: {
    readonly place: Pick<Stack['place'], 'stack'>;
    readonly services: readonly Pick<StackService, 'name' | 'budget'>[];
  };
  /** `healthy` is enough to look at the app; `settled` waits until Swarm has stopped watching an update too. */
  readonly wanted: 'healthy' | 'settled';
  readonly deployer: Deployer;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called when what is missing changes. */
  readonly progress: (missing: string) => void;
}

/** Why a stack did not converge: it cannot any more, or its time is up. */
export type NotConverged =
  | Hopeless
  | {
      readonly kind: 'late';
      readonly seconds: number;
      readonly missing: string;
      /** What Swarm complained about at last. */
      readonly trouble: Trouble | undefined;
      readonly probes: readonly string[];
      readonly logs: readonly string[];
    };

/** Well within the bound of half a second: events of containers come a moment before Swarm's own word. */
const POLL_MS = 150;
/** For what comes before the first probe: placing, pulling what is there already, creating, starting. */
const STARTING_MS = 30_000;
const LOG_LINES = 20;

/** Waits for convergence by Swarm's task list. Undefined means converged. */
export async function converge(options: ConvergeOptions): Promise<NotConverged | undefined> {
  const { stack, signal } = options;
  const budget = STARTING_MS + Math.max(...stack.services.map((service) => service.budget));
  const ends = new Map<string, TaskEnd>();
  const known = new Set<string>();
  let said = '';
  let trouble: Trouble | undefined;
  let seen: StackObservation = { services: [], tasks: [] };
  try {
    return await until(
      {
        name: 'convergence',
        deadline: budget,
        every: POLL_MS,
        signal,
        wake: (stop) => options.deployer.nextChange(stop),
      },
      async (): Promise<Probed<NotConverged | undefined>> => {
        seen = await options.deployer.observe(stack.place.stack, signal);
        await learnEnds(options, seen, ends);
        const judgement = judge({
          observation: seen,
          expected: stack.services.map(({ name }) => name),
          known,
          ends,
          now: options.clock.now(),
        });
        for (const service of seen.services) known.add(nameInStack(service));
        trouble = judgement.kind === 'waiting' ? judgement.trouble : undefined;
        const probed = answer(judgement, options.wanted);
        if (!probed.done && probed.missing !== said) {
          said = probed.missing;
          options.progress(said);
        }
        return probed;
      },
    );
  } catch (error) {
    if (
      !(
        error instanceof SeatrialError &&
        error.code === 'deadline' &&
        error.facts['deadline'] === 'convergence'
      )
    )
      throw error;
    return {
      kind: 'late',
      seconds: Math.round(budget / 1000),
      missing: said,
      trouble,
      ...(await lastWords(options, seen)),
    };
  }
}

function answer(judgement: Judgement, wanted: ConvergeOptions['wanted']): Probed<NotConverged | undefined> {
  switch (judgement.kind) {
    case 'settled':
      return { done: true, value: undefined };
    case 'healthy':
      return wanted === 'healthy'
        ? { done: true, value: undefined }
        : { done: false, missing: judgement.missing };
    case 'waiting':
      return { done: false, missing: judgement.missing };
    case 'hopeless':
      return { done: true, value: judgement.why };
  }
}

/** Reads what an ended task's container has to say while it is still there. */
async function learnEnds(
  options: ConvergeOptions,
  seen: StackObservation,
  ends: Map<string, TaskEnd>,
): Promise<void> {
  for (const task of seen.tasks) {
    if ((task.state !== 'failed' && task.state !== 'complete') || ends.has(task.id) || neverRan(task))
      continue;
    const state =
      task.containerId === undefined
        ? undefined
        : await options.engine.containerState(task.containerId, options.signal);
    const logs =
      task.containerId === undefined
        ? ''
        : await options.engine.logs(task.containerId, LOG_LINES, options.signal);
    // A container that ended by itself is called unhealthy too: mostly the task's error tells who ended it.
    // Where it ended with 0 there is no error, and only what the last probe said tells.
    const probe = state?.health?.lastOutput ?? '';
    const unhealthy = /unhealthy/i.test(task.error) || (task.state === 'complete' && probe !== '');
    ends.set(task.id, {
      exitCode: task.exitCode,
      lastLines: lastLines(logs, LOG_LINES),
      outOfMemory: state?.outOfMemory ?? false,
      probe: unhealthy ? probe : undefined,
    });
  }
}

async function lastWords(
  options: ConvergeOptions,
  seen: StackObservation,
): Promise<{ probes: string[]; logs: string[] }> {
  const probes: string[] = [];
  const logs: string[] = [];
  for (const task of seen.tasks) {
    if (task.containerId === undefined || task.state === 'running') continue;
    const state = await options.engine.containerState(task.containerId, options.signal);
    if (state?.health !== undefined && state.health.status !== 'healthy')
      probes.push(state.health.lastOutput);
    logs.push(
      ...lastLines(await options.engine.logs(task.containerId, LOG_LINES, options.signal), LOG_LINES),
    );
    if (logs.length >= LOG_LINES) break;
  }
  return { probes, logs };
}
