import { styleText } from 'node:util';
import type { Command } from 'commander';
import { EXIT, ending } from './exit-codes.ts';
import { type CommonFlags, settingFlags } from './flags.ts';
import type { Found, Parts } from './parts.ts';

export function addDoctor(program: Command, parts: Parts): void {
  program
    .command('doctor')
    .description('shows what is missing on this machine, each with its remedy')
    .addHelpText(
      'after',
      '\nExamples:\n  seatrial doctor\n  seatrial doctor --json\n\nEnds with 0 when nothing is missing, else with 3.',
    )
    .action(
      ending(parts, async (_options: unknown, command: Command) => {
        const flags = command.optsWithGlobals<CommonFlags>();
        const found = await parts.examine(parts.settings(settingFlags(flags)));
        if (flags.json === true) parts.streams.out(`${JSON.stringify(found, null, 2)}\n`);
        else for (const one of found) parts.streams.out(line(one, parts.streams.color));
        return found.some(({ state }) => state === 'missing') ? EXIT.trouble : EXIT.success;
      }),
    );
}

const MARKS = { good: ['✓', 'green'], note: ['·', 'yellow'], missing: ['✗', 'red'] } as const;

function line(found: Found, color: boolean): string {
  const [mark, paint] = MARKS[found.state];
  const shown = color ? styleText(paint, mark) : mark;
  const remedy = found.remedy === undefined ? '' : `\n    → ${found.remedy}`;
  return `${shown} ${found.what}: ${found.detail}${remedy}\n`;
}
