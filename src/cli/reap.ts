import type { Command } from 'commander';
import { reap } from '../run/reap.ts';
import { EXIT, ending } from './exit-codes.ts';
import { type CommonFlags, settingFlags } from './flags.ts';
import type { Parts } from './parts.ts';

export function addReap(program: Command, parts: Parts): void {
  program
    .command('reap')
    .description('removes what dead runs left; runs that live, here or elsewhere, are left alone')
    .option(
      '--all',
      'the panic switch: nobody gets a slot meanwhile, and every run of this swarm is torn down',
    )
    .addHelpText(
      'after',
      `
Examples:
  seatrial reap
  seatrial reap --all

Works from labels and leases alone where the state directory is gone. Ends with
3 where something is left.`,
    )
    .action(
      ending(parts, async (_options: unknown, command: Command) => {
        const flags = command.optsWithGlobals<CommonFlags & { all?: boolean }>();
        const { streams, signal } = parts;
        const open = await parts.openHouse(parts.settings(settingFlags(flags)), () => undefined);
        try {
          const progress = (line: string) => streams.err(`${line}\n`);
          const result = await reap({
            house: open.house,
            scope: 'everything',
            all: flags.all === true,
            own: new Set(),
            signal,
            progress,
            again: () => false,
          });
          streams.out(flags.json === true ? `${JSON.stringify(result, null, 2)}\n` : told(result));
          return result.reaped.some(({ residue }) => residue.length > 0) ? EXIT.trouble : EXIT.success;
        } finally {
          open.close();
        }
      }),
    );
}

function told({ reaped, living }: Awaited<ReturnType<typeof reap>>): string {
  const lines = reaped.map(({ run, residue }) =>
    residue.length === 0
      ? `${run}: taken away`
      : `${run}: still there: ${residue.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`,
  );
  lines.push(...living.map((run) => `${run}: lives, left alone`));
  return lines.length === 0 ? 'Nothing of ours is there.\n' : `${lines.join('\n')}\n`;
}
