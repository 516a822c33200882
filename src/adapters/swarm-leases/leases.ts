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
import { changeSlots, readSlots, type Slot } from './slot-table.ts';

const STOPPED = 'seatrial-admission-stopped';

/** Leases in the swarm's own store, so that they hold over daemons, pipeline steps and hand-started runs. */
export function createSwarmLeases(engine: Engine, clock: Clock, rhythm: Rhythm = RHYTHM): Leases {
  return {
    async acquire(request, signal) {
      if ((await engine.config(STOPPED, signal)) !== undefined) return undefined;
      const free = request.cap - sum(await readSlots(engine, signal));
      if (free < request.min) return undefined;
      // The heart beats before the slots are taken: slots without a heartbeat belong to the dead.
      const heartbeat = await startHeartbeat(engine, clock, rhythm, request, signal);
      let taken = 0;
      try {
        await changeSlots(
          engine,
          (slots) => {
            const free = request.cap - sum(slots);
            taken = free < request.min ? 0 : Math.min(free, request.want);
            return taken === 0
              ? undefined
              : [...slots, { run: request.run, controller: request.controller, slots: taken }];
          },
          signal,
        );
      } finally {
        if (taken === 0) await heartbeat.stop(AbortSignal.timeout(rhythm.giveUp));
      }
      return taken === 0 ? undefined : leaseOf(engine, request.run, taken, heartbeat);
    },

    async holders(signal) {
      const beating = await heartbeats(engine, signal);
      const slots = await readSlots(engine, signal);
      const runs = new Map<RunId, Holder>();
      for (const { run, controller } of beating)
        runs.set(run, { run, controller, slots: 0, hasHeartbeat: true });
      for (const slot of slots) runs.set(slot.run, { ...slot, hasHeartbeat: runs.has(slot.run) });
      return [...runs.values()];
    },

    async forget(run, signal) {
      await removeHeartbeat(engine, run, signal);
      await changeSlots(engine, without(run), signal);
    },

    async stopAdmission(signal) {
      await engine.createConfig(STOPPED, {}, 'While this exists no Seatrial run gets a slot.', signal);
    },

    async resumeAdmission(signal) {
      const stopped = await engine.config(STOPPED, signal);
      if (stopped !== undefined) await engine.removeConfig(stopped.id, signal);
    },

    async dead(runs, signal) {
      if (runs.length === 0) return [];
      const versions = async () =>
        new Map((await heartbeats(engine, signal)).map((seen) => [seen.run, seen.version]));
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

function leaseOf(engine: Engine, run: RunId, slots: number, heartbeat: Heartbeat): Lease {
  return {
    run,
    slots,
    lost: heartbeat.lost,
    async reduce(to, signal) {
      await changeSlots(
        engine,
        (all) => all.map((slot) => (slot.run === run ? { ...slot, slots: to } : slot)),
        signal,
      );
    },
    async release(signal) {
      await changeSlots(engine, without(run), signal);
      await heartbeat.stop(signal);
    },
  };
}

function sum(slots: readonly Slot[]): number {
  return slots.reduce((total, slot) => total + slot.slots, 0);
}

function without(run: RunId): (slots: readonly Slot[]) => readonly Slot[] | undefined {
  return (slots) =>
    slots.some((slot) => slot.run === run) ? slots.filter((slot) => slot.run !== run) : undefined;
}
