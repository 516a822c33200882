import { join } from 'node:path';
import type { Deployer, Deployment, DeploymentSecret } from '../ports/deployer.ts';
import type { Route } from '../ports/router.ts';
import type { Finding } from '../recipe/finding.ts';
import { type BackupLabels, parseBackupLabels } from '../recipe/labels.ts';
import { withOverlays } from '../recipe/overlays.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { writeFiles } from '../recipe/write-files.ts';
import { keyBytes } from '../shared/key-bytes.ts';
import { adjust } from './adjust/adjust.ts';
import type { Adjustment, AppPlace } from './adjust/adjustment.ts';
import { closeEgress } from './adjust/egress.ts';
import { ownLabels } from './adjust/labels.ts';
import { limit } from './adjust/limits.ts';
import { isExternal, parseStackFile, printStackFile, type StackFile } from './document.ts';
import { environmentOf } from './environment.ts';
import { inputsOf, type StackInput } from './inputs.ts';
import { paceOf } from './pace.ts';
import type { PolicyAnswer, PolicyFinding } from './policy/finding.ts';
import { requireGuarded } from './policy/guarded.ts';
import {
  type PolicyContext,
  policyOfDocument,
  policyOfFiles,
  type RecipePolicy,
  STRICT,
} from './policy/policy.ts';
import { refuse } from './policy/refusal.ts';
import { type RouteFault, type Routing, routingOf } from './routes.ts';
import { type GivenSecret, secretsOf } from './secrets.ts';
import { supplementOf } from './supplement.ts';

/** A recipe rendered for one app of a run: the very document that is deployed, and what it will make. */
export interface Stack {
  /** With the overlays that are switched on for this app. */
  readonly recipe: Recipe;
  readonly place: AppPlace;
  readonly deployment: Deployment;
  /** What is deployed, before it is printed. */
  readonly file: StackFile;
  /** What Docker made of the recipe's files, before any change of ours. */
  readonly merged: StackFile;
  readonly services: readonly StackService[];
  /** By compose key: the name on the engine. */
  readonly volumes: Readonly<Record<string, string>>;
  /** Names on the swarm of what the document creates besides services and volumes. */
  readonly configs: readonly string[];
  readonly secrets: readonly string[];
  readonly networks: readonly string[];
  readonly routes: readonly Route[];
  /** Routers of the recipe that make no route. */
  readonly routeFaults: readonly RouteFault[];
  readonly adjustments: readonly Adjustment[];
  /** What is known to be amiss before anything is deployed. */
  readonly findings: readonly Finding[];
  /** What the policy had to say; a stack that it refuses is never made. */
  readonly policy: PolicyAnswer;
  /** Files that Docker's client reads when this is deployed. */
  readonly inputs: readonly StackInput[];
}

export interface StackService {
  /** As in the compose file. */
  readonly name: string;
  /** As the recipe names it. */
  readonly image: string;
  /** What it is pinned to; undefined where it is deployed as the recipe names it. */
  readonly digest?: string;
  readonly deployLabels: Readonly<Record<string, string>>;
  readonly backup: BackupLabels;
  readonly mounts: readonly {
    readonly volume: string;
    readonly target: string;
    readonly writable: boolean;
  }[];
  /** Milliseconds that the recipe lets it take to become healthy. */
  readonly budget: number;
}

/** A service without a health check has this long, the time abra's own recipes mostly set. */
const BUDGET_WITHOUT_CHECK_MS = 300_000;

export interface RenderOptions {
  readonly recipe: Recipe;
  readonly place: AppPlace;
  readonly domain: string;
  /** Settings of the suite, which win over the recipe's sample. */
  readonly env: Readonly<Record<string, string>>;
  /** Values of the suite for secrets, by compose key. */
  readonly secrets: Readonly<Record<string, GivenSecret>>;
  /** Secrets that are there already when this is deployed. */
  readonly kept: readonly DeploymentSecret[];
  /** Secret of the run that generated secrets follow from. */
  readonly key: Uint8Array;
  /** Path of the fetched repository. */
  readonly repository: string;
  /** An empty private directory for the recipe's files. */
  readonly directory: string;
  /** By default nobody is allowed anything. */
  readonly policy?: RecipePolicy;
  /** What the base asks for already; a refusal says what is new. */
  readonly before?: readonly PolicyFinding[];
  readonly deployer: Pick<Deployer, 'config'>;
  readonly signal: AbortSignal;
}

/**
 * Throws `recipe` errors with Docker's words where the files make no stack, and one that
 * `refusedBy` knows where the policy refuses it.
 */
