import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Environment } from '../config/environment.ts';
import { locate } from '../recipe/locate.ts';
import { SeatrialError } from '../shared/errors.ts';
import { parseStageName, STAGES, type StageName, type TestRequest } from '../trigger/request.ts';

export interface RequestFlags {
  readonly source?: string;
  readonly head?: string;
  readonly base?: string;
  readonly only?: string;
}

/** The argument and options by which a command names what is tested. */
export function takeRequest(command: Command): Command {
  return takeSource(command).option('--only <stages>', `some of ${STAGES.join(',')}`);
}

/** The same for commands that have no stages. */
export function takeSource(command: Command): Command {
  return command
    .argument('<recipe>', 'name of the recipe')
    .option('--source <dir|url>', 'git repository of the recipe')
    .option('--head <rev>', 'what is tested; by default what the source has checked out')
    .option('--base <rev>', 'what the change is meant for; by default its main branch');
}

/** The request that a command line makes: names become commits, and mistakes are told at once. */
export async function requestOf(
  recipe: string,
  flags: RequestFlags,
  environment: Environment,
  at: number,
  signal: AbortSignal,
): Promise<TestRequest> {
  const only = stagesOf(flags.only);
  const source = sourceOf(recipe, flags.source, environment);
  const { head, base } = await locate({
    source,
    head: flags.head,
    base: flags.base,
    path: environment.path,
    signal,
  });
  return {
    id: `local:${at}:${process.pid}`,
    recipe,
    source,
    head,
    base,
    refs: [],
    only,
    origin: { kind: 'local' },
    at,
  };
}

function stagesOf(only: string | undefined): StageName[] {
  if (only === undefined) return [];
  return only.split(',').map((text) => {
    const stage = parseStageName(text.trim());
    if (stage !== undefined) return stage;
    throw new SeatrialError({
      kind: 'input',
      code: 'unknown-stage',
      sentence: `There is no stage called ${text.trim() || '(nothing)'}.`,
      remedy: `The stages are ${STAGES.join(', ')}.`,
    });
  });
}

/** A directory, an address, or where recipes usually are. */
function sourceOf(recipe: string, source: string | undefined, environment: Environment): string {
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(recipe)) {
    throw new SeatrialError({
      kind: 'input',
      code: 'recipe-name',
      sentence: `${recipe} is no recipe's name.`,
      remedy:
        'Give the name and, where it is not in a usual place, --source: seatrial run custom-html --source ./custom-html',
    });
  }
  if (source !== undefined) {
    if (/^https?:\/\//.test(source)) return source;
    const directory = resolve(source);
    if (existsSync(directory)) return directory;
    throw new SeatrialError({
      kind: 'input',
      code: 'no-source',
      sentence: `There is no directory ${source}.`,
      remedy: 'Name a git repository with --source.',
    });
  }
  const usual = [resolve(recipe), join(environment.home, '.abra', 'recipes', recipe)];
  const found = usual.find((directory) => existsSync(directory));
  if (found !== undefined) return found;
  throw new SeatrialError({
    kind: 'input',
    code: 'no-source',
    sentence: `The recipe ${recipe} is neither here nor among abra's recipes.`,
    remedy: 'Name its git repository with --source.',
  });
}
