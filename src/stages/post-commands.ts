import type { Engine } from '../ports/engine.ts';
import { type PostCommand, parsePostCommands } from '../recipe/post-commands.ts';
import { oneLine } from '../shared/text.ts';
import type { Stack } from '../stack/stack.ts';
import { CheckFault, check, type StageContext } from './context.ts';
import { containerOf } from './seeds.ts';

/** After what abra carries the commands out. */
export type PostVariable = 'POST_DEPLOY_CMDS' | 'POST_UPGRADE_CMDS';

/** The deployment after which they are due, and whose fault it is where they fail. */
interface Deployed {
  /** Of the deployment's own check. */
  readonly id: string;
  readonly stack: Stack;
  readonly blame: 'fail' | 'error';
}

const SCRIPT = { directory: '/tmp', name: 'abra.sh' };

/**
 * The functions of `abra.sh` that the recipe wants called after a deployment or an upgrade. They
 * run in the app's own container and nowhere else; their text is the recipe's, and so is the
 * fault where one fails. No check where the recipe names none.
 */
export async function runPostCommands(
  context: StageContext,
  { id, stack, blame }: Deployed,
  variable: PostVariable,
): Promise<void> {
  const commands = parsePostCommands(stack.deployment.origin.env[variable] ?? '');
  if (commands.length === 0) return;
  await check(context, `${id}-commands`, `what ${variable} names ends well`, async () => {
    for (const command of commands) {
      if ('text' in command)
        throw fault(
          blame,
          stack,
          `${variable} has “${command.text}”, which names no service and function`,
          [],
        );
      await runCommand(context, stack, blame, variable, command);
    }
    return commands
      .map((command) => ('call' in command ? `${command.service} ${command.call}` : ''))
      .join('; ');
  });
}

async function runCommand(
  context: StageContext,
  stack: Stack,
  blame: Deployed['blame'],
  variable: PostVariable,
  { service, call, args }: PostCommand,
): Promise<void> {
  const { engine, signal, clock } = context;
  const script = stack.deployment.origin.files.find(({ path }) => path === SCRIPT.name);
  if (script === undefined)
    throw fault(blame, stack, `${variable} names \`${call}\`, and the recipe has no abra.sh`, []);
  if (!stack.services.some(({ name }) => name === service))
    throw fault(blame, stack, `${variable} names service \`${service}\`, which the recipe does not have`, []);
  const container = await containerOf(context, stack, service);
  const { content } = script;
  const attributes = { mode: 0o755, uid: 0, gid: 0, mtime: Math.floor(clock.now() / 1000) };
  await engine.putFiles(container, SCRIPT.directory, [{ path: SCRIPT.name, content, ...attributes }], signal);
  const { domain } = stack.deployment.origin;
  const known = `TARGET=${service}; APP_NAME=${domain}; STACK_NAME=${stack.place.stack}`;
  const line = `${known}; . ${SCRIPT.directory}/${SCRIPT.name}; ${call} ${args}`;
  const shell = await shellOf(engine, container, signal);
  const result = await engine.exec(container, [shell, '-c', line.trim()], signal);
  if (result.exitCode === 0) return;
  const words = oneLine(result.stderr || result.stdout) || 'it said nothing';
  throw fault(
    blame,
    stack,
    `\`${call}\` of abra.sh ended with code ${result.exitCode} in service \`${service}\`: ${words}`,
    [`${service} ${call} ${args}`.trim(), words],
  );
}

/** bash where the image has it, as abra looks for it. */
async function shellOf(engine: Engine, container: string, signal: AbortSignal): Promise<string> {
  const bash = '/bin/bash';
  const { exitCode } = await engine.exec(container, ['test', '-e', bash], signal);
  return exitCode === 0 ? bash : '/bin/sh';
}

function fault(blame: Deployed['blame'], stack: Stack, what: string, evidence: string[]): CheckFault {
  const file = '.env.sample';
  const line = stack.recipe.envSample?.findLast(({ key }) => key.startsWith('POST_'))?.line;
  return new CheckFault(blame, {
    code: 'post-command',
    sentence: `${what}.`,
    ...(line === undefined ? {} : { where: { file, line } }),
    evidence,
  });
}
