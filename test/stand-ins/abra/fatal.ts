/** Ends the program as abra ends: a line of level FATA on standard error, and exit code 1. */
export class Fatal extends Error {}

export function fatal(text: string): never {
  throw new Fatal(text);
}

export function warn(text: string): void {
  process.stderr.write(`WARN ${text}\n`);
}
