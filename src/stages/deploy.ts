import { SeatrialError } from '../shared/errors.ts';
import { list } from '../shared/text.ts';
import { verifyInputs } from '../stack/inputs.ts';
import { ownNames } from '../stack/own-names.ts';
import type { Stack } from '../stack/stack.ts';
import { type Blamed, causeOf } from './blame.ts';
import { CheckFault, check, type StageContext } from './context.ts';
import { converge } from './converge.ts';
import { leftRunning } from './convergence.ts';
import { imageCause } from './image-trouble.ts';
import { runSteps } from './install-steps.ts';
import { placed } from './place.ts';
import { runPostCommands } from './post-commands.ts';
import { refusal } from './refusal.ts';

/** Whose fault it is when a stack does not come up: the change is tested, the release before it is not. */
export type Blame = 'fail' | 'error';

export interface DeployCheck {
  readonly id: string;
  readonly title: string;
  readonly stack: Stack;
  readonly blame: Blame;
}

/**
 * Installs an app that has no data yet: deploys it, waits until all of it is healthy and does what
 * is due after that: what the recipe has done by itself, then what the suite has a person do.
 */
export async function installHealthy(context: StageContext, what: DeployCheck): Promise<void> {
  await check(context, what.id, what.title, async () => {
    await handOver(context, what);
    await together(context, [
      (own) => converged(own, what, 'healthy'),
      (own) => runSteps(own, what.stack, 'before'),
    ]);
  });
  await runPostCommands(context, what, 'POST_DEPLOY_CMDS');
  if (!context.suite.install.some(({ when }) => when === 'after')) return;
  await check(context, `${what.id}-steps`, 'the steps of the suite end well', () =>
    runSteps(context, what.stack, 'after'),
  );
}

/** Deploys a stack over what is there, waits until all of it is healthy and does what the recipe wants done then. */
export async function upgradeHealthy(context: StageContext, what: DeployCheck): Promise<void> {
  await check(context, what.id, what.title, async () => {
    await handOver(context, what);
    await converged(context, what, 'healthy');
    return await noteOfLeftovers(context, what.stack);
  });
  await runPostCommands(context, what, 'POST_UPGRADE_CMDS');
}

/** What the document lacks and runs all the same is no fault by itself, but nobody should be surprised by it. */
async function noteOfLeftovers(
  { deployer, signal }: StageContext,
  stack: Stack,
): Promise<string | undefined> {
  const seen = await deployer.observe(stack.place.stack, signal);
  const left = leftRunning(
    seen,
    stack.services.map(({ name }) => name),
  );
  if (left.length === 0) return undefined;
  const names = list(left.map((name) => `\`${name}\``));
  return left.length === 1
    ? `B66: service ${names} is not in the recipe any more and goes on running, since a deployment takes no service away`
    : `B66: services ${names} are not in the recipe any more and go on running, since a deployment takes no service away`;
}

/** Waits until Swarm has stopped watching what was deployed last. */
export async function settle(context: StageContext, what: DeployCheck): Promise<void> {
  await check(context, what.id, what.title, () => converged(context, what, 'settled'));
}

/** Works side by side; the first that fails ends the others. */
async function together(
  context: StageContext,
  works: readonly ((context: StageContext) => Promise<unknown>)[],
): Promise<void> {
  const stop = new AbortController();
  const own = { ...context, signal: AbortSignal.any([context.signal, stop.signal]) };
  const running = works.map((work) => work(own));
  try {
    await Promise.all(running);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(running);
    throw error;
  }
}

async function handOver(context: StageContext, { stack, blame }: DeployCheck): Promise<void> {
  refuseMissingImages(context, stack, blame);
  for (const [kind, names] of ownNames(stack)) context.ledger.intend(kind, names);
  try {
    await verifyInputs(stack.inputs);
    await context.deployer.deploy(stack.deployment, context.signal);
  } catch (error) {
    if (!(error instanceof SeatrialError && error.code === 'deploy-refused')) throw error;
    const words = String(error.facts['words'] ?? error.message);
    const { fault, ...told } = refusal(words);
    blameFor(stack, blame, { fault, cause: { ...told, evidence: [words] } });
  }
}

/** Swarm would find out by itself, but later and in fewer words. */
function refuseMissingImages(context: StageContext, stack: Stack, blame: Blame): void {
  for (const { name, image } of stack.services) {
    const trouble = context.images.get(image);
    if (trouble === undefined) continue;
    const cause = imageCause(name, image, trouble);
    blameFor(stack, blame, { fault: trouble.fault, cause });
  }
}

async function converged(
  context: StageContext,
  { stack, blame }: DeployCheck,
  wanted: 'healthy' | 'settled',
): Promise<void> {
  const { deployer, engine, clock, signal, stage } = context;
  const progress = (text: string) => context.emit({ type: 'progress', stage, text });
  const why = await converge({ stack, wanted, deployer, engine, clock, signal, progress });
  if (why === undefined) return;
  blameFor(stack, blame, causeOf(why));
}

/** The environment's fault is nobody's failure, and a release before the change is not on trial. */
function blameFor(stack: Stack, blame: Blame, { fault, cause }: Blamed): never {
  if (fault === 'environment') throw new CheckFault('error', cause);
  if (blame === 'fail') throw new CheckFault('fail', placed(stack.recipe, cause));
  throw new CheckFault('error', {
    ...cause,
    code: 'previous-release-broken',
    sentence: `The previous release, ${stack.recipe.version ?? stack.recipe.sha.slice(0, 10)}, does not come up any more, so the upgrade cannot be tried: ${cause.sentence}`,
  });
}
