import { SeatrialError } from '../shared/errors.ts';
import { verifyInputs } from '../stack/inputs.ts';
import { ownNames } from '../stack/own-names.ts';
import type { Stack } from '../stack/stack.ts';
import { causeOf } from './blame.ts';
import { CheckFault, check, type StageContext } from './context.ts';
import { converge } from './converge.ts';
import { runSteps } from './install-steps.ts';
import { runPostCommands } from './post-commands.ts';

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
  });
  await runPostCommands(context, what, 'POST_UPGRADE_CMDS');
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
    throw new CheckFault(blame, refused(words));
  }
}

/** Swarm would find out by itself, but later and in fewer words. */
function refuseMissingImages(context: StageContext, stack: Stack, blame: Blame): void {
  for (const { name, image } of stack.services) {
    const trouble = context.images.get(image);
    if (trouble === undefined) continue;
    throw new CheckFault(trouble.fault === 'recipe' ? blame : 'error', {
      code: trouble.fault === 'recipe' ? 'B48' : 'registry',
      sentence: `The image ${image} of service \`${name}\` cannot be pulled: ${trouble.words}.`,
      where: { service: name },
      evidence: [trouble.words],
    });
  }
}

function refused(words: string): { code: string; sentence: string; evidence: string[] } {
  const code = /only updates to Labels are allowed/i.test(words) ? 'B25' : 'deploy-refused';
  const sentence =
    code === 'B25'
      ? `A config's content changed while its name stayed the same, and Swarm allows only its labels to change: ${words}`
      : `Docker refused the stack: ${words}`;
  return { code, sentence, evidence: [words] };
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
  const cause = causeOf(why);
  if (blame === 'fail') throw new CheckFault('fail', cause);
  throw new CheckFault('error', {
    ...cause,
    code: 'previous-release-broken',
    sentence: `The previous release, ${stack.recipe.version ?? stack.recipe.sha.slice(0, 10)}, does not come up any more, so the upgrade cannot be tried: ${cause.sentence}`,
  });
}
