import type { ExecResult } from '../ports/engine.ts';
import { oneLine } from '../shared/text.ts';
import { type Probed, until } from '../shared/wait.ts';
import type { Stack } from '../stack/stack.ts';
import type { InstallStep } from '../suite/suite.ts';
import { CheckFault, type StageContext } from './context.ts';
import { findContainer } from './seeds.ts';

/** For placing, pulling what is there already, creating and starting. */
const STARTING_MS = 120_000;
const POLL_MS = 250;

/**
 * What the suite has done in an app that was deployed for the first time. Its words are ours, not
 * the change's: a step that fails is an error.
 */
export async function runSteps(
  context: StageContext,
  stack: Stack,
  when: InstallStep['when'],
): Promise<string | undefined> {
  const steps = context.suite.install.filter((step) => step.when === when);
  for (const step of steps) await runStep(context, stack, step);
  return steps.length === 0 ? undefined : steps.map(nameOf).join('; ');
}

async function runStep(context: StageContext, stack: Stack, step: InstallStep): Promise<void> {
  const { service } = step;
  if (!stack.services.some(({ name }) => name === service))
    throw failed(step, 'cannot be done: the recipe has no such service', []);
  const { signal } = context;
  // Whether a service becomes healthy may depend on this very step, so that it is enough that it runs.
  const result = await until(
    {
      ...{ name: `a container of ${service}`, deadline: STARTING_MS, every: POLL_MS, signal },
      wake: (stop) => context.deployer.nextChange(stop),
    },
    async (): Promise<Probed<ExecResult>> => {
      const container = await findContainer(context, stack, service);
      const ended = container === undefined ? undefined : await tried(context, container, step);
      return ended === undefined ? { done: false, missing: service } : { done: true, value: ended };
    },
  );
  if (result.exitCode === 0) return;
  const words = oneLine(result.stderr || result.stdout) || 'it said nothing';
  throw failed(step, `ended with code ${result.exitCode}: ${words}`, [words]);
}

/** What the runtime says where it could not begin because the container was just ending. */
const ENDING =
  /OCI runtime exec failed.*(broken pipe|not running|stopped container|no such process|process_linux|procReady|connection reset|EOF)/i;

/** Undefined where the container ended before the step could begin, or took it along. */
async function tried(
  context: StageContext,
  container: string,
  step: InstallStep,
): Promise<ExecResult | undefined> {
  const stop = AbortSignal.timeout(step.timeout * 1000);
  const signal = AbortSignal.any([context.signal, stop]);
  try {
    const result = await context.engine.exec(container, step.command, signal, step.user);
    if (result.exitCode === 0) return result;
    const running = (await context.engine.containerState(container, context.signal))?.running === true;
    return running && !ENDING.test(`${result.stdout}${result.stderr}`) ? result : undefined;
  } catch (error) {
    if (stop.aborted && !context.signal.aborted)
      throw failed(step, `was not over after ${step.timeout} s`, []);
    context.signal.throwIfAborted();
    if ((await context.engine.containerState(container, context.signal))?.running !== true) return undefined;
    throw error;
  }
}

function failed(step: InstallStep, what: string, evidence: string[]): CheckFault {
  return new CheckFault('error', {
    code: 'install-step',
    sentence: `The suite's step \`${nameOf(step)}\` in service \`${step.service}\` ${what}.`,
    where: { service: step.service },
    evidence: [step.command.join(' '), ...evidence],
  });
}

function nameOf({ command }: InstallStep): string {
  return oneLine(command.join(' ')).slice(0, 80);
}
