import type { ComposeFile, PlacedLabel } from './compose.ts';
import {
  dependenciesOf,
  type EnvironmentPair,
  environmentOf,
  type FileMount,
  fileMountsOf,
  mountsOf,
  networksOf,
  portsOf,
  type ServiceMount,
  type ServiceNetwork,
  type ServicePort,
} from './service-parts.ts';
import { itemsOf, textOf } from './source.ts';
import {
  type Env,
  lastByKey,
  listAt,
  type Part,
  type Place,
  partsAt,
  partsByName,
  type Written,
  writtenAt,
  writtenOf,
} from './written.ts';

/**
 * A service over all compose files, merged as Docker merges them. It is read from the files
 * alone, so it is there also where Docker would refuse the stack.
 */
export interface RecipeService extends Place {
  readonly name: string;
  /** Where each file speaks of it, in merge order; for readers that look at other keys. */
  readonly parts: readonly Part[];
  /** Undefined where no file gives one. */
  readonly image: Written | undefined;
  readonly environment: readonly EnvironmentPair[];
  readonly command: Command | undefined;
  readonly entrypoint: Command | undefined;
  readonly mounts: readonly ServiceMount[];
  /** Empty means the stack's `default` network. */
  readonly networks: readonly ServiceNetwork[];
  readonly ports: readonly ServicePort[];
  readonly healthcheck: HealthCheck | undefined;
  readonly dependsOn: readonly Written[];
  readonly configs: readonly FileMount[];
  readonly secrets: readonly FileMount[];
  /** Of the kind and key the last; keys before anything is filled in. */
  readonly labels: readonly PlacedLabel[];
  readonly envFiles: readonly Written[];
  readonly stopGracePeriod: Written | undefined;
  readonly user: Written | undefined;
  readonly deploy: Deploy;
}

/** A command in either form. */
export interface Command extends Place {
  /** `text` was given as one line, which Docker splits into words itself. */
  readonly form: 'text' | 'list';
  readonly words: readonly string[];
}

export interface HealthCheck extends Place {
  readonly disabled: boolean;
  /** With its first word `CMD`, `CMD-SHELL` or `NONE` where it is a list. */
  readonly test: Command | undefined;
  readonly interval: Written | undefined;
  readonly timeout: Written | undefined;
  readonly retries: Written | undefined;
  readonly startPeriod: Written | undefined;
}

export interface Deploy {
  readonly mode: Written | undefined;
  /** `0` is a service that is switched off. */
  readonly replicas: Written | undefined;
  readonly updateOrder: Written | undefined;
  readonly updateFailureAction: Written | undefined;
  readonly restartCondition: Written | undefined;
  readonly restartMaxAttempts: Written | undefined;
  readonly endpointMode: Written | undefined;
  readonly constraints: readonly Written[];
}

/** In the order in which the files name them. `env` is what variables are filled in from. */
export function servicesOf(compose: readonly ComposeFile[], env: Env): readonly RecipeService[] {
  const labels = compose.flatMap((file) => file.labels);
  return [...partsByName(compose, 'services')].map(([name, parts]) =>
    serviceOf(
      name,
      parts,
      labels.filter((label) => label.service === name),
      env,
    ),
  );
}

function serviceOf(
  name: string,
  parts: readonly Part[],
  labels: readonly PlacedLabel[],
  env: Env,
): RecipeService {
  return {
    name,
    file: parts[0]?.file ?? '',
    line: parts[0]?.line ?? 1,
    parts,
    image: writtenAt(parts, env, 'image'),
    environment: environmentOf(parts, env),
    command: commandAt(parts, env, 'command'),
    entrypoint: commandAt(parts, env, 'entrypoint'),
    mounts: mountsOf(parts, env),
    networks: networksOf(parts, env),
    ports: portsOf(parts, env),
    healthcheck: healthcheckOf(parts, env),
    dependsOn: dependenciesOf(parts),
    configs: fileMountsOf(parts, 'configs', env),
    secrets: fileMountsOf(parts, 'secrets', env),
    labels: lastByKey(labels, (label) => `${label.place} ${label.key}`),
    envFiles: partsAt(parts, 'env_file').flatMap(({ file, node }) =>
      [node, ...itemsOf(node)].flatMap((item) => writtenOf(file, item, env)),
    ),
    stopGracePeriod: writtenAt(parts, env, 'stop_grace_period'),
    user: writtenAt(parts, env, 'user'),
    deploy: deployOf(parts, env),
  };
}

/** A later file's command takes the place of an earlier one's. */
function commandAt(parts: readonly Part[], env: Env, ...keys: readonly string[]): Command | undefined {
  const last = partsAt(parts, ...keys).at(-1);
  if (last === undefined) return undefined;
  const { file, node, line } = last;
  const items = node.kind === 'list' ? node.items : [node];
  const words = items.flatMap((item) => writtenOf(file, item, env).map(({ value }) => value));
  if (words.length === 0) return undefined;
  return { file, line, form: textOf(node) === undefined ? 'list' : 'text', words };
}

function healthcheckOf(parts: readonly Part[], env: Env): HealthCheck | undefined {
  const last = partsAt(parts, 'healthcheck').at(-1);
  if (last === undefined) return undefined;
  const at = (key: string) => writtenAt(parts, env, 'healthcheck', key);
  const test = commandAt(parts, env, 'healthcheck', 'test');
  return {
    file: last.file,
    line: last.line,
    disabled: at('disable')?.value === 'true' || test?.words[0] === 'NONE',
    test,
    interval: at('interval'),
    timeout: at('timeout'),
    retries: at('retries'),
    startPeriod: at('start_period'),
  };
}

function deployOf(parts: readonly Part[], env: Env): Deploy {
  const at = (...keys: string[]) => writtenAt(parts, env, 'deploy', ...keys);
  return {
    mode: at('mode'),
    replicas: at('replicas'),
    updateOrder: at('update_config', 'order'),
    updateFailureAction: at('update_config', 'failure_action'),
    restartCondition: at('restart_policy', 'condition'),
    restartMaxAttempts: at('restart_policy', 'max_attempts'),
    endpointMode: at('endpoint_mode'),
    constraints: listAt(parts, env, 'deploy', 'placement', 'constraints'),
  };
}
