import type { SeatrialError } from '../shared/errors.ts';
import { refusedBy } from '../stack/policy/refusal.ts';
import type { RunOutcome } from '../verdict/verdict.ts';

/** What a program that called us can tell from how we ended. */
export const EXIT: Readonly<Record<RunOutcome | 'usage' | 'trouble', number>> = {
  success: 0,
  failure: 1,
  usage: 2,
  error: 3,
  trouble: 3,
  cancelled: 4,
  refused: 5,
};

/** What the policy refuses is refused everywhere; bad input is the caller's to mend; all else is the machine's or ours. */
export function exitCodeOf(error: SeatrialError): number {
  if (refusedBy(error) !== undefined) return EXIT.refused;
  return error.kind === 'input' || error.kind === 'recipe' ? EXIT.usage : EXIT.trouble;
}

/** An action whose number becomes the exit code. */
export function ending<Arguments extends unknown[]>(
  parts: { exit(code: number): void },
  run: (...given: Arguments) => Promise<number>,
): (...given: Arguments) => Promise<void> {
  return async (...given) => parts.exit(await run(...given));
}
