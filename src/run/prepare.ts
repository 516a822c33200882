import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readApprovals } from '../config/approvals.ts';
import type { RunKey } from '../integrity/seed.ts';
import { makePlan, type Plan, type PlannedApp } from '../plan/plan.ts';
import type { Deployer, DeploymentSecret } from '../ports/deployer.ts';
import type { Finding } from '../recipe/finding.ts';
import { fetchRepository, type Repository } from '../recipe/git.ts';
import { type Recipe, readRecipe } from '../recipe/recipe.ts';
import type { CommitSha, RunId } from '../shared/brand.ts';
import { isSeatrialError, SeatrialError } from '../shared/errors.ts';
import type { AppPlace, TrustFiles } from '../stack/adjust/adjustment.ts';
import type { PolicyFinding } from '../stack/policy/finding.ts';
import { imagined, policyOfFiles, type RecipePolicy } from '../stack/policy/policy.ts';
import { refusedBy } from '../stack/policy/refusal.ts';
import { renderStack, type Stack } from '../stack/stack.ts';
import { readSuite, type Suite } from '../suite/suite.ts';
import type { TestRequest } from '../trigger/request.ts';
import { allFindings, releasesBefore } from './comparison.ts';
import { policyFor } from './guard.ts';
import type { House } from './house.ts';
import { baseOf, startOf } from './upgrade-start.ts';

/** A planned run with everything that could be known before anything is deployed. */
export interface Prepared {
  readonly plan: Plan;
  readonly request: TestRequest;
  readonly suite: Suite;
  readonly head: Recipe;
  readonly previous: Recipe | undefined;
  /** What is known from the files alone. */
  readonly findings: readonly Finding[];
  /** What the recipe may ask for. */
  readonly policy: RecipePolicy;
  /** What the base of the change asks for already; undefined where there is none. */
  readonly before: readonly PolicyFinding[] | undefined;
  /** Private tree of this run. */
  readonly directory: string;
}

export interface PrepareOptions {
  readonly run: RunId;
  readonly request: TestRequest;
  readonly house: Pick<House, 'settings'>;
  readonly signal: AbortSignal;
}

/** Fetches, reads and plans. Throws `recipe` and `input` errors for what cannot be read. */
export async function prepare({ run, request, house, signal }: PrepareOptions): Promise<Prepared> {
  const directory = join(house.settings.work, run);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const repository = await fetchRepository({
    source: request.source,
    directory,
    path: house.settings.path,
    commits: [request.head],
    refs: request.refs,
    signal,
  });
  const head = await readRecipe(repository, request.recipe, request.head, signal);
  const suite = await readSuite(house.settings.suites, request.recipe);
  const base = await baseOf(repository, request, signal);
  const from = await startOf({ repository, request, base, suite, signal });
  const release = from.kind === 'release' ? from.release : undefined;
  const previous =
    release === undefined ? undefined : await readRecipe(repository, request.recipe, release.sha, signal);
  const settings = policyFor(request, house.settings.policy);
  const policy = { settings, approvals: await readApprovals(settings.directory, request.recipe) };
  const plan = makePlan({
    ...{ run, request, previous: release, baseDomain: house.settings.baseDomain },
    ...(from.kind === 'none' ? { noUpgrade: from.reason } : {}),
    fixedPorts: fixedPortsOf([head, ...(previous === undefined ? [] : [previous])]),
  });
  const fork = await repository.mergeBase(request.head, base, signal);
  const releases = await releasesBefore(repository, fork ?? base, signal);
  return {
    ...{ plan, request, suite, head, previous, policy, directory },
    findings: allFindings({ head, base: previous, releases }, policy),
    before: await askedBefore(repository, request, fork, policy, signal),
  };
}

function fixedPortsOf(recipes: readonly Recipe[]): string[] {
  const ports = recipes
    .flatMap(({ services }) => services)
    .flatMap((service) => service.ports)
    .flatMap(({ published, protocol }) => (published === undefined ? [] : [`${published}/${protocol}`]));
  return [...new Set(ports)].sort();
}

