import type { Command } from 'commander';
import type { RunRecord } from '../run/store.ts';
import { EXIT, ending } from './exit-codes.ts';
import { type CommonFlags, settingFlags } from './flags.ts';
import type { Parts } from './parts.ts';

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
          else parts.streams.out(runs.length === 0 ? 'No runs yet.\n' : `${runs.map(line).join('\n')}\n`);
          return EXIT.success;
        } finally {
          open.close();
        }
      }),
    );
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

function line(run: RunRecord): string {
  const { request, verdict } = run;
  const where =
    request.origin.kind === 'forge'
      ? `${request.origin.owner}/${request.origin.repository}#${request.origin.pull}`
      : request.recipe;
  const outcome = verdict?.outcome ?? (run.endedAt === undefined ? 'running' : 'begun again');
  const cause = verdict?.cause == null ? '' : `  ${verdict.stage ?? ''} ${verdict.cause.code}`;
  return `${run.id}  ${new Date(run.at).toISOString().slice(0, 19).replace('T', ' ')}  ${where}  ${request.head.slice(0, 10)}  ${outcome}${cause}`;
}
