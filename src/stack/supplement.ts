import { type NamedEntry, printStackFile, type ServiceEntry, type StackFile } from './document.ts';

/** Our changes to a stack as one more compose file, for tools that merge the recipe's files themselves. */
export interface Supplement {
  readonly text: string;
  /** What such a file cannot say: where it would stand in the document. */
  readonly unsaid: readonly string[];
}

/**
 * The difference between what Docker merged and what we made of it, so that merging it last gives
 * the same document. Docker's loader merges maps by key, appends lists, replaces commands, and
 * replaces ports, mounts, configs and secrets of the same place; nothing can be taken away and no
 * value be emptied, all files have one version, and an entry of a top-level section is replaced as
 * a whole.
 */
export function supplementOf(merged: StackFile, adjusted: StackFile): Supplement {
  const unsaid: string[] = [];
  const services: Record<string, unknown> = {};
  for (const [name, after] of Object.entries(adjusted.services)) {
    const changed = changedService(merged.services[name] ?? {}, after, `services.${name}`, unsaid);
    if (changed !== undefined) services[name] = changed;
  }
  const file = {
    version: merged.version,
    services: services as StackFile['services'],
    ...changedSections(merged, adjusted),
  };
  if (merged.version !== adjusted.version) dropNewer(file, unsaid);
  return { text: printStackFile(file), unsaid };
}

type Tree = Readonly<Record<string, unknown>>;

/** Lists whose entries of one place replace each other, and what says the place. */
const PLACES: Readonly<Record<string, string>> = {
  ports: 'published',
  volumes: 'target',
  configs: 'source',
  secrets: 'source',
};
const REPLACED = new Set(['command', 'entrypoint']);
/** The client resolves these itself, and finds in them what we have put in their place. */
const RESOLVED = new Set(['env_file']);

function changedService(
  before: ServiceEntry | Tree,
  after: ServiceEntry,
  path: string,
  unsaid: string[],
): Tree | undefined {
  const was: Tree = before;
  const changed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(after)) {
    const place = PLACES[key];
    const difference =
      place !== undefined && Array.isArray(value)
        ? replacedEntries(asList(was[key]), value, place, `${path}.${key}`, unsaid)
        : REPLACED.has(key)
          ? unless(same(was[key], value), value)
          : changedValue(was[key], value, `${path}.${key}`, unsaid);
    if (difference !== undefined) changed[key] = difference;
  }
  unsaid.push(...takenAway(was, after, path).filter((gone) => !RESOLVED.has(gone.slice(path.length + 1))));
  return Object.keys(changed).length === 0 ? undefined : changed;
}

/** Undefined where nothing differs. */
function changedValue(before: unknown, after: unknown, path: string, unsaid: string[]): unknown {
  if (same(before, after)) return undefined;
  if (isTree(after)) {
    const was = isTree(before) ? before : {};
    const entries = Object.entries(after).flatMap(([key, value]) => {
      const difference = changedValue(was[key], value, `${path}.${key}`, unsaid);
      return difference === undefined ? [] : [[key, difference] as const];
    });
    unsaid.push(...takenAway(was, after, path));
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  if (Array.isArray(after)) return appended(asList(before), after, path, unsaid);
  // An empty value never wins over one that is there.
  if (before != null && (after === '' || after === 0 || after === false || after === null)) {
    unsaid.push(path);
    return undefined;
  }
  return after;
}

function appended(before: readonly unknown[], after: readonly unknown[], path: string, unsaid: string[]) {
  if (same(before, after.slice(0, before.length))) return after.slice(before.length);
  unsaid.push(path);
  return undefined;
}

function replacedEntries(
  before: readonly unknown[],
  after: readonly unknown[],
  place: string,
  path: string,
  unsaid: string[],
): unknown {
  const placeOf = (entry: unknown) => (isTree(entry) ? entry[place] : entry);
  const places = after.map(placeOf);
  if (before.some((entry) => !places.includes(placeOf(entry)))) unsaid.push(path);
  const changed = after.filter((entry) => !before.some((one) => same(one, entry)));
  return changed.length === 0 ? undefined : changed;
}

function changedSections(merged: StackFile, adjusted: StackFile): Partial<StackFile> {
  const section = (before: StackFile['volumes'], after: StackFile['volumes']) => {
    const entries = Object.entries(after ?? {}).filter(([key, entry]) => !same(before?.[key], entry));
    return entries.length === 0 ? undefined : Object.fromEntries<NamedEntry | null>(entries);
  };
  const sections = {
    networks: section(merged.networks, adjusted.networks),
    volumes: section(merged.volumes, adjusted.volumes),
    configs: section(merged.configs, adjusted.configs),
    secrets: section(merged.secrets, adjusted.secrets),
  };
  return Object.fromEntries(Object.entries(sections).filter(([, value]) => value !== undefined));
}

/** Limits of processes came with version 3.9, and all files that are merged have the recipe's version. */
function dropNewer(file: Pick<StackFile, 'services'>, unsaid: string[]): void {
  for (const [name, service] of Object.entries(file.services)) {
    const limits = service.deploy?.resources?.limits;
    if (limits?.pids === undefined) continue;
    delete limits.pids;
    unsaid.push(`services.${name}.deploy.resources.limits.pids`);
  }
}

function takenAway(before: Tree, after: Tree, path: string): string[] {
  return Object.entries(before)
    .filter(([key, value]) => value != null && !(key in after))
    .map(([key]) => `${path}.${key}`);
}

function unless(not: boolean, value: unknown): unknown {
  return not ? undefined : value;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Of values as YAML has them; the order of keys does not count. */
function same(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((entry, index) => same(entry, other[index]));
  if (isTree(one) && isTree(other)) {
    const keys = Object.keys(one);
    return (
      keys.length === Object.keys(other).length &&
      keys.every((key) => key in other && same(one[key], other[key]))
    );
  }
  return one === other;
}
