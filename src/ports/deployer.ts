import type { CommitSha, StackName } from '../shared/brand.ts';
import type { Labels, Service, Task } from './engine.ts';

/** What the swarm says of one stack at one moment. */
export interface StackObservation {
  /** Every service of this stack, those too that the document of the last deployment lacks. */
  readonly services: readonly Service[];
  /** Newest first within a service and slot. */
  readonly tasks: readonly Task[];
}

/** A secret of a deployment, with the value that it is to have. */
export interface DeploymentSecret {
  /** Key in the compose files. */
  readonly key: string;
  /** Name on the swarm. */
  readonly name: string;
  /** What stands for the version at the end of the name. */
  readonly version: string;
  readonly labels: Labels;
  readonly value: string;
}

/** One app as it is to be deployed. */
export interface Deployment {
  readonly stack: StackName;
  /** The very text that is deployed, with everything merged, interpolated and adjusted. */
  readonly document: string;
  readonly secrets: readonly DeploymentSecret[];
  /** What the document was made from, for deployers that make it again with their own tool. */
  readonly origin: DeploymentOrigin;
}

export interface DeploymentOrigin {
  readonly recipe: string;
  readonly sha: CommitSha;
  readonly domain: string;
  /** Everything in the app's own environment file. */
  readonly env: Readonly<Record<string, string>>;
  /** Compose files in merge order, relative to the recipe. */
  readonly compose: readonly string[];
  readonly files: readonly {
    readonly path: string;
    readonly executable: boolean;
    readonly content: Uint8Array;
  }[];
  /** The recipe's own repository, for the history that a tool may want; fetched by its path. */
  readonly repository: string;
  /** Only what we adjust, as one more compose file that is merged last. */
  readonly supplement: string;
}

/**
 * Brings a stack document onto the swarm and watches it. Says nothing about convergence:
 * that is judged from observations.
 */
export interface Deployer {
  /** Set where the stack is made again from its origin: what the supplement cannot say does not reach it. */
  readonly mergesItself?: true;
  /** What deploys, with its version, for the record of a run. */
  describe(signal: AbortSignal): Promise<string>;
  /**
   * Hands the document over and returns at once; what was deployed under this name before is
   * updated, and services that the document lacks are left alone, as operators' tools do.
   * Secrets that are not there yet are created first; one that exists is kept, as Swarm must.
   * Registries get the logins that the deployer was made with, and no others.
   * Throws a `recipe` error `deploy-refused` with Docker's words in `facts.words` where the document
   * is refused; what was made before the refusal may be there, and is observed and removed like the rest.
   */
  deploy(deployment: Deployment, signal: AbortSignal): Promise<void>;
  observe(stack: StackName, signal: AbortSignal): Promise<StackObservation>;
  /**
   * Takes the stack away by force, without grace, and returns when its services, tasks,
   * containers, networks, configs and secrets are seen gone. Its volumes stay.
   * A stack that is not there is gone.
   */
  remove(stack: StackName, signal: AbortSignal): Promise<void>;
  /** Resolves when something may have changed. Never throws. */
  nextChange(signal: AbortSignal): Promise<void>;
  /** Merges and interpolates compose files in the given environment alone; returns Docker's YAML. */
  config(
    files: readonly string[],
    directory: string,
    env: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<string>;
}
