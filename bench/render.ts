import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { createRepository, importCommits } from '../lab/custom-html/fast-import.ts';
import { findCli } from '../lab/setup/docker-cli.ts';
import { readMachine } from '../lab/setup/machine.ts';
import { createDockerEngine } from '../src/adapters/docker-engine/engine.ts';
import { createSwarmDeployer } from '../src/adapters/swarm/deployer.ts';
import { readEnvironment } from '../src/config/environment.ts';
import { type Moment, renderOnce } from './render-once.ts';
import { median } from './result.ts';
import { tenServices } from './ten-services.ts';
import { timed } from './timed.ts';

const WARM_UP = 5;
const PLANS = 5;
/** Rendering asks no engine. */
const NOBODY = 'unix:///nonexistent/docker.sock';

const program = new Command('bench:render')
  .description(
    'How long it takes to parse, check, judge and render a recipe of ten services, and to plan a run of it.',
  )
  .option('--rounds <n>', 'how often; medians count', roundsOf, 25)
  .addHelpText(
    'after',
    '\nThe last line is one JSON object: {"renderMs", "planMs", "dockerMs"}. renderMs is ours, without the time of\nDocker\'s own client, which is dockerMs; planMs is the whole command `seatrial plan`. Aim: renderMs below 50.',
  )
  .action(async ({ rounds }: { readonly rounds: number }) => await bench(rounds));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`bench:render: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function roundsOf(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a number from 1 on is wanted');
}

async function bench(rounds: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'seatrial-bench-'));
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('stopped by SIGINT')));
  try {
    const environment = readEnvironment();
    const cli = await findCli({ environment, signal: stop.signal, progress }, await readMachine());
    const deployer = createSwarmDeployer({
      ...{ cli: cli.path, cliMajor: Number.parseInt(cli.version, 10), logins: [] },
      clientConfig: join(directory, 'docker-client'),
      ...{ host: NOBODY, engine: createDockerEngine(NOBODY) },
    });
    const moments: Moment[] = [];
    for (let round = 0; round < rounds + WARM_UP; round += 1) {
      const moment = await renderOnce({
        deployer,
        directory: join(directory, `round-${round}`),
        signal: stop.signal,
      });
      if (round >= WARM_UP) moments.push(moment);
    }
    const plans = await planTimes(directory, stop.signal);
    const result = {
      renderMs: rounded(median(moments.map(({ ours }) => ours))),
      planMs: rounded(median(plans)),
      dockerMs: rounded(median(moments.map(({ docker }) => docker))),
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Milliseconds of the whole command, on a repository with a release and a change. */
async function planTimes(directory: string, signal: AbortSignal): Promise<number[]> {
  const environment = readEnvironment();
  const repository = { directory: join(directory, 'drive.git'), environment, signal };
  await createRepository(repository);
  const commit = (message: string, version: string, time: number) => ({
    ...{ branch: 'main', author: 'Author <author@example.org>', time, message },
    files: new Map(Object.entries(tenServices(version))),
  });
  await importCommits(repository, [
    { ...commit('Release 1.0.0', '2.0', 1_700_000_000), tag: '1.0.0+2.0' },
    commit('A newer drive', '2.1', 1_700_000_100),
  ]);
  const launcher = fileURLToPath(new URL('../bin/seatrial.js', import.meta.url));
  const args = [launcher, 'plan', 'drive', '--source', repository.directory];
  const env = { PATH: environment.path, HOME: directory };
  const times: number[] = [];
  // The first one compiles the program, which is kept.
  for (let round = 0; round <= PLANS; round += 1) {
    progress(`seatrial plan, ${round} of ${PLANS}`);
    times.push(
      (await timed('seatrial plan', { file: process.execPath, args, env, cwd: directory }, signal)) * 1000,
    );
  }
  return times.slice(1);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function rounded(milliseconds: number): number {
  return Number(milliseconds.toFixed(1));
}