export async function renderStack(options: RenderOptions): Promise<Stack> {
  const { place, domain, directory } = options;
  const { values: env, adjustments: moved } = environmentOf({
    recipe: options.recipe,
    settings: options.env,
    ...{ domain, stack: place.stack },
  });
  const recipe = withOverlays(options.recipe, env['COMPOSE_FILE'] ?? 'compose.yml');
  const policy = options.policy ?? STRICT;
  const context = { policy, env, stack: place.stack, domain, network: place.network };
  const text = await judgedConfig(options, recipe, context);
  const answer = policyOfDocument(recipe, text, directory, context);
  refuse(answer.findings, options.before);
  const file = parseStackFile(text);
  const merged = structuredClone(file);
  // Docker's own label, so that the secret goes with the stack.
  const labels = { ...ownLabels(place), 'com.docker.stack.namespace': place.stack };
  const { secrets, findings } = secretsOf({
    recipe: recipe.name,
    wishes: recipe.secrets,
    ...{ file, given: options.secrets, kept: options.kept, labels },
    bytes: (label) => keyBytes(options.key, label),
  });
  const budgets = new Map(
    Object.entries(file.services).map(([name, service]) => [
      name,
      paceOf(service)?.budget ?? BUDGET_WITHOUT_CHECK_MS,
    ]),
  );
  const { limits, egress } = policy.settings;
  const adjustments = [
    ...moved,
    ...adjust(file, { ...place, env }),
    ...limit(file, limits),
    ...closeEgress(file, egress),
  ];
  requireGuarded(file, place, limits);
  const origin = {
    ...{ recipe: recipe.name, sha: recipe.sha, files: recipe.files },
    ...{ domain, env, repository: options.repository },
    compose: recipe.compose.map(({ path }) => path),
    supplement: '',
  };
  const deployment = { stack: place.stack, document: '', secrets, origin };
  const routing = routingIn(file, options);
  return {
    recipe,
    place,
    ...{ file, merged, deployment: deploymentOf({ deployment, merged }, file) },
    services: servicesOf(file, budgets),
    volumes: namesOf(file.volumes, place.stack),
    configs: Object.values(namesOf(file.configs, place.stack)),
    secrets: [...Object.values(namesOf(file.secrets, place.stack)), ...secrets.map(({ name }) => name)],
    networks: Object.values(namesOf(file.networks, place.stack)),
    routes: routing.routes,
    routeFaults: routing.faults,
    adjustments: [...adjustments, ...(place.operatorsRouter ? [] : routing.leftOut)],
    findings,
    policy: answer,
    inputs: inputsOf(file, directory, recipe.files, Object.values(place.trust ?? {})),
  };
}

/** The deployment with another document, and what differs from the recipe in that. */
export function deploymentOf(
  { deployment, merged }: Pick<Stack, 'deployment' | 'merged'>,
  file: StackFile,
): Deployment {
  const origin = { ...deployment.origin, supplement: supplementOf(merged, file).text };
  return { ...deployment, document: printStackFile(file), origin };
}

/** The files are judged before Docker's client sees them: it reads some of what they name. */
async function judgedConfig(
  { deployer, directory, before, signal }: RenderOptions,
  recipe: Recipe,
  context: PolicyContext,
): Promise<string> {
  refuse(policyOfFiles(recipe, context).findings, before);
  await writeFiles(directory, recipe.files);
  const files = recipe.compose.map((file) => join(directory, file.path));
  return await deployer.config(files, directory, context.env, signal);
}

function servicesOf(file: StackFile, budgets: ReadonlyMap<string, number>): StackService[] {
  return Object.entries(file.services).map(([name, service]) => {
    const deployLabels = { ...service.deploy?.labels };
    return {
      name,
      image: service.image ?? '',
      deployLabels,
      backup: parseBackupLabels(deployLabels),
      mounts: (service.volumes ?? [])
        .filter((mount) => mount.type === 'volume' && mount.source !== undefined)
        .map((mount) => ({
          volume: mount.source ?? '',
          target: mount.target,
          writable: mount.read_only !== true,
        })),
      budget: budgets.get(name) ?? BUDGET_WITHOUT_CHECK_MS,
    };
  });
}

function namesOf(entries: StackFile['volumes'], stack: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries ?? {})
      .filter(([, entry]) => !isExternal(entry))
      .map(([key, entry]) => [key, entry?.name ?? `${stack}_${key}`]),
  );
}

function routingIn(file: StackFile, { place, domain }: RenderOptions): Routing {
  const services = Object.entries(file.services).map(([name, service]) => ({
    name,
    labels: service.deploy?.labels ?? {},
  }));
  return routingOf({ stack: place.stack, domain, network: place.network, services });
}
