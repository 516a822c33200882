import { join } from 'node:path';
import type { Environment } from '../../src/config/environment.ts';
import { type ProcessResult, runOrThrow, runProcess } from '../../src/shared/process.ts';
import { programEnvironment } from './context.ts';

/** A docker command line client and the engine it talks to. */
export interface Docker {
  readonly cli: { readonly path: string; readonly version: string };
  /** `unix:///…` */
  readonly host: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

export interface DockerCall {
  /** Names the call in errors. */
  readonly name: string;
  /** Milliseconds. */
  readonly deadline?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const DEADLINE = 60_000;

/** Runs a docker command; any exit code but 0 throws `process-failed` with the last words. Returns stdout, trimmed. */
export async function docker(client: Docker, args: readonly string[], call: DockerCall): Promise<string> {
  const result = await runOrThrow(client.cli.path, whole(client, args), options(client, call));
  return result.stdout.trim();
}

/** Runs a docker command whose failure is an answer too. */
export async function tryDocker(
  client: Docker,
  args: readonly string[],
  call: DockerCall,
): Promise<ProcessResult> {
  return runProcess(client.cli.path, whole(client, args), options(client, call));
}

// Our own empty configuration: the operator's contexts, plug-ins and credential helpers stay out of it.
function whole(client: Docker, args: readonly string[]): string[] {
  return ['--config', join(client.environment.cacheDir, 'docker-config'), '-H', client.host, ...args];
}

function options(client: Docker, call: DockerCall) {
  return {
    env: { ...programEnvironment(client.environment), ...call.env },
    signal: client.signal,
    name: call.name,
    deadline: call.deadline ?? DEADLINE,
  };
}
