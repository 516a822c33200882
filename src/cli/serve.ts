import type { Command } from 'commander';
import { watchRuns } from '../report/terminal.ts';
import { noForges, serve } from '../serve/serve.ts';
import { EXIT, ending } from './exit-codes.ts';
import { type CommonFlags, settingFlags } from './flags.ts';
import type { Parts } from './parts.ts';

export function addServe(program: Command, parts: Parts): void {
  program
    .command('serve')
    .description('the daemon: polls the configured forges for `!testme` and answers with verdicts')
    .addHelpText(
      'after',
      `
Example:
  FORGE_TOKEN=… seatrial serve --config seatrial.toml

seatrial.toml:
  [[forge]]
  kind = "forgejo"
  url = "https://git.example.org"
  token_env = "FORGE_TOKEN"
  repositories = ["recipes/custom-html"]

Stops at SIGINT or SIGTERM, after everything that runs has been taken away.`,
    )
    .action(
      ending(parts, async (_options: unknown, command: Command) => {
        const settings = parts.settings(settingFlags(command.optsWithGlobals<CommonFlags>()));
        const forges = parts.forges(settings);
        if (forges.length === 0) throw noForges();
        const view = watchRuns({ ...parts.streams, live: false });
        const open = await parts.openHouse(settings, view.see);
        const { say } = view;
        try {
          const watched = forges.flatMap(({ forge, repositories }) =>
            repositories.map(({ owner, name }) => `${forge.name} ${owner}/${name}`),
          );
          say(`watching ${watched.join(', ')}; at most ${settings.maxTests} apps at once`);
          await serve({
            ...open,
            forges,
            signal: parts.signal,
            say,
            ended: (report) => say(`${report.run}: ${report.outcome}`),
          });
        } finally {
          view.end();
          open.close();
        }
        return EXIT.success;
      }),
    );
}
