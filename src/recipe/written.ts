import type { ComposeFile } from './compose.ts';
import { fillIn } from './interpolate.ts';
import { entryOf, itemsOf, nodeAt, type SourceNode, textOf } from './source.ts';

/** Where something stands in a recipe. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** A text of a compose file, as it stands there and with its variables filled in. */
export interface Written extends Place {
  readonly raw: string;
  readonly value: string;
}

/** One file's say about a thing of which several files may speak; the later file wins. */
export interface Part {
  readonly file: string;
  readonly node: SourceNode;
  /** Of the key. */
  readonly line: number;
}

export type Env = Readonly<Record<string, string>>;

/** What each file says under `services.<name>`, `configs.<name>` and the like, by name in order of appearance. */
export function partsByName(
  compose: readonly ComposeFile[],
  block: 'services' | 'configs' | 'secrets' | 'volumes' | 'networks',
): ReadonlyMap<string, readonly Part[]> {
  const found = new Map<string, Part[]>();
  for (const file of compose) {
    const node = nodeAt(file.root, block);
    for (const { key, line, value } of node?.kind === 'map' ? node.entries : []) {
      const parts = found.get(key) ?? [];
      parts.push({ file: file.path, node: value, line });
      found.set(key, parts);
    }
  }
  return found;
}

/** The parts below a path of keys, in the order of the files. */
export function partsAt(parts: readonly Part[], ...keys: readonly string[]): readonly Part[] {
  const [last] = keys.slice(-1);
  if (last === undefined) return parts;
  return parts.flatMap(({ file, node }) => {
    const entry = entryOf(nodeAt(node, ...keys.slice(0, -1)), last);
    return entry === undefined ? [] : [{ file, node: entry.value, line: entry.line }];
  });
}

/** The text at a path of keys that counts, which is the last file's. */
export function writtenAt(parts: readonly Part[], env: Env, ...keys: readonly string[]): Written | undefined {
  return partsAt(parts, ...keys)
    .flatMap(({ file, node }) => writtenOf(file, node, env))
    .at(-1);
}

/** Nothing where the node is no text. */
export function writtenOf(file: string, node: SourceNode, env: Env): Written[] {
  const raw = textOf(node);
  return raw === undefined ? [] : [{ file, line: node.line, raw, value: fillIn(raw, env) }];
}

/** The texts of all files' lists at a path of keys: such lists are appended to each other. */
export function listAt(parts: readonly Part[], env: Env, ...keys: readonly string[]): readonly Written[] {
  return partsAt(parts, ...keys).flatMap(({ file, node }) =>
    itemsOf(node).flatMap((item) => writtenOf(file, item, env)),
  );
}

/** Keeps the last of those that have the same key, at the place of the first. */
export function lastByKey<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

/**
 * Merges the lists of a service as Docker does: where one file alone speaks of the service they
 * stay as they are; where several do, if only of other things, the last of those with the same
 * key counts, also within one file.
 */
export function mergedLists<Item>(
  parts: readonly Part[],
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly Item[] {
  return parts.length < 2 ? items : lastByKey(items, keyOf);
}
