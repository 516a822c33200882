import { entriesOf, itemsOf, type SourceEntry, type SourceNode, textOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { DOCUMENT, type Level, type Nested, type Refused } from './key-table.ts';
import { asked, type PolicyView } from './view.ts';

/** Requirements 24 and 29: keys that are not in the table of allowed ones, at every level. */
export function keys(view: PolicyView): readonly PolicyFinding[] {
  return inside({ view, path: [], service: undefined }, view.root, DOCUMENT);
}

interface At {
  readonly view: PolicyView;
  readonly path: readonly string[];
  readonly service: string | undefined;
}

function inside(at: At, node: SourceNode, level: Level): readonly PolicyFinding[] {
  return entriesOf(node).flatMap((entry) => {
    const { key } = entry;
    const nested = own(level.nested, key);
    if (nested !== undefined) return behind({ ...at, path: [...at.path, key] }, entry.value, nested);
    if (level.extensions === true && key.startsWith('x-')) return [];
    if (words(level.allowed).includes(key)) return [];
    if (words(level.ignored).includes(key)) return [ignored(at, entry)];
    const why = own(level.refused, key);
    return why === undefined ? [unknown(at, entry)] : refused(at, entry, why);
  });
}

function behind(at: At, node: SourceNode, [kind, level]: Nested): readonly PolicyFinding[] {
  if (kind === 'map') return inside(at, node, level);
  if (kind === 'list') return itemsOf(node).flatMap((item) => inside(at, item, level));
  return entriesOf(node).flatMap(({ key, value }) => {
    const service = at.path.length === 1 && at.path[0] === 'services' ? key : at.service;
    return inside({ ...at, service, path: [...at.path, key] }, value, level);
  });
}

function ignored(at: At, { key, line }: SourceEntry): PolicyFinding {
  return asked(at.view, {
    ...{ requirement: 29, code: 'ignored-key', severity: 'note', line },
    ...whose(at, key),
    sentence: `Swarm takes no notice of \`${key}\`${of(at)}.`,
    remedy: IGNORED[key] ?? 'Leave it out, so that nobody relies on it.',
  });
}

const IGNORED: Readonly<Record<string, string>> = {
  depends_on: 'Leave it out and let the service wait or retry until what it needs answers.',
  restart: 'Use `deploy.restart_policy`.',
  container_name: 'Leave it out: Swarm names containers, and other services find it by its service name.',
  expose: 'Leave it out: services of a stack reach each other’s ports anyway.',
  links: 'Leave it out: services of a stack find each other by their names.',
  shm_size: 'Mount a tmpfs of that size on /dev/shm.',
};

function refused(at: At, { key, line, value }: SourceEntry, why: Refused): readonly PolicyFinding[] {
  const text = textOf(value);
  // `privileged: false` asks for nothing.
  if (text === 'false' || (value.kind === 'scalar' && value.value === null)) return [];
  const { requirement } = why;
  return [
    asked(at.view, {
      ...{ requirement, code: requirement === 24 ? 'remote-source' : 'power-key', line },
      ...whose(at, text === undefined || text === 'true' ? key : `${key}:${text}`),
      ...(requirement === 29 ? {} : { approvable: false as const }),
      sentence: `\`${key}\`${of(at)} ${why.does}.`,
      remedy: why.remedy,
    }),
  ];
}

function unknown(at: At, { key, line }: SourceEntry): PolicyFinding {
  return asked(at.view, {
    ...{ requirement: 29, code: 'unknown-key', line, approvable: false },
    ...whose(at, `key:${[...at.path, key].join('.')}`),
    sentence: `\`${key}\`${of(at)} is no key that recipes may use at this place.`,
    remedy: 'Correct the spelling or the indentation, or leave it out.',
  });
}

function whose(at: At, feature: string): { feature: string; service?: string } {
  return at.service === undefined ? { feature } : { feature, service: at.service };
}

function of({ path, service }: At): string {
  if (service === undefined) return path.length === 0 ? '' : ` of \`${path.join('.')}\``;
  const deeper = path.slice(2).join('.');
  return `${deeper === '' ? '' : ` in \`${deeper}\``} of service ${service}`;
}

function words(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.trim().split(/\s+/);
}

/** A key such as `constructor` is none of ours. */
function own<Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
