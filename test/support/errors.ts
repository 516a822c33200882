import { isSeatrialError, type SeatrialError } from '../../src/shared/errors.ts';

/** The error of ours that this work ends with; where it ends otherwise the test fails. */
export async function errorOf(work: Promise<unknown>): Promise<SeatrialError> {
  const thrown = await work.then(
    (value) => new Error(`it gave ${JSON.stringify(value)} where an error was expected`),
    (error: unknown) => error,
  );
  if (isSeatrialError(thrown)) return thrown;
  throw thrown;
}

/** The same for work that throws at once. */
export function thrownBy(work: () => unknown): Promise<SeatrialError> {
  return errorOf(new Promise((resolve) => resolve(work())));
}
