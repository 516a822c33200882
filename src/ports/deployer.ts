import type { StackName } from '../shared/brand.ts';
import type { Service, Task } from './engine.ts';

/** What the swarm says of one stack at one moment. */
export interface StackObservation {
  readonly services: readonly Service[];
  /** Newest first within a service and slot. */
  readonly tasks: readonly Task[];
}

/**
 * Brings a stack document onto the swarm and watches it. Says nothing about convergence:
 * that is judged from observations.
 */
export interface Deployer {
  /**
   * Hands the document over and returns at once; what was deployed under this name before is
   * updated, and services that the document lacks are left alone, as operators' tools do.
   * Throws a `recipe` error `deploy-refused` with Docker's words where the document is refused.
   */
  deploy(stack: StackName, document: string, signal: AbortSignal): Promise<void>;
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
