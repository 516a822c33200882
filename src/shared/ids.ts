import { parseRunId, type RunId } from './brand.ts';

/** Source of randomness, handed in. */
export type RandomBytes = (count: number) => Uint8Array;

// 2025-01-01: seven base-36 digits of seconds from here last for centuries.
const EPOCH_SECONDS = 1_735_689_600;

/** Seven digits of time, so that identifiers sort by age, and two of chance. */
export function newRunId(nowMilliseconds: number, random: RandomBytes): RunId {
  const seconds = Math.max(0, Math.floor(nowMilliseconds / 1000) - EPOCH_SECONDS);
  const bytes = random(2);
  const chance = (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 1296;
  const id = parseRunId(seconds.toString(36).padStart(7, '0') + chance.toString(36).padStart(2, '0'));
  if (id === undefined) throw new RangeError(`no run identifier can be made of ${nowMilliseconds}`);
  return id;
}
