import { createSwarmLeases, type LeaseNames } from '../../src/adapters/swarm-leases/leases.ts';
import type { Engine } from '../../src/ports/engine.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { newTestRun, openTestLab } from '../support/lab.ts';
import { leaseConformance } from './leases.ts';

// A thousandth of a minute instead of one: the same proportions as in earnest.
const rhythm = { beat: 150, giveUp: 600, dead: 1500 };

leaseConformance('the store of the swarm', async () => {
  const lab = await openTestLab();
  const id = newTestRun();
  // Slots of its own, so that the runs of others neither wait for it nor make it wait.
  const names: LeaseNames = {
    slots: `seatrial-${id}-slots`,
    stopped: `seatrial-${id}-stopped`,
    heartbeat: `seatrial-${id}-heartbeat-`,
  };
  return {
    dead: rhythm.dead,
    leases: () => createSwarmLeases(lab.engine, systemClock, rhythm, names),
    cutOff: () => {
      const { engine, cut } = withCut(lab.engine);
      return { leases: createSwarmLeases(engine, systemClock, rhythm, names), cut };
    },
    overtaken: (meanwhile) =>
      createSwarmLeases(overtaking(lab.engine, meanwhile), systemClock, rhythm, names),
    async left() {
      const configs = await lab.engine.configs({}, AbortSignal.timeout(20_000));
      return configs.map(({ name }) => name).filter((name) => name.includes(id));
    },
    close: lab.close,
  };
});

/** The real engine behind a line that can be cut: from then on no call for configs comes through. */
function withCut(engine: Engine): { engine: Engine; cut: () => void } {
  let cut = false;
  const through = (): void => {
    if (cut) throw new Error('the line is cut');
  };
  return {
    cut: () => {
      cut = true;
    },
    engine: {
      ...engine,
      async config(name, signal) {
        through();
        return await engine.config(name, signal);
      },
      async relabelConfig(config, labels, signal) {
        through();
        return await engine.relabelConfig(config, labels, signal);
      },
    },
  };
}

/** The real engine, on which something else happens just before the first object is removed. */
function overtaking(engine: Engine, meanwhile: () => Promise<unknown>): Engine {
  let happened = false;
  return {
    ...engine,
    async removeConfig(id, signal) {
      if (!happened) {
        happened = true;
        await meanwhile();
      }
      await engine.removeConfig(id, signal);
    },
  };
}
