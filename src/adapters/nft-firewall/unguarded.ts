import type { Egress, Firewall } from '../../ports/firewall.ts';
import { SeatrialError } from '../../shared/errors.ts';

/** Stands where nothing can guard a node: it says so, and refuses what cannot be done without a guard. */
export function unguarded(why: string): Firewall {
  return {
    containerName: (run) => `seatrial-${run}-guard`,
    open: async (_run, egress) => ({
      lost: new AbortController().signal,
      async standing() {
        if (egress.mode === 'registries') throw tooLittle(egress, why);
        return why;
      },
      close: async () => undefined,
    }),
  };
}

/** The error of an egress that asks for more than the node can do. */
export function tooLittle(egress: Egress, why: string): SeatrialError {
  return new SeatrialError({
    kind: 'environment',
    code: 'egress-unguarded',
    sentence: `The apps of this run may reach only some hosts, but this node's firewall cannot be set: ${why}`,
    remedy: 'Choose the egress `open` or `none`, or a node with nftables; `seatrial doctor` shows more.',
    facts: { why, egress: egress.mode },
  });
}
