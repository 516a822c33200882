import type { Residue } from '../journal/event.ts';
import type { Ledger, LedgerKind } from '../journal/ledger.ts';
import type { Engine } from '../ports/engine.ts';
import type { RunId } from '../shared/brand.ts';

export interface InventoryOptions {
  readonly engine: Engine;
  readonly run: RunId;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
}

/** What is still there of a run: by label, and by the names in its ledger. */
export async function inventory({
  engine,
  run,
  ledger,
  signal,
}: InventoryOptions): Promise<readonly Residue[]> {
  const open = ledger.open();
  const found: Residue[] = [];
  const look = (
    kind: LedgerKind,
    all: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[],
  ) => {
    const named = new Set(open.filter((row) => row.kind === kind).map((row) => row.name));
    for (const { name, labels } of all) {
      // The heartbeat goes with the lease, after everything else is gone.
      const ours = labels['seatrial.run'] === run && labels['seatrial.heartbeat'] === undefined;
      if (ours || named.has(name)) found.push({ kind, name });
    }
  };
  look('service', await engine.services({}, signal));
  look('container', await engine.containers({}, signal));
  look('network', await engine.networks({}, signal));
  look('secret', await engine.secrets({}, signal));
  look('config', await engine.configs({}, signal));
  look('volume', await engine.volumes({}, signal));
  return found;
}

/** Everything of the kinds that a run could leave without a label, as it stands at one moment. */
export interface Surroundings {
  readonly containers: ReadonlySet<string>;
  readonly networks: ReadonlySet<string>;
  readonly volumes: ReadonlySet<string>;
}

export async function surroundings(engine: Engine, signal: AbortSignal): Promise<Surroundings> {
  const unowned = (
    all: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[],
  ) => new Set(all.filter(({ labels }) => labels['seatrial.run'] === undefined).map(({ name }) => name));
  return {
    containers: unowned(await engine.containers({}, signal)),
    networks: unowned(await engine.networks({}, signal)),
    volumes: unowned(await engine.volumes({}, signal)),
  };
}

/** What nobody's label explains and was not there before; somebody else may have made it meanwhile. */
export function appeared(before: Surroundings, after: Surroundings): readonly Residue[] {
  const fresh = (kind: LedgerKind, now: ReadonlySet<string>, then: ReadonlySet<string>) =>
    [...now].filter((name) => !then.has(name)).map((name) => ({ kind, name }));
  return [
    ...fresh('container', after.containers, before.containers),
    ...fresh('network', after.networks, before.networks),
    ...fresh('volume', after.volumes, before.volumes),
  ];
}
