import type { Command } from 'commander';
import { summary } from '../report/summary.ts';
import { watchRuns } from '../report/terminal.ts';
import { trimImagesOrSay } from '../run/image-budget.ts';
import { conduct, nextRunId } from '../serve/conduct.ts';
import { EXIT, ending } from './exit-codes.ts';
import { type CommonFlags, settingFlags } from './flags.ts';
import type { Parts } from './parts.ts';
import { type RequestFlags, requestOf, takeRequest } from './request.ts';

export function addRun(program: Command, parts: Parts): void {
  takeRequest(
    program.command('run').description('tests one change of a recipe on this Docker Swarm; needs no forge'),
  )
    .addHelpText(
      'after',
      `
Examples:
  seatrial run custom-html --source ./custom-html
  seatrial run custom-html --source ./custom-html --head my-change --base main
  seatrial run custom-html --source https://git.example.org/recipes/custom-html.git --only install

Ends with 0 when the change holds, 1 when the recipe failed, 2 for bad input,
3 when the environment or Seatrial itself failed, 4 when it was cancelled,
5 when it was refused.`,
    )
    .action(
      ending(parts, async (recipe: string, _options: unknown, command: Command) => {
        const flags = command.optsWithGlobals<CommonFlags & RequestFlags>();
        return await runOnce(parts, recipe, flags);
      }),
    );
}

async function runOnce(parts: Parts, recipe: string, flags: CommonFlags & RequestFlags): Promise<number> {
  const { environment, streams, signal } = parts;
  const settings = parts.settings(settingFlags(flags));
  const view = watchRuns(streams);
  const opening = parts.openHouse(settings, view.see);
  // Docker is looked at while the source is read; what is wrong with the request is said first.
  opening.catch(() => undefined);
  const request = await requestOf(recipe, flags, environment, Date.now(), signal).catch(
    async (error: unknown) => {
      const [opened] = await Promise.allSettled([opening]);
      if (opened.status === 'fulfilled') opened.value.close();
      throw error;
    },
  );
  const open = await opening;
  try {
    const { house, runs } = open;
    const run = nextRunId(house);
    const report = await conduct({
      house,
      run,
      request,
      signal,
      runs,
      unplannable: 'throw',
      stillWanted: async () => undefined,
    });
    view.end();
    await trimImagesOrSay(house, signal, (line) => streams.err(`${line}\n`));
    streams.out(flags.json === true ? `${JSON.stringify(report, null, 2)}\n` : summary(report, streams));
    return report.outcome === null ? EXIT.trouble : EXIT[report.outcome];
  } finally {
    view.end();
    open.close();
  }
}
