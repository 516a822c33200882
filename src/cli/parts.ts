import type { DemoWorld } from '../../lab/demo/world.ts';
import type { Environment } from '../config/environment.ts';
import type { SettingFlags, Settings } from '../config/settings.ts';
import type { RecordedEvent } from '../journal/event.ts';
import type { JobStore } from '../queue/job.ts';
import type { OutboxStore } from '../report/outbox.ts';
import type { House, RunSettings } from '../run/house.ts';
import type { WatchedForge } from '../serve/options.ts';
import type { RunId } from '../shared/brand.ts';
import type { TriggerStore } from '../trigger/store.ts';

/** Where a command's words go: results to one side, progress to the other. */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
  /** Whether progress may be drawn over itself. */
  readonly live: boolean;
  readonly color: boolean;
  /** Characters in a line of the terminal, where there is one. */
  readonly columns?: number;
}

export type SeeEvent = (run: RunId, recorded: RecordedEvent) => void;

/** A house with its stores, on this machine's Docker and state directory. */
export interface OpenHouse {
  readonly house: House;
  readonly triggers: TriggerStore;
  readonly jobs: JobStore;
  readonly outbox: OutboxStore;
  /** Directory of the runs' reports and evidence. */
  readonly runs: string;
  close(): void;
}

export interface OpenDemo {
  readonly world: DemoWorld;
  /** The world's forge as Seatrial sees it. */
  readonly watched: WatchedForge;
  /** Images and engine of the lab. */
  readonly settings: (base: Settings) => Settings;
  close(): Promise<void>;
}

/** One thing that Seatrial needs, and whether it is there. */
export interface Found {
  readonly what: string;
  readonly state: 'good' | 'note' | 'missing';
  readonly detail: string;
  readonly remedy?: string;
}

/** All that commands need from outside; wired in main.ts. */
export interface Parts {
  readonly environment: Environment;
  readonly streams: Streams;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  readonly version: string;
  /** Says with what the process ends. */
  exit(code: number): void;
  settings(flags: SettingFlags): Settings;
  /** What this house needs in order to plan; needs no Docker. */
  runSettings(settings: Settings): RunSettings;
  /** `see` is told each event of each run of this process. */
  openHouse(settings: Settings, see: SeeEvent): Promise<OpenHouse>;
  /** Only the stores: needs no Docker. */
  openStores(settings: Settings): Pick<OpenHouse, 'runs' | 'close'> & { readonly store: House['store'] };
  /** What rendering needs: Docker's client, and an engine that may not be there. */
  openRenderer(
    settings: Settings,
  ): Promise<Pick<House, 'engine' | 'router'> & { readonly deployer: Pick<House['deployer'], 'config'> }>;
  forges(settings: Settings): readonly WatchedForge[];
  /** Sets the machine up and opens the lab and the demo's forge. */
  openDemo(directory: string, progress: (line: string) => void): Promise<OpenDemo>;
  /** Looks at the machine without changing it. */
  examine(settings: Settings): Promise<readonly Found[]>;
}
