import { access, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** What decides how far set-up may help itself on this machine. */
export interface Machine {
  /** Debian itself, not a relative of it: package names and signing keys are known. */
  readonly debian: boolean;
  /** Debian's code name, such as `bookworm`; empty where there is none. */
  readonly codename: string;
  readonly root: boolean;
  /** systemd looks after the daemons here. */
  readonly systemd: boolean;
}

export async function readMachine(root = '/'): Promise<Machine> {
  const release = parseRelease(await readFile(`${root}etc/os-release`, 'utf8').catch(() => ''));
  return {
    debian: release['ID'] === 'debian',
    codename: release['VERSION_CODENAME'] ?? '',
    root: process.getuid?.() === 0,
    systemd: await exists(`${root}run/systemd/system`),
  };
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** True when a directory of this search path holds the program. */
export async function onPath(program: string, path: string): Promise<boolean> {
  for (const directory of path.split(delimiter)) {
    if (await exists(join(directory, program))) return true;
  }
  return false;
}

/** `NAME="value"` lines of os-release(5). */
function parseRelease(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(["']?)(.*)\2$/.exec(line.trim());
    if (match?.[1] !== undefined && match[3] !== undefined) values[match[1]] = match[3];
  }
  return values;
}
