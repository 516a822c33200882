import { until } from '../../src/shared/wait.ts';
import { type Context, trouble } from './context.ts';
import { type Docker, docker } from './docker.ts';

/** What `docker info` says about the swarm. */
export interface SwarmState {
  readonly LocalNodeState: string;
  readonly ControlAvailable: boolean;
  readonly Error: string;
}

/** Where a swarm of ours listens: nobody outside this machine can reach it. */
const LOOPBACK = '127.0.0.1';
const PORT = 2377;
/** Milliseconds that a swarm gets to come into order: after a start its managers first elect a leader. */
const PATIENCE = 20_000;
/** Milliseconds that the engine may take for one last answer beyond that. */
const DEADLINE = 60_000;

/**
 * Sees to it that the engine is a manager of a swarm. One that is stays untouched; one that
 * is in no swarm is made a swarm of one node on loopback; anything else throws.
 */
export async function ensureSwarm(context: Context, client: Docker, patience = PATIENCE): Promise<void> {
  const state = await settledState(context, client, patience);
  if (state.LocalNodeState !== 'inactive') {
    refuseUnusable(state);
    return;
  }
  context.progress(
    'This engine is in no swarm: making it one of a single node, on loopback only (undo: `docker swarm leave --force`)',
  );
  const args = ['swarm', 'init', '--advertise-addr', LOOPBACK, '--listen-addr', `${LOOPBACK}:${PORT}`];
  await docker(client, args, { name: 'docker swarm init' }).catch((cause: unknown) => {
    context.signal.throwIfAborted();
    throw trouble(
      'swarm-init',
      `This engine could not be made a swarm: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Run `docker swarm init` by hand until it works, then run again.',
      { cause },
    );
  });
}

/** The state as it is once nothing is on its way any more, or as it still is when patience ends. */
async function settledState(context: Context, client: Docker, patience: number): Promise<SwarmState> {
  const end = performance.now() + patience;
  let said = false;
  const wait = {
    name: 'the swarm settles',
    deadline: patience + DEADLINE,
    every: 500,
    signal: context.signal,
  };
  return until(wait, async () => {
    const state = await swarmState(client);
    const unsettled = state.LocalNodeState === 'pending' || state.Error !== '';
    if (!unsettled || performance.now() >= end) return { done: true, value: state };
    if (!said) context.progress(`Waiting for the swarm of this engine, which is not in order yet`);
    said = true;
    return { done: false, missing: `an end of "${state.Error || state.LocalNodeState}"` };
  });
}

async function swarmState(client: Docker): Promise<SwarmState> {
  const text = await docker(client, ['info', '--format', '{{json .Swarm}}'], { name: 'docker info' });
  const parsed: unknown = JSON.parse(text);
  const field = (name: string): unknown =>
    typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, name) : undefined;
  return {
    LocalNodeState: String(field('LocalNodeState') || 'inactive'),
    ControlAvailable: field('ControlAvailable') === true,
    Error: String(field('Error') ?? ''),
  };
}

/** Passes for a manager in good order. Each other state has its own remedy, for leaving a swarm is not ours to do. */
export function refuseUnusable(state: SwarmState): void {
  const facts = { state: state.LocalNodeState, error: state.Error };
  if (state.LocalNodeState === 'locked') {
    throw trouble(
      'swarm-locked',
      'The swarm of this engine is locked.',
      'Run `docker swarm unlock` with its key.',
      { facts },
    );
  }
  if (state.LocalNodeState !== 'active' || state.Error !== '') {
    const said = state.Error === '' ? '' : `: ${state.Error}`;
    throw trouble(
      'swarm-broken',
      `The swarm of this engine is in state "${state.LocalNodeState}"${said}`,
      'Repair it (`docker info` and the log of the engine say more), or leave it with `docker swarm leave --force` if nothing in it is needed.',
      { facts },
    );
  }
  if (!state.ControlAvailable) {
    throw trouble(
      'swarm-worker',
      'This engine is a worker in a swarm, and only a manager can deploy.',
      'Use an engine that is a manager (DOCKER_HOST), or promote this node on a manager: `docker node promote NODE`.',
      { facts },
    );
  }
}
