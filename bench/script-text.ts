import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type ScriptName = 'operator' | 'floor';

const DIRECTORY = join(import.meta.dirname, 'scripts');
const SOURCED = /^# shellcheck source=.*\n\. .*common\.sh"\n/m;
const SHELL_NOTE = '# shellcheck shell=bash\n';

/** The whole script as it is run: one text, with what both scripts share put in its place. */
export async function scriptText(name: ScriptName): Promise<string> {
  const script = await readFile(join(DIRECTORY, `${name}.sh`), 'utf8');
  const common = await readFile(join(DIRECTORY, 'common.sh'), 'utf8');
  if (!SOURCED.test(script)) throw new Error(`${name}.sh does not read common.sh`);
  return script.replace(SOURCED, () => common.replace(SHELL_NOTE, ''));
}
