import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { buildCustomHtml } from '../lab/custom-html/custom-html.ts';
import { openLab } from '../lab/open-lab.ts';
import type { Context } from '../lab/setup/context.ts';
import { setUp } from '../lab/setup/set-up.ts';
import { readEnvironment } from '../src/config/environment.ts';
import { type Course, ours, script } from './participants.ts';
import { type Round, resultOf } from './result.ts';
import { type ScriptName, scriptText } from './script-text.ts';

interface Flags {
  readonly rounds: number;
  readonly printScript?: true | ScriptName;
}

const program = new Command('bench:lifecycle')
  .description(
    'How long one run of custom-html with all stages takes, against two scripts that do the same by hand:\nthat of a careful operator, and the best one without any check, which is the floor.',
  )
  .option('--rounds <n>', 'how often each has its turn; medians count', roundsOf, 5)
  .option('--print-script [which]', 'prints a script and ends: operator, or floor', scriptOf)
  .addHelpText(
    'after',
    '\nThe last line is one JSON object: {"rounds", "ours_s", "script_s", "ratio", "floor_s", "overFloor"}.\nAim: ratio at most 0.2, overFloor at most 1.3. A round takes about three and a half minutes.',
  )
  .action(async ({ printScript, rounds }: Flags) => {
    if (printScript === undefined) await bench(rounds);
    else process.stdout.write(await scriptText(printScript === true ? 'operator' : printScript));
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`bench:lifecycle: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function roundsOf(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a number from 1 on is wanted');
}

function scriptOf(text: string): ScriptName {
  if (text === 'operator' || text === 'floor') return text;
  throw new InvalidArgumentError('the scripts are operator and floor');
}

async function bench(count: number): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  const context: Context = { environment: readEnvironment(), progress, signal: stop.signal };
  const rounds = await onCourse(context, async (course) => {
    const done: Round[] = [];
    while (done.length < count) done.push(await round(course, `round ${done.length + 1} of ${count}`));
    return done;
  });
  process.stdout.write(`${JSON.stringify(resultOf(rounds))}\n`);
}

/** Opens the lab, builds the recipe, and takes both away again. */
async function onCourse<T>(context: Context, work: (course: Course) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'seatrial-bench-'));
  try {
    const ready = await setUp(context);
    const lab = await openLab({ ...context, ready });
    try {
      const recipe = await buildCustomHtml({
        ...context,
        directory: join(directory, 'custom-html.git'),
        images: lab.images,
      });
      return await work({ ...context, ready, recipe, tools: lab.images.tools, directory });
    } finally {
      await lab.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Each in turn, so that all meet the same weather. */
async function round(course: Course, name: string): Promise<Round> {
  const told = async (who: string, seconds: Promise<number>) => {
    progress(`${name}: ${who.padEnd(8)} ${(await seconds).toFixed(1).padStart(6)} s`);
    return await seconds;
  };
  return {
    ours: await told('ours', ours(course)),
    script: await told('operator', script(course, 'operator')),
    floor: await told('floor', script(course, 'floor')),
  };
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
