import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CustomHtml } from '../lab/custom-html/custom-html.ts';
import type { Ready } from '../lab/setup/set-up.ts';
import { openDatabase } from '../src/adapters/sqlite/database.ts';
import { runStore } from '../src/adapters/sqlite/run-store.ts';
import type { Environment } from '../src/config/environment.ts';
import { systemClock } from '../src/shared/clock.ts';
import { createRedactor } from '../src/shared/redact.ts';
import { type ScriptName, scriptText } from './script-text.ts';
import { timed } from './timed.ts';

/** What all participants are given to work on. */
export interface Course {
  readonly ready: Ready;
  readonly recipe: CustomHtml;
  /** Image with restic. */
  readonly tools: string;
  readonly environment: Environment;
  /** Private directory of this bench. */
  readonly directory: string;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Two runs at once, each with its fresh install beside its upgrade: the usual setting. */
const MAX_TESTS = 4;
const TRIES = 3;

/** Seconds of one run of all stages, the whole command from its start to its end. */
export async function ours(course: Course): Promise<number> {
  for (let left = TRIES; left > 0; left -= 1) {
    const state = await mkdtemp(join(course.directory, 'state-'));
    const seconds = await timed('seatrial run', runCommand(course, state), course.signal);
    if (!hadToWait(state)) return seconds;
    course.progress('Another run held the slots of this swarm meanwhile; once more');
  }
  throw new Error('Other runs hold the slots of this swarm, so nothing can be measured.');
}

function runCommand({ ready, recipe, environment, directory }: Course, state: string) {
  const args = [
    ...[
      '--disable-warning=ExperimentalWarning',
      join(ROOT, 'src', 'main.ts'),
      'run',
      'custom-html',
      '--json',
    ],
    ...['--source', recipe.directory, '--head', recipe.pullRequests.good.branch],
    ...['--state-dir', state, '--max-tests', String(MAX_TESTS), '--docker-host', ready.host],
  ];
  const env = {
    PATH: environment.path,
    HOME: environment.home,
    XDG_CACHE_HOME: dirname(environment.cacheDir),
  };
  return { file: process.execPath, args, env, cwd: directory };
}

/** Whether the run stood in line behind somebody else's. */
function hadToWait(state: string): boolean {
  const db = openDatabase(join(state, 'seatrial.db'));
  try {
    const store = runStore(db, systemClock, createRedactor());
    return store
      .list(1)
      .flatMap(({ id }) => store.events(id))
      .some(({ event }) => event.type === 'waiting');
  } finally {
    db.close();
  }
}

/** Seconds of one of the scripts by hand. */
export async function script(course: Course, name: ScriptName): Promise<number> {
  const { ready, recipe, environment, directory } = course;
  const file = join(directory, `${name}.sh`);
  await writeFile(file, await scriptText(name));
  const env = {
    PATH: [dirname(ready.cli.path), environment.path].join(delimiter),
    HOME: environment.home,
    LC_ALL: 'C.UTF-8',
    TMPDIR: directory,
    DOCKER_HOST: ready.host,
    NAME: `bench-${randomBytes(4).toString('hex')}`,
    SOURCE: recipe.directory,
    RELEASE: recipe.releases.new.tag,
    HEAD: recipe.pullRequests.good.head,
    TOOLS: course.tools,
  };
  return await timed(`${name}.sh`, { file: 'bash', args: [file], env, cwd: directory }, course.signal);
}
