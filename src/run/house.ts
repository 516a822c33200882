import type { PolicySettings } from '../config/policy.ts';
import type { Backup } from '../ports/backup.ts';
import type { Deployer } from '../ports/deployer.ts';
import type { Engine } from '../ports/engine.ts';
import type { Firewall } from '../ports/firewall.ts';
import type { Leases } from '../ports/leases.ts';
import type { RegistryAccess } from '../ports/registry.ts';
import type { Router } from '../ports/router.ts';
import type { RunId } from '../shared/brand.ts';
import type { Clock } from '../shared/clock.ts';
import type { RandomBytes } from '../shared/ids.ts';
import type { Redactor } from '../shared/redact.ts';
import type { ImageStore } from './image-store.ts';
import type { RunStore } from './store.ts';

/** The parts of which a run is made; chosen once, at the start of the program. */
export interface House {
  readonly engine: Engine;
  readonly deployer: Deployer;
  readonly router: Router;
  readonly backup: Backup;
  readonly firewall: Firewall;
  readonly leases: Leases;
  readonly store: RunStore;
  /** What everything that leaves the process goes through. */
  readonly redactor: Redactor;
  readonly images: ImageStore;
  readonly registry: RegistryAccess;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly settings: RunSettings;
}

export interface RunSettings {
  readonly controller: string;
  readonly baseDomain: string;
  readonly maxTests: number;
  /** Milliseconds for a whole run. */
  readonly runDeadline: number;
  /** Milliseconds to wait for a slot. */
  readonly admissionDeadline: number;
  /** Directory of suites: `recipes/`. */
  readonly suites: string;
  /** Private trees of runs. */
  readonly work: string;
  readonly policy: PolicySettings;
  /** Search path for `git`. */
  readonly path: string;
}

/** Labels that every object of a run carries which belongs to no app. */
export function runLabels(run: RunId, controller: string, expires: number): Record<string, string> {
  return {
    'seatrial.run': run,
    'seatrial.app': 'run',
    'seatrial.controller': controller,
    'seatrial.expires': String(expires),
  };
}
