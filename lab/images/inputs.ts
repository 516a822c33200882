import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Definition } from './definitions.ts';

/** Label that says what an image was built from, so that set-up can skip what is up to date. */
export const INPUTS_LABEL = 'seatrial.lab.inputs';

/** A short hash over the files, the arguments and the base of an image; names and contents, not times. */
export async function inputsOf(definition: Definition, baseInputs: string): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(definition.directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const name of names) {
    hash.update(`${name.slice(definition.directory.length)}\0`).update(await readFile(name));
  }
  return short(hash.update(`\0${definition.release ?? ''}\0${baseInputs}`).digest('hex'));
}

export function inputsOfText(text: string): string {
  return short(createHash('sha256').update(text).digest('hex'));
}

function short(hex: string): string {
  return hex.slice(0, 16);
}
