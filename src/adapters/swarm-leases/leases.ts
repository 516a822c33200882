import type { Engine } from '../../ports/engine.ts';
import type { Holder, Lease, Leases } from '../../ports/leases.ts';
import type { RunId } from '../../shared/brand.ts';
import type { Clock } from '../../shared/clock.ts';
import { elapsed } from '../../shared/wait.ts';
import {
  type Heartbeat,
  heartbeats,
  RHYTHM,
  type Rhythm,
  removeHeartbeat,
  startHeartbeat,
} from './heartbeat.ts';
import { type Change, changeSlots, readSlots, type Slot } from './slot-table.ts';

/** Names of the objects in the swarm's store; who uses others shares no slots with us. */
export interface LeaseNames {
  readonly slots: string;
  readonly stopped: string;
  /** Followed by the run. */
  readonly heartbeat: string;
}

const NAMES: LeaseNames = {
  slots: 'seatrial-slots',
  stopped: 'seatrial-admission-stopped',
  heartbeat: 'seatrial-heartbeat-',
};

/** Leases in the swarm's own store, so that they hold over daemons, pipeline steps and hand-started runs. */
export function createSwarmLeases(
  engine: Engine,
  clock: Clock,
  rhythm: Rhythm = RHYTHM,
  names: LeaseNames = NAMES,
): Leases {
  const heartbeatName = (run: RunId) => `${names.heartbeat}${run}`;
  const change = (how: Change, signal: AbortSignal) => changeSlots(engine, names.slots, how, signal);
  return {
    async acquire(request, signal) {
      if ((await engine.config(names.stopped, signal)) !== undefined) return undefined;
      const free = request.cap - sum(await readSlots(engine, names.slots, signal));
      if (free < request.min) return undefined;
      // The heart beats before the slots are taken: slots without a heartbeat belong to the dead.
      const { run, controller } = request;
      const heartOf = { run, controller, name: heartbeatName(run) };
      const heartbeat = await startHeartbeat(engine, clock, rhythm, heartOf, signal);
      let taken = 0;
      try {
        await change((slots) => {
          const free = request.cap - sum(slots);
          taken = free < request.min ? 0 : Math.min(free, request.want);
          return taken === 0 ? undefined : [...slots, { run, controller, slots: taken }];
        }, signal);
      } catch (error) {
        // The slots may have been taken all the same.
        const late = AbortSignal.timeout(rhythm.giveUp);
        await change(without(run), late).finally(() => heartbeat.stop(late));
        throw error;
      }
      if (taken > 0) return leaseOf(change, run, taken, heartbeat);
      await heartbeat.stop(AbortSignal.timeout(rhythm.giveUp));
      return undefined;
    },

    async holders(signal) {
      const beating = await heartbeats(engine, names.heartbeat, signal);
      const slots = await readSlots(engine, names.slots, signal);
      const runs = new Map<RunId, Holder>();
      for (const { run, controller } of beating)
        runs.set(run, { run, controller, slots: 0, hasHeartbeat: true });
      for (const slot of slots) runs.set(slot.run, { ...slot, hasHeartbeat: runs.has(slot.run) });
      return [...runs.values()];
    },

    async forget(run, signal) {
      await removeHeartbeat(engine, heartbeatName(run), signal);
      await change(without(run), signal);
    },

    async stopAdmission(signal) {
      await engine.createConfig(names.stopped, {}, 'While this exists no Seatrial run gets a slot.', signal);
    },

    async resumeAdmission(signal) {
      const stopped = await engine.config(names.stopped, signal);
      if (stopped !== undefined) await engine.removeConfig(stopped.id, signal);
    },

    async dead(runs, signal) {
      if (runs.length === 0) return [];
      const versions = async () =>
        new Map((await heartbeats(engine, names.heartbeat, signal)).map((seen) => [seen.run, seen.version]));
      const before = await versions();
      const suspects = runs.filter((run) => before.has(run));
      if (suspects.length > 0) {
        await elapsed(rhythm.dead, signal);
        signal.throwIfAborted();
      }
      const after = await versions();
      return runs.filter((run) => !after.has(run) || after.get(run) === before.get(run));
    },
  };
}

function leaseOf(
  change: (how: Change, signal: AbortSignal) => Promise<unknown>,
  run: RunId,
  slots: number,
  heartbeat: Heartbeat,
): Lease {
  return {
    run,
    slots,
    lost: heartbeat.lost,
    async reduce(to, signal) {
      await change((all) => all.map((slot) => (slot.run === run ? { ...slot, slots: to } : slot)), signal);
    },
    async release(signal) {
      await change(without(run), signal);
      await heartbeat.stop(signal);
    },
  };
}

function sum(slots: readonly Slot[]): number {
  return slots.reduce((total, slot) => total + slot.slots, 0);
}

function without(run: RunId): Change {
  return (slots) =>
    slots.some((slot) => slot.run === run) ? slots.filter((slot) => slot.run !== run) : undefined;
}
