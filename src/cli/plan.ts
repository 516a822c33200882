import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Plan } from '../plan/plan.ts';
import { wrapped } from '../report/paint.ts';
import { prepare } from '../run/prepare.ts';
import { newRunId } from '../shared/ids.ts';
import { list } from '../shared/text.ts';
import { EXIT, ending } from './exit-codes.ts';
import { type CommonFlags, settingFlags } from './flags.ts';
import { type AppOutline, outlineOf } from './outline.ts';
import type { Parts } from './parts.ts';
import { type RequestFlags, requestOf, takeRequest } from './request.ts';

export function addPlan(program: Command, parts: Parts): void {
  takeRequest(program.command('plan').description('shows what a run would do, and why, without Docker'))
    .addHelpText(
      'after',
      '\nExamples:\n  seatrial plan custom-html --source ./custom-html\n  seatrial plan custom-html --source ./custom-html --head my-change --json',
    )
    .action(
      ending(parts, async (recipe: string, _options: unknown, command: Command) => {
        const flags = command.optsWithGlobals<CommonFlags & RequestFlags>();
        const { plan, apps } = await planned(parts, recipe, flags);
        parts.streams.out(
          flags.json === true
            ? `${JSON.stringify({ ...plan, apps }, null, 2)}\n`
            : tree(plan, apps, parts.streams.columns),
        );
        return EXIT.success;
      }),
    );
}

interface Planned {
  readonly plan: Plan;
  /** One for each path, in their order. */
  readonly apps: readonly AppOutline[];
}

async function planned(parts: Parts, recipe: string, flags: CommonFlags & RequestFlags): Promise<Planned> {
  const { environment, signal } = parts;
  const settings = parts.settings(settingFlags(flags));
  const request = await requestOf(recipe, flags, environment, Date.now(), signal);
  const run = newRunId(Date.now(), () => new Uint8Array(2));
  const work = join(tmpdir(), `seatrial-plan-${process.pid}`);
  try {
    const house = { settings: { ...parts.runSettings(settings), work } };
    const prepared = await prepare({ run, request, house, signal });
    const { plan } = prepared;
    return { plan, apps: plan.paths.map(({ app }) => outlineOf(prepared, app)) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function tree(plan: Plan, apps: readonly AppOutline[], width = Number.POSITIVE_INFINITY): string {
  const lines = [`${plan.recipe} at ${plan.head.slice(0, 10)}`];
  plan.paths.forEach((path, index) => {
    const last = index === plan.paths.length - 1 && plan.skipped.length === 0;
    const from =
      path.app.from === 'head' ? 'from the head' : `from ${plan.previous?.tag ?? 'the previous release'}`;
    lines.push(`${last ? '└─' : '├─'} app ${path.app.role}, installed ${from}`);
    const rail = `${last ? '   ' : '│  '}│  `;
    for (const words of about(apps[index]))
      for (const [at, line] of wrapped(words, width - rail.length - 2).entries())
        lines.push(`${rail}${at === 0 ? '' : '  '}${line}`);
    path.steps.forEach((step, at) => {
      lines.push(
        `${last ? '   ' : '│  '}${at === path.steps.length - 1 ? '└─' : '├─'} ${step.stage}: ${step.why}`,
      );
    });
  });
  plan.skipped.forEach((skipped, index) => {
    lines.push(`${index === plan.skipped.length - 1 ? '└─' : '├─'} not ${skipped.stage}: ${skipped.reason}`);
  });
  const { min, want, why } = plan.slots;
  lines.push(
    `slots: ${want === min ? `${min}${why === undefined ? '' : `, one path after the other: ${why}`}` : `${want} side by side, or ${min} with one path after the other`}`,
  );
  return `${lines.join('\n')}\n`;
}

function about(app: AppOutline | undefined): string[] {
  if (app === undefined) return [];
  const secrets = app.secrets.map(({ key, from }) => `${key} (${WHENCE[from]})`);
  return [
    `${app.stack} at ${app.domain}, of ${list(app.compose)}`,
    ...(secrets.length === 0 ? [] : [`secrets ${list(secrets)}`]),
  ];
}

const WHENCE = {
  generated: 'made for the run',
  suite: 'of the suite',
  nobody: 'nobody has a value',
} as const;
