import type { Plan } from '../plan/plan.ts';
import type { Lease } from '../ports/leases.ts';
import { SeatrialError } from '../shared/errors.ts';
import { until } from '../shared/wait.ts';
import type { House } from './house.ts';

const ASK_EVERY_MS = 500;

/** Waits until the run's slots are free and takes them. Refuses at once what can never fit. */
export async function admit(
  house: House,
  plan: Plan,
  waiting: (reason: string) => void,
  signal: AbortSignal,
): Promise<Lease> {
  const { maxTests: cap, controller, admissionDeadline } = house.settings;
  if (plan.slots.min > cap) {
    throw new SeatrialError({
      kind: 'input',
      code: 'never-fits',
      sentence: `The run needs ${plan.slots.min} apps at once and MAX_TESTS is ${cap}.`,
      remedy: `Set MAX_TESTS to at least ${plan.slots.min}.`,
      facts: { needed: plan.slots.min, cap },
    });
  }
  let said = false;
  return await until(
    { name: 'a free slot', deadline: admissionDeadline, every: ASK_EVERY_MS, signal },
    async () => {
      const lease = await house.leases.acquire({ run: plan.run, controller, ...plan.slots, cap }, signal);
      if (lease !== undefined) return { done: true, value: lease };
      const missing = `${plan.slots.min} of ${cap} slots`;
      if (!said) waiting(`all ${cap} slots are taken`);
      said = true;
      return { done: false, missing };
    },
  );
}
