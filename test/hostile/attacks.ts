import type { Attack } from './attack.ts';
import { EVASIONS } from './attacks/evasions.ts';
import { FILES } from './attacks/files.ts';
import { MOUNTED } from './attacks/mounts.ts';
import { POWER } from './attacks/power.ts';
import { SOURCES } from './attacks/sources.ts';
import { SWARM } from './attacks/swarm.ts';

/** Every recipe that has to be refused. */
export const ATTACKS: readonly Attack[] = [...SOURCES, ...FILES, ...MOUNTED, ...POWER, ...SWARM, ...EVASIONS];
