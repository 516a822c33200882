import { oneLine } from '../shared/text.ts';
import { until } from '../shared/wait.ts';
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
  const container = await started(context, stack, step);
  const stop = AbortSignal.timeout(step.timeout * 1000);
  const signal = AbortSignal.any([context.signal, stop]);
  try {
    const result = await context.engine.exec(container, step.command, signal, step.user);
    if (result.exitCode === 0) return;
    const words = oneLine(result.stderr || result.stdout) || 'it said nothing';
    throw failed(step, `ended with code ${result.exitCode}: ${words}`, [words]);
  } catch (error) {
    if (stop.aborted && !context.signal.aborted)
      throw failed(step, `was not over after ${step.timeout} s`, []);
    throw error;
  }
}

/** The container as soon as it runs; whether it is healthy may depend on this very step. */
async function started(context: StageContext, stack: Stack, { service }: InstallStep): Promise<string> {
  if (!stack.services.some(({ name }) => name === service)) {
    throw new CheckFault('error', {
      code: 'install-step',
      sentence: `The suite has a step for service \`${service}\`, which the recipe does not have.`,
      evidence: [],
    });
  }
  const { signal } = context;
  return await until(
    {
      ...{ name: `a container of ${service}`, deadline: STARTING_MS, every: POLL_MS, signal },
      wake: (stop) => context.deployer.nextChange(stop),
    },
    async () => {
      const id = await findContainer(context, stack, service);
      return id === undefined ? { done: false, missing: service } : { done: true, value: id };
    },
  );
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
