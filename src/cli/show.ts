import type { Command } from 'commander';
import { summary } from '../report/summary.ts';
import { watchRuns } from '../report/terminal.ts';
import { storedReport } from '../serve/conduct.ts';
import { parseRunId, type RunId } from '../shared/brand.ts';
import { SeatrialError } from '../shared/errors.ts';
import { elapsed } from '../shared/wait.ts';
import { EXIT, ending } from './exit-codes.ts';
import { type CommonFlags, settingFlags } from './flags.ts';
import type { Parts } from './parts.ts';

const LOOK_EVERY_MS = 300;

export function addShow(program: Command, parts: Parts): void {
  program
    .command('show')
    .description('shows one run: how it ended, stage by stage, and where its evidence lies')
    .argument('<id>', 'the run, as `seatrial runs` lists it, or `last`')
    .option('--follow', 'goes on showing what happens until the run has ended')
    .addHelpText(
      'after',
      '\nExamples:\n  seatrial show last\n  seatrial show 00zohv67h --follow\n  seatrial show last --json',
    )
    .action(
      ending(parts, async (id: string, _options: unknown, command: Command) => {
        const flags = command.optsWithGlobals<CommonFlags & { follow?: boolean }>();
        const open = parts.openStores(parts.settings(settingFlags(flags)));
        try {
          const run = runOf(id, open.store);
          if (flags.follow === true) await follow(parts, open.store, run);
          const report = storedReport(open, run, open.runs);
          parts.streams.out(
            flags.json === true ? `${JSON.stringify(report, null, 2)}\n` : summary(report, parts.streams),
          );
          return EXIT.success;
        } finally {
          open.close();
        }
      }),
    );
}

type Store = ReturnType<Parts['openStores']>['store'];

function runOf(id: string, store: Store): RunId {
  const run = id === 'last' ? store.list(1)[0]?.id : parseRunId(id);
  if (run !== undefined && store.get(run) !== undefined) return run;
  throw new SeatrialError({
    kind: 'input',
    code: 'unknown-run',
    sentence: `There is no run ${id}.`,
    remedy: '`seatrial runs` lists them.',
  });
}

async function follow(parts: Parts, store: Store, run: RunId): Promise<void> {
  const view = watchRuns(parts.streams);
  let seen = 0;
  for (;;) {
    for (const recorded of store.events(run).filter(({ seq }) => seq > seen)) {
      view.see(run, recorded);
      seen = recorded.seq;
    }
    if (store.get(run)?.endedAt !== undefined || parts.signal.aborted) break;
    await elapsed(LOOK_EVERY_MS, parts.signal);
  }
  view.end();
}
