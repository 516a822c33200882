import type { Command } from 'commander';
import { columns, type Field, painter, STYLES } from '../report/paint.ts';
import type { RunRecord } from '../run/store.ts';
import { oneLine } from '../shared/text.ts';
import { EXIT, ending } from './exit-codes.ts';
import { type CommonFlags, settingFlags } from './flags.ts';
import type { Parts, Streams } from './parts.ts';

export function addRuns(program: Command, parts: Parts): void {
  program
    .command('runs')
    .description('lists the runs of this state directory, newest first')
    .option('--limit <n>', 'how many', '20')
    .addHelpText('after', '\nExamples:\n  seatrial runs\n  seatrial runs --limit 100 --json')
    .action(
      ending(parts, async (_options: unknown, command: Command) => {
        const flags = command.optsWithGlobals<CommonFlags & { limit: string }>();
        const open = parts.openStores(parts.settings(settingFlags(flags)));
        try {
          const runs = open.store.list(Math.max(1, Number.parseInt(flags.limit, 10) || 20));
          if (flags.json === true) parts.streams.out(`${JSON.stringify(runs.map(asJson), null, 2)}\n`);
          else parts.streams.out(runs.length === 0 ? 'No runs yet.\n' : table(runs, parts.streams));
          return EXIT.success;
        } finally {
          open.close();
        }
      }),
    );
}

function table(runs: readonly RunRecord[], streams: Streams): string {
  return `${columns(runs.map(row), painter(streams.color), streams.columns).join('\n')}\n`;
}

function asJson(run: RunRecord): object {
  const { request, verdict } = run;
  return {
    id: run.id,
    recipe: request.recipe,
    head: request.head,
    startedAt: new Date(run.at).toISOString(),
    endedAt: run.endedAt === undefined ? null : new Date(run.endedAt).toISOString(),
    outcome: verdict?.outcome ?? null,
    stage: verdict?.stage ?? null,
    cause: verdict?.cause == null ? null : { code: verdict.cause.code, sentence: verdict.cause.sentence },
    level: verdict?.level?.reached ?? null,
  };
}

function row(run: RunRecord): readonly Field[] {
  const { request, verdict } = run;
  const { origin } = request;
  const where =
    origin.kind === 'forge' ? `${origin.owner}/${origin.repository}#${origin.pull}` : request.recipe;
  const outcome = verdict?.outcome;
  const cause = verdict?.cause == null ? '' : `${verdict.stage ?? ''} ${verdict.cause.code}`.trim();
  const fields: readonly Field[] = [
    { text: new Date(run.at).toISOString().slice(0, 16).replace('T', ' '), style: 'dim' },
    { text: oneLine(where) },
    { text: request.head.slice(0, 10), style: 'dim' },
    outcome === undefined
      ? { text: run.endedAt === undefined ? 'running' : 'begun again' }
      : { text: outcome, style: STYLES[outcome] },
    { text: cause },
  ];
  return [{ text: run.id, style: 'bold' }, ...fields];
}
