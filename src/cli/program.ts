import { Command, CommanderError } from 'commander';
import { painter } from '../report/paint.ts';
import { byPlace, refusalLines, refusalOf, refusalSentence } from '../report/refusals.ts';
import { asSeatrialError, type SeatrialError } from '../shared/errors.ts';
import { refusedWith } from '../stack/policy/refusal.ts';
import { addCheck } from './check.ts';
import { addDemo } from './demo.ts';
import { addDoctor } from './doctor.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import type { Parts } from './parts.ts';
import { addPlan } from './plan.ts';
import { addReap } from './reap.ts';
import { addRender } from './render.ts';
import { addRun } from './run.ts';
import { addRuns } from './runs.ts';
import { addServe } from './serve.ts';
import { addShow } from './show.ts';

/** Parses and carries out one command line. Resolves with the exit code; errors have been told by then. */
export async function runProgram(argv: readonly string[], parts: Omit<Parts, 'exit'>): Promise<number> {
  let code = EXIT.success;
  const exit = (given: number) => {
    code = given;
  };
  const program = commands({ ...parts, exit });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
    if (parts.signal.aborted) {
      parts.streams.err(`seatrial: ${asSeatrialError(parts.signal.reason).message}\n`);
      return EXIT.cancelled;
    }
    const known = asSeatrialError(error);
    const debug = parts.environment.settings['SEATRIAL_DEBUG'] !== undefined;
    parts.streams.err(refused(known, parts) ?? told(known, debug));
    return exitCodeOf(known);
  }
}

function commands(parts: Parts): Command {
  const program = new Command('seatrial')
    .description(
      'Does a change to a Co-op Cloud recipe install, does its data survive the upgrade, and does the backup give it back?\nSeatrial finds out by doing it, on a real Docker Swarm, and takes everything away again.',
    )
    .version(parts.version)
    .option('--config <file>', 'configuration file (default: seatrial.toml here, if there is one)')
    .option('--state-dir <dir>', 'where runs, evidence and the database are kept')
    .option('--max-tests <n>', 'apps alive at once on this swarm (also MAX_TESTS)')
    .option('--docker-host <address>', 'the Docker engine (also DOCKER_HOST)')
    .addHelpText(
      'after',
      '\nExamples:\n  seatrial demo\n  seatrial run custom-html --source ./custom-html\n  seatrial check custom-html --source ./custom-html\n  seatrial doctor\n\nExit codes: 0 success, 1 the recipe failed, 2 bad usage or input, 3 environment\nor our own error, 4 cancelled or superseded, 5 refused, 130 and 143 signals.',
    )
    .showHelpAfterError('(seatrial --help shows how)')
    .exitOverride()
    .configureOutput({ writeOut: parts.streams.out, writeErr: parts.streams.err });
  const all = [addDemo, addRun, addCheck, addPlan, addRender, addServe, addReap, addDoctor, addRuns, addShow];
  for (const add of all) add(program, parts);
  for (const command of program.commands) takeCommonFlags(command, parts);
  return program;
}

/** The common flags may stand behind the command too, where people write them. */
function takeCommonFlags(command: Command, parts: Parts): void {
  if (command.name() === 'demo')
    command.option('--json [file]', 'writes the result to a file as JSON, or prints it');
  else command.option('--json', 'prints the result as JSON');
  command
    .option('--config <file>', 'configuration file')
    .option('--state-dir <dir>', 'where runs, evidence and the database are kept')
    .option('--max-tests <n>', 'apps alive at once on this swarm')
    .option('--docker-host <address>', 'the Docker engine')
    .exitOverride()
    .configureOutput({ writeOut: parts.streams.out, writeErr: parts.streams.err });
}

/** A refusal is told like a report tells it; undefined for all other errors. */
function refused(error: SeatrialError, { streams }: Pick<Parts, 'streams'>): string | undefined {
  const refusals = refusedWith(error).map(refusalOf).toSorted(byPlace);
  if (refusals.length === 0) return undefined;
  const width = streams.columns ?? Number.POSITIVE_INFINITY;
  const lines = refusalLines(refusals, painter(streams.color), width);
  return `seatrial: ${refusalSentence(refusals)}\n${lines.join('\n')}\n`;
}

function told(error: SeatrialError, debug: boolean): string {
  const remedy = error.remedy === undefined ? '' : `  → ${error.remedy}\n`;
  const { evidence } = error.facts;
  const shown = Array.isArray(evidence) ? evidence.map((line) => `  | ${line}\n`).join('') : '';
  const trace = debug || error.code === 'unexpected' ? `${error.stack ?? ''}\n` : '';
  return `seatrial: ${error.message}\n${remedy}${shown}${trace}`;
}
