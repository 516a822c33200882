/** Seconds of each participant in one round. */
export interface Round {
  readonly ours: number;
  readonly script: number;
  readonly floor: number;
}

/** The bench's last line. Medians over the rounds. */
export interface Result {
  readonly rounds: number;
  readonly ours_s: number;
  readonly script_s: number;
  /** Ours to the careful operator's; the aim is at most 0.2. */
  readonly ratio: number;
  readonly floor_s: number;
  /** Ours to the best script without any check; the aim is at most 1.3. */
  readonly overFloor: number;
}

export function resultOf(rounds: readonly Round[]): Result {
  const ours = median(rounds.map((round) => round.ours));
  const script = median(rounds.map((round) => round.script));
  const floor = median(rounds.map((round) => round.floor));
  return {
    rounds: rounds.length,
    ours_s: rounded(ours, 2),
    script_s: rounded(script, 2),
    ratio: rounded(ours / script, 3),
    floor_s: rounded(floor, 2),
    overFloor: rounded(ours / floor, 3),
  };
}

/** NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
