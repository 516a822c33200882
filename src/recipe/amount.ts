import { SeatrialError } from '../shared/errors.ts';
import type { ComposeFile } from './compose.ts';
import { variablesIn } from './interpolate.ts';
import { entriesOf, itemsOf, type SourceNode } from './source.ts';
import type { Env } from './written.ts';

/** Docker and we keep all of it in memory; whole recipes have some ten thousand characters. */
const MOST = {
  /** Of names and values of all variables: Linux hands no more than two megabytes to a program. */
  environment: 256 * 1024,
  /** Of a text with variables: both readers look from each `$` to the next `}`. */
  interpolated: 16 * 1024,
  /** Of a file with aliases followed and variables filled in. */
  file: 2 * 1024 * 1024,
};

/**
 * Throws `recipe` error `too-much-text` (requirement 23) where variables or aliases make more of
 * files than can be kept; nothing is filled in for that.
 */
export function refuseSwollen(files: readonly ComposeFile[], env: Env): void {
  const environment = Object.entries(env).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (environment > MOST.environment)
    throw swollen('.env.sample', undefined, 'its variables', MOST.environment);
  for (const { path, root } of files) {
    const filled = amountOf(path, root, env);
    if (filled > MOST.file) throw swollen(path, undefined, 'the file with all filled in', MOST.file);
  }
}

function amountOf(path: string, node: SourceNode, env: Env): number {
  const sum = (nodes: readonly SourceNode[]) => nodes.reduce((all, one) => all + amountOf(path, one, env), 0);
  if (node.kind === 'map')
    return entriesOf(node).reduce(
      (all, { key }) => all + key.length,
      sum(entriesOf(node).map(({ value }) => value)),
    );
  if (node.kind === 'list') return sum(itemsOf(node));
  const { text, line } = node;
  if (!text.includes('$')) return text.length;
  if (text.length > MOST.interpolated) throw swollen(path, line, 'a text with variables', MOST.interpolated);
  return variablesIn(text).reduce((all, { name }) => all + (env[name]?.length ?? 0), text.length);
}

function swollen(file: string, line: number | undefined, what: string, most: number): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code: 'too-much-text',
    sentence: `${line === undefined ? file : `${file} line ${line}`} is not read: ${what} may have ${most / 1024} KiB.`,
    remedy: 'Put large content into a file of the recipe and make it a config.',
    facts: { file, line, requirement: 23 },
  });
}
