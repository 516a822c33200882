import { type CommitSha, parseStackName, type RunId, type StackName } from '../shared/brand.ts';
import { SeatrialError } from '../shared/errors.ts';
import { STAGES, type StageName, type TestRequest } from '../trigger/request.ts';

/** What will be done and why: a value, made from values. */
export interface Plan {
  readonly run: RunId;
  readonly recipe: string;
  readonly head: CommitSha;
  /** The release that the upgrade starts from. */
  readonly previous: PreviousRelease | undefined;
  readonly paths: readonly Path[];
  /** Stages that will not be carried out, who decided and why. */
  readonly skipped: readonly SkippedStage[];
  /** Apps alive at once: at least, and at best; `why` where they could not be more. */
  readonly slots: { readonly min: number; readonly want: number; readonly why?: string };
}

export interface PreviousRelease {
  readonly tag: string;
  readonly sha: CommitSha;
}

export interface SkippedStage {
  readonly stage: StageName;
  readonly by: string;
  readonly reason: string;
}

/** Stages that follow each other on one app. Paths do not depend on each other. */
export interface Path {
  readonly app: PlannedApp;
  readonly steps: readonly PlannedStep[];
}

export interface PlannedApp {
  /** `fresh` is installed new from the head; `live` carries data through upgrade and restore. */
  readonly role: AppRole;
  readonly stack: StackName;
  readonly domain: string;
  /** What it starts from. */
  readonly from: 'head' | 'previous';
}

export type AppRole = 'fresh' | 'live';

export interface PlannedStep {
  readonly stage: StageName;
  readonly why: string;
}

export interface PlanInput {
  readonly run: RunId;
  readonly request: TestRequest;
  readonly previous: PreviousRelease | undefined;
  /** Why there is no release to upgrade from. */
  readonly noUpgrade?: string;
  readonly baseDomain: string;
  /** Ports of the node that the recipe publishes under numbers of its own, such as `64738/udp`. */
  readonly fixedPorts: readonly string[];
}

export function makePlan(input: PlanInput): Plan {
  const asked = (stage: StageName) => input.request.only.length === 0 || input.request.only.includes(stage);
  const skipped = STAGES.filter((stage) => !asked(stage)).map(
    (stage): SkippedStage => ({ stage, by: 'the request', reason: 'not asked for' }),
  );
  if (asked('upgrade') && input.previous === undefined) {
    skipped.push({
      stage: 'upgrade',
      by: 'the plan',
      reason: input.noUpgrade ?? 'there is no release before this change to upgrade from',
    });
  }
  const paths = [installPath(input, asked), livePath(input, asked)].filter((path) => path.steps.length > 0);
  return {
    run: input.run,
    recipe: input.request.recipe,
    head: input.request.head,
    previous: input.previous,
    paths,
    skipped,
    slots: slotsFor(paths, input.fixedPorts),
  };
}

/** Two apps cannot have the same port of a node: such a recipe walks one path after the other. */
function slotsFor(paths: readonly Path[], fixedPorts: readonly string[]): Plan['slots'] {
  if (fixedPorts.length === 0 || paths.length < 2) return { min: 1, want: Math.max(1, paths.length) };
  const ports = `${fixedPorts.length === 1 ? 'port' : 'ports'} ${fixedPorts.join(', ')}`;
  return { min: 1, want: 1, why: `two apps cannot publish ${ports} on one node` };
}

function installPath(input: PlanInput, asked: (stage: StageName) => boolean): Path {
  return {
    app: plannedApp(input, 'fresh', 'head'),
    steps: asked('install') ? [{ stage: 'install', why: 'a new operator starts from nothing' }] : [],
  };
}

function livePath(input: PlanInput, asked: (stage: StageName) => boolean): Path {
  const upgrades = asked('upgrade') && input.previous !== undefined;
  const steps: PlannedStep[] = [];
  if (upgrades) steps.push({ stage: 'upgrade', why: `operators run ${input.previous?.tag} today` });
  if (asked('backup-restore')) {
    steps.push({ stage: 'backup-restore', why: 'a backup is worth what comes back from it' });
  }
  return { app: plannedApp(input, 'live', upgrades ? 'previous' : 'head'), steps };
}

function plannedApp(input: PlanInput, role: AppRole, from: PlannedApp['from']): PlannedApp {
  const stack = stackName(input.request.recipe, input.run, role);
  return { role, stack, domain: `${stack}.${input.baseDomain}`, from };
}

/** Eight characters of the recipe, the run, and one letter for the app: at most 24, safe as a DNS label. */
function stackName(recipe: string, run: RunId, role: AppRole): StackName {
  const short =
    recipe
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, '-')
      .replace(/^[^a-z]+/, '')
      .slice(0, 8)
      .replace(/-+$/, '') || 'app';
  const name = parseStackName(`${short}-${run}${role.charAt(0)}`);
  if (name === undefined) {
    throw new SeatrialError({
      kind: 'internal',
      code: 'stack-name',
      sentence: `No stack name can be made of ${recipe} and ${run}.`,
    });
  }
  return name;
}
