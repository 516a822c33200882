import { readFileSync } from 'node:fs';

/** A process of this machine, told apart from a later one with the same number by its start. */
export interface ProcessMark {
  readonly pid: number;
  /** Opaque; empty where the system does not tell. */
  readonly started: string;
}

export function ownMark(): ProcessMark {
  return { pid: process.pid, started: startOf(process.pid) ?? '' };
}

export function isAlive(mark: ProcessMark): boolean {
  if (!exists(mark.pid)) return false;
  return mark.started === '' || startOf(mark.pid) === mark.started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: then it is somebody's, and there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The 22nd field of /proc/PID/stat: the start in clock ticks since boot. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    // No such process, or a system without /proc: the number alone has to do.
    return undefined;
  }
}
