import type { RegistryLogin } from './registry.ts';

/**
 * One Docker engine, as far as Seatrial uses it. The engine is also the door to the swarm's
 * own objects (services, tasks, configs …) where its node is a manager.
 *
 * Contract: every call takes a signal and throws its reason when aborted. Removing what is
 * not there succeeds. Anything the engine refuses is thrown as a SeatrialError with kind
 * `environment`, code `engine-<status>` and the engine's own words in `facts.words`;
 * "no such object" on a read gives `undefined`.
 */
export type Labels = Readonly<Record<string, string>>;

export interface EngineInfo {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly swarm: SwarmState;
  /** Whether the kernel balances virtual IPs; without it `endpoint_mode: vip` resolves and hangs. */
  readonly ipvs: boolean;
}

export type SwarmState =
  | { readonly kind: 'inactive' }
  | { readonly kind: 'manager'; readonly nodeId: string; readonly nodes: number }
  | { readonly kind: 'worker' }
  | { readonly kind: 'broken'; readonly why: string };

export interface ContainerMount {
  readonly type: string;
  /** Volume name, or undefined for binds and tmpfs. */
  readonly volume: string | undefined;
  readonly target: string;
  readonly writable: boolean;
}

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Labels;
  readonly running: boolean;
  readonly mounts: readonly ContainerMount[];
}

export interface ContainerState {
  readonly running: boolean;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  readonly error: string;
  /** Undefined where the container has no health check. */
  readonly health: { readonly status: string; readonly lastOutput: string } | undefined;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly labels: Labels;
  readonly command: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Volume name to path inside. */
  readonly volumes?: readonly {
    readonly volume: string;
    readonly target: string;
    readonly readOnly: boolean;
  }[];
  /** On no network at all; otherwise on the engine's default one. */
  readonly offline?: true;
  /** In the network namespace of the node itself. */
  readonly onNode?: true;
  /** Capabilities beyond the engine's usual ones. */
  readonly capabilities?: readonly string[];
  /** Container port published on a free port of 127.0.0.1. */
  readonly publish?: number;
}

export interface Volume {
  readonly name: string;
  readonly labels: Labels;
  /** As the engine prints it. */
  readonly createdAt: string;
}

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An image as the engine has it. */
export interface LocalImage {
  readonly id: string;
  /** Every name it goes by, tags and digests: `host/name:tag`, `host/name@sha256:…`. */
  readonly names: readonly string[];
  /** With the layers that it shares with others. */
  readonly bytes: number;
}

export interface PullOptions {
  readonly login?: RegistryLogin | undefined;
  /** Bytes of all layers that are known so far. */
  readonly progress?: (done: number, total: number) => void;
}

/** A file as it goes into or comes out of a container. */
export interface ArchiveFile {
  /** Relative to the path of the call, `/` separated. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds since the epoch. */
  readonly mtime: number;
}

/** A service as the swarm has it. */
export interface Service {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  readonly image: string;
  readonly mode:
    | { readonly kind: 'replicated'; readonly replicas: number }
    | { readonly kind: 'global' }
    /** Runs until it has completed this often; as often as there are nodes where it is `global`. */
    | { readonly kind: 'job'; readonly completions: number | 'global' };
  readonly hasHealthCheck: boolean;
  /** Milliseconds that Swarm watches an updated task. */
  readonly monitor: number;
  readonly restart: { readonly condition: string; readonly maxAttempts: number; readonly delay: number };
  readonly updateOrder: 'start-first' | 'stop-first';
  /** Ports of the node that each task takes for itself. */
  readonly hostPorts: readonly number[];
  readonly mounts: readonly ContainerMount[];
  /** Undefined before the first update. */
  readonly update:
    | {
        readonly state: string;
        readonly message: string;
        /** Milliseconds since the epoch. */
        readonly startedAt: number;
      }
    | undefined;
  /** Fingerprint of the task template, and of a job's round: a task with the same one runs this very specification. */
  readonly template: string;
  /** Seconds since the epoch of the last change of the service. */
  readonly updatedAt: number;
}

/** A task as the swarm has it. */
export interface Task {
  readonly id: string;
  readonly serviceId: string;
  /** Slot number; tasks of global services have the node's id here. */
  readonly slot: string;
  readonly state: string;
  readonly desired: string;
  readonly error: string;
  readonly message: string;
  readonly exitCode: number | undefined;
  readonly containerId: string | undefined;
  readonly image: string;
  readonly template: string;
  /** Milliseconds since the epoch of the present state. */
  readonly since: number;
  readonly createdAt: number;
}

/** A config or secret: content is never read back. */
export interface SwarmObject {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  /** For compare-and-set. */
  readonly version: number;
}

export interface Engine {
  info(signal: AbortSignal): Promise<EngineInfo>;