/** What the files ask for where the change begins. What cannot be read there asks for nothing. */
async function askedBefore(
  repository: Repository,
  request: TestRequest,
  fork: CommitSha | undefined,
  policy: RecipePolicy,
  signal: AbortSignal,
): Promise<readonly PolicyFinding[] | undefined> {
  if (fork === undefined || fork === request.head) return undefined;
  try {
    const recipe = await readRecipe(repository, request.recipe, fork, signal);
    return policyOfFiles(recipe, imagined(recipe, policy)).findings;
  } catch (error) {
    if (isSeatrialError(error) && error.kind === 'recipe') return [];
    throw error;
  }
}

export interface Rendered {
  readonly app: PlannedApp;
  readonly head: Stack;
  readonly previous: Stack | undefined;
}

export interface RenderContext {
  readonly prepared: Prepared;
  readonly house: Pick<House, 'settings' | 'router'> & { readonly deployer: Pick<Deployer, 'config'> };
  /** Secret of the run that its generated secrets follow from. */
  readonly key: RunKey;
  /** What apps are to trust, where something is injected. */
  readonly trust: TrustFiles | undefined;
  readonly expires: number;
  readonly nodeId: string;
  readonly ipvs: boolean;
  readonly signal: AbortSignal;
}

/** Renders what one app is deployed from: the head, and the release before it where it starts there. */
export async function renderApp(context: RenderContext, app: PlannedApp): Promise<Rendered> {
  const { prepared } = context;
  const render = (recipe: Recipe, which: string, kept: readonly DeploymentSecret[]) =>
    renderStack({
      recipe,
      place: placeOf(context, app, recipe),
      domain: app.domain,
      env: prepared.suite.env,
      secrets: prepared.suite.secrets,
      ...{ kept, key: context.key },
      repository: join(prepared.directory, 'repository.git'),
      directory: join(prepared.directory, `${app.role}-${which}`),
      policy: prepared.policy,
      ...(prepared.before === undefined || recipe !== prepared.head ? {} : { before: prepared.before }),
      deployer: context.house.deployer,
      signal: context.signal,
    });
  // What is installed new has nothing to do with what was published before.
  const release = app.role === 'fresh' ? undefined : prepared.previous;
  const previous =
    release === undefined
      ? undefined
      : await render(release, 'previous', []).catch(async (error: unknown) => {
          // Where the change is refused as well, that is the answer.
          await render(prepared.head, 'head', []);
          return previousRefused(error);
        });
  // A secret that is there keeps its value, whatever the change asks for under the same name.
  const kept = app.from === 'previous' ? (previous?.deployment.secrets ?? []) : [];
  const head = await render(prepared.head, 'head', kept);
  return { app, head, previous };
}

/** The change is not to blame for what was published before it. */
function previousRefused(error: unknown): never {
  if (!isSeatrialError(error) || refusedBy(error) === undefined) throw error;
  throw new SeatrialError({
    kind: 'environment',
    code: 'previous-release-refused',
    sentence: `The previous release is refused, so the upgrade cannot be tried: ${error.message}`,
    remedy: 'Let the operator allow it for this recipe, or test with --only install.',
    facts: error.facts,
    cause: error,
  });
}

function placeOf(context: RenderContext, app: PlannedApp, recipe: Recipe): AppPlace {
  const { house, prepared } = context;
  return {
    run: prepared.plan.run,
    app: app.role,
    controller: house.settings.controller,
    expires: context.expires,
    stack: app.stack,
    sha: recipe.sha,
    network: house.router.network ?? networkOf(app),
    ...(house.router.network === undefined ? {} : { operatorsRouter: true }),
    ...(context.trust === undefined ? {} : { trust: context.trust }),
    nodeId: context.nodeId,
    ipvs: context.ipvs,
  };
}

/** Name of the app's own network. */
export function networkOf(app: PlannedApp): string {
  return `${app.stack}-net`;
}
