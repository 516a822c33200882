import type { Engine } from '../../ports/engine.ts';
import { SeatrialError } from '../../shared/errors.ts';
import { oneLine } from '../../shared/text.ts';
import { GATEWAY, limit } from './rules.ts';

export interface LimitOptions {
  readonly engine: Engine;
  readonly run: string;
  readonly table: string;
  /** Where the guard reads further commands. */
  readonly pipe: string;
  /** Container id of the guard. */
  readonly guard: string;
  readonly signal: AbortSignal;
}

/**
 * Puts each container of the run under the limit as soon as the engine tells of it. Between
 * the start of a container and this there are some milliseconds in which it is free.
 */
export async function limitContainers(options: LimitOptions): Promise<void> {
  const { engine, run, table, signal } = options;
  const limited = new Set<string>();
  while (!signal.aborted) {
    const next = engine.nextEvent(signal);
    const ours = await engine.containers({ 'seatrial.run': run }, signal);
    const addresses = await engine.addressesOn(GATEWAY, signal);
    const fresh = ours.flatMap(({ id }) => {
      const address = addresses.get(id);
      return address === undefined || limited.has(address) ? [] : [address];
    });
    if (fresh.length > 0) {
      await tell(options, limit(table, fresh));
      for (const address of fresh) limited.add(address);
    }
    await next;
  }
}

async function tell({ engine, guard, pipe, signal }: LimitOptions, command: string): Promise<void> {
  const words = ['sh', '-c', 'printf %s "$1" > "$2"', 'tell', command, pipe];
  const told = await engine.exec(guard, words, signal);
  if (told.exitCode === 0) return;
  throw new SeatrialError({
    kind: 'environment',
    code: 'egress-unguarded',
    sentence: `the guard does not take a container under its limit: ${oneLine(told.stderr)}`,
  });
}
