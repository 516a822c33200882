import type { Engine, SwarmObject } from '../../ports/engine.ts';
import { parseRunId, type RunId } from '../../shared/brand.ts';

/** What the slot table says of one run. */
export interface Slot {
  readonly run: RunId;
  readonly controller: string;
  readonly slots: number;
}

/** A change of the table, or undefined to leave it as it is. */
export type Change = (slots: readonly Slot[]) => readonly Slot[] | undefined;

const PREFIX = 'seatrial.slot.';
/** A closed table takes nobody in any more, so that whoever finds it may delete it. */
const CLOSED = 'seatrial.slots-closed';

/**
 * The one config object that says which run holds how many slots. Changed by compare-and-set
 * on its version: the slower of two writers reads again. It exists only while somebody holds slots.
 */
export async function changeSlots(
  engine: Engine,
  name: string,
  change: Change,
  signal: AbortSignal,
): Promise<readonly Slot[] | undefined> {
  for (;;) {
    const table = await engine.config(name, signal);
    if (table !== undefined && CLOSED in table.labels) {
      await engine.removeConfig(table.id, signal);
      continue;
    }
    const wanted = change(table === undefined ? [] : slotsOf(table));
    if (wanted === undefined) return undefined;
    if (await written(engine, name, table, wanted, signal)) return wanted;
  }
}

export async function readSlots(engine: Engine, name: string, signal: AbortSignal): Promise<readonly Slot[]> {
  const table = await engine.config(name, signal);
  return table === undefined ? [] : slotsOf(table);
}

async function written(
  engine: Engine,
  name: string,
  table: SwarmObject | undefined,
  slots: readonly Slot[],
  signal: AbortSignal,
): Promise<boolean> {
  if (table === undefined) {
    if (slots.length === 0) return true;
    return await engine.createConfig(
      name,
      labelsOf(slots),
      'Slots of this swarm that Seatrial runs hold; see its labels.',
      signal,
    );
  }
  if (slots.length > 0) return await engine.relabelConfig(table, labelsOf(slots), signal);
  if (!(await engine.relabelConfig(table, { [CLOSED]: 'true' }, signal))) return false;
  await engine.removeConfig(table.id, signal);
  return true;
}

function slotsOf(table: SwarmObject): Slot[] {
  return Object.entries(table.labels).flatMap(([key, value]) => {
    const run = key.startsWith(PREFIX) ? parseRunId(key.slice(PREFIX.length)) : undefined;
    const [slots = '', ...controller] = value.split(' ');
    return run === undefined ? [] : [{ run, slots: Number(slots) || 0, controller: controller.join(' ') }];
  });
}

function labelsOf(slots: readonly Slot[]): Record<string, string> {
  return Object.fromEntries(
    slots.map((slot) => [`${PREFIX}${slot.run}`, `${slot.slots} ${slot.controller}`]),
  );
}