  /** What the registry has to say against it is thrown as `engine-…` too, at whatever point of the pull it is said. */
  pull(image: string, signal: AbortSignal, options?: PullOptions): Promise<void>;
  hasImage(image: string, signal: AbortSignal): Promise<boolean>;
  /** The digest (`sha256:…`) under which this node has the image from its registry; undefined for one that came from none. */
  digest(image: string, signal: AbortSignal): Promise<string | undefined>;
  /** By name or id. */
  image(name: string, signal: AbortSignal): Promise<LocalImage | undefined>;
  images(signal: AbortSignal): Promise<readonly LocalImage[]>;
  /** Gives an image one more name, `host/name:tag`. */
  tagImage(image: string, name: string, signal: AbortSignal): Promise<void>;
  /**
   * By name or id, never by force: false where a container uses it, or where it goes by an id
   * and has names in several repositories. An image leaves with its last name.
   */
  removeImage(image: string, signal: AbortSignal): Promise<boolean>;

  containers(labels: Labels, signal: AbortSignal): Promise<readonly Container[]>;
  containerState(id: string, signal: AbortSignal): Promise<ContainerState | undefined>;
  createContainer(spec: ContainerSpec, signal: AbortSignal): Promise<string>;
  startContainer(id: string, signal: AbortSignal): Promise<void>;
  /** Resolves with the exit code once the container has ended. */
  waitContainer(id: string, signal: AbortSignal): Promise<number>;
  /** By force, with its anonymous volumes. */
  removeContainer(id: string, signal: AbortSignal): Promise<void>;
  /** The host port on 127.0.0.1 of a published container port. */
  publishedPort(id: string, port: number, signal: AbortSignal): Promise<number | undefined>;
  /** The last lines of both streams together, oldest first. */
  logs(id: string, lines: number, signal: AbortSignal): Promise<string>;
  /** As the container's own user unless another is named. */
  exec(id: string, command: readonly string[], signal: AbortSignal, user?: string): Promise<ExecResult>;
  putFiles(id: string, directory: string, files: readonly ArchiveFile[], signal: AbortSignal): Promise<void>;
  /** One file's content and attributes, or undefined where there is none; at most `maxBytes`. */
  getFile(id: string, path: string, maxBytes: number, signal: AbortSignal): Promise<ArchiveFile | undefined>;

  volumes(labels: Labels, signal: AbortSignal): Promise<readonly Volume[]>;
  createVolume(name: string, labels: Labels, signal: AbortSignal): Promise<void>;
  removeVolume(name: string, signal: AbortSignal): Promise<void>;

  networks(labels: Labels, signal: AbortSignal): Promise<readonly Network[]>;
  /** IPv4 addresses by container id on one network of this node; empty where there is no such network. */
  addressesOn(network: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Attachable; `internal` gives it no way out of the node. */
  createOverlay(
    network: { readonly name: string; readonly labels: Labels; readonly internal: boolean },
    signal: AbortSignal,
  ): Promise<void>;
  /** Connects a container, which then answers to these names on that network. */
  connect(
    network: string,
    containerId: string,
    aliases: readonly string[],
    signal: AbortSignal,
  ): Promise<void>;
  /** Refused while a container is on it; what was removed may still be listed for a moment. */
  removeNetwork(name: string, signal: AbortSignal): Promise<void>;

  services(labels: Labels, signal: AbortSignal): Promise<readonly Service[]>;
  tasks(serviceNames: readonly string[], signal: AbortSignal): Promise<readonly Task[]>;
  /** How many tasks of services with these ids the swarm still knows, removed services included, but not what ended of jobs: that it keeps for ever. */
  tasksLeft(serviceIds: readonly string[], signal: AbortSignal): Promise<number>;
  removeService(id: string, signal: AbortSignal): Promise<void>;

  configs(labels: Labels, signal: AbortSignal): Promise<readonly SwarmObject[]>;
  config(name: string, signal: AbortSignal): Promise<SwarmObject | undefined>;
  /** False where the name is taken: an atomic claim. */
  createConfig(name: string, labels: Labels, content: string, signal: AbortSignal): Promise<boolean>;
  /** Replaces the labels if the version is still that one; false where somebody was faster or it is gone. */
  relabelConfig(config: SwarmObject, labels: Labels, signal: AbortSignal): Promise<boolean>;
  removeConfig(id: string, signal: AbortSignal): Promise<void>;

  secrets(labels: Labels, signal: AbortSignal): Promise<readonly SwarmObject[]>;
  createSecret(name: string, labels: Labels, content: string, signal: AbortSignal): Promise<boolean>;
  removeSecret(id: string, signal: AbortSignal): Promise<void>;

  /** Resolves at the next event of this engine that may concern a wait, or when aborted. Never throws. */
  nextEvent(signal: AbortSignal): Promise<void>;
}
