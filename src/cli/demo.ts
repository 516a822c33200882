import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { STORY } from '../../lab/demo/story.ts';
import type { Residue } from '../journal/event.ts';
import type { ForgeComment } from '../ports/forge.ts';
import type { Report } from '../report/schema.ts';
import { watchRuns } from '../report/terminal.ts';
import { inventory } from '../run/inventory.ts';
import { serve } from '../serve/serve.ts';
import { cancellation } from '../shared/errors.ts';
import { until } from '../shared/wait.ts';
import { type DemoResult, told } from './demo-told.ts';
import { EXIT, ending } from './exit-codes.ts';
import { type CommonFlags, settingFlags } from './flags.ts';
import type { OpenDemo, OpenHouse, Parts } from './parts.ts';

const STORY_MS = 15 * 60_000;
const POLL_MS = 100;

export function addDemo(program: Command, parts: Parts): void {
  program
    .command('demo')
    .description('the whole story on this machine: a forge, four pull requests, four verdicts')
    .addHelpText(
      'after',
      `
Examples:
  seatrial demo
  seatrial demo --json out.json

Sets Docker up where none answers, builds its own small images, opens four pull
requests on a recipe and comments !testme on each. Ends with 0 when all four end
as they have to and nothing is left.`,
    )
    .action(
      ending(parts, async (_options: unknown, command: Command) => {
        const flags = command.optsWithGlobals<CommonFlags>();
        const result = await play(parts, flags);
        const { json } = flags;
        if (typeof json === 'string') await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
        parts.streams.out(
          json === true ? `${JSON.stringify(result, null, 2)}\n` : told(result, parts.streams.color),
        );
        return result.asTold && result.residue.length === 0 ? EXIT.success : EXIT.trouble;
      }),
    );
}

async function play(parts: Parts, flags: CommonFlags): Promise<DemoResult> {
  const started = performance.now();
  const base = parts.settings(settingFlags(flags));
  const directory = join(base.stateDir, 'demo');
  await rm(directory, { recursive: true, force: true });
  const demo = await parts.openDemo(join(directory, 'world'), (line) => parts.streams.err(`${line}\n`));
  const setUp = performance.now() - started;
  try {
    const settings = demo.settings({ ...base, stateDir: join(directory, 'state') });
    const view = watchRuns(parts.streams);
    const open = await parts.openHouse(settings, view.see);
    try {
      const reports = await tell(parts, demo, open, view.say);
      view.end();
      const pulls = await endings(parts, demo, reports);
      const residue = await leftOver(open, parts.signal);
      return {
        pulls,
        residue,
        timings: { setUpSeconds: seconds(setUp), storySeconds: seconds(performance.now() - started - setUp) },
        asTold: pulls.every((pull) => pull.asTold),
        source: demo.world.recipe.directory,
      };
    } finally {
      view.end();
      open.close();
    }
  } finally {
    await demo.close();
  }
}

/** Serves the forge until the four comments are answered; the very daemon that `seatrial serve` runs. */
async function tell(
  parts: Parts,
  demo: OpenDemo,
  open: OpenHouse,
  say: (line: string) => void,
): Promise<ReadonlyMap<number, Report>> {
  const stop = new AbortController();
  const reports = new Map<number, Report>();
  const { watched, world } = demo;
  const serving = serve({
    ...open,
    forges: [watched],
    signal: AbortSignal.any([parts.signal, stop.signal]),
    say,
    ended: (report) => void (report.pull !== null && reports.set(report.pull.number, report)),
  });
  try {
    await firstPoll(parts, demo, open);
    for (const pull of world.pulls) world.ask(pull.number, '!testme');
    await until(
      { name: 'the four verdicts', deadline: STORY_MS, every: POLL_MS, signal: parts.signal },
      async () =>
        reports.size === world.pulls.length && open.outbox.pending() === 0
          ? { done: true, value: undefined }
          : { done: false, missing: `${world.pulls.length - reports.size} verdicts` },
    );
  } finally {
    stop.abort(cancellation('cancelled', 'The demo is over.'));
    await serving;
  }
  return reports;
}

/** What is said before the first look counts as history. */
async function firstPoll({ signal }: Parts, { watched, world }: OpenDemo, open: OpenHouse): Promise<void> {
  const { id } = await watched.forge.repository(world.repository, signal);
  await until({ name: 'the first poll', deadline: 30_000, every: POLL_MS, signal }, async () =>
    open.triggers.cursor(watched.forge.name, id) === undefined
      ? { done: false, missing: 'a cursor' }
      : { done: true, value: undefined },
  );
}

async function endings(
  parts: Parts,
  { watched, world }: OpenDemo,
  reports: ReadonlyMap<number, Report>,
): Promise<DemoResult['pulls']> {
  const self = await watched.forge.whoAmI(parts.signal);
  const pulls: DemoResult['pulls'][number][] = [];
  for (const [index, pull] of world.pulls.entries()) {
    const report = reports.get(pull.number);
    const wanted = STORY[index];
    const comments: readonly ForgeComment[] = await watched.forge.commentsOf(
      world.repository,
      pull.number,
      parts.signal,
    );
    const ours = comments.filter((comment) => comment.author?.id === self.id);
    const cause = report?.cause ?? null;
    pulls.push({
      number: pull.number,
      title: pull.title,
      outcome: report?.outcome ?? null,
      stage: report?.stage ?? null,
      cause: cause === null ? null : { code: cause.code, sentence: cause.sentence },
      comment: ours.length === 1 ? (ours[0]?.body ?? '') : ours.map(({ body }) => body).join('\n\n'),
      seconds: report?.timings.totalMs == null ? null : seconds(report.timings.totalMs),
      asTold:
        ours.length === 1 &&
        report?.outcome === wanted?.outcome &&
        (report?.stage ?? null) === (wanted?.stage ?? null) &&
        (cause?.code ?? null) === (wanted?.code ?? null),
    });
  }
  return pulls;
}

/** By label, over every kind of object; other people's runs on this swarm are none of ours. */
async function leftOver({ house: { engine, store } }: OpenHouse, signal: AbortSignal): Promise<Residue[]> {
  const left: Residue[] = [];
  for (const { id } of store.list(1000))
    left.push(...(await inventory({ engine, run: id, ledger: store.ledger(id), signal })));
  return left;
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
