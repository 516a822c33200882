import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { SeatrialError } from '../shared/errors.ts';

/** A label as it stands in a compose file. */
export interface PlacedLabel {
  readonly service: string;
  readonly key: string;
  readonly value: string;
  readonly file: string;
  readonly line: number;
  /** Swarm services carry only what stands under `deploy:`; the other kind ends on containers. */
  readonly place: 'deploy.labels' | 'labels';
}

/** What a compose file says before anything is interpolated, with the lines where it stands. */
export interface ComposeFile {
  readonly path: string;
  readonly services: readonly string[];
  readonly labels: readonly PlacedLabel[];
  /** Line of each top-level volume. */
  readonly volumeLines: Readonly<Record<string, number>>;
  readonly serviceLines: Readonly<Record<string, number>>;
}

/** Throws `recipe` error `not-yaml` with file and line, and `not-compose` where there are no services. */
export function parseCompose(path: string, text: string): ComposeFile {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    uniqueKeys: true,
    maxAliasCount: 50,
  } as object);
  const problem = document.errors[0];
  if (problem !== undefined) throw notYaml(path, problem.linePos?.[0].line, problem.message);
  const root: unknown = document.contents;
  if (!isMap(root)) throw notCompose(path);
  const services = root.get('services', true);
  if (services !== undefined && !isMap(services)) throw notCompose(path);
  const volumes = root.get('volumes', true);
  const line = (node: Node) => counter.linePos(node.range?.[0] ?? 0).line;
  return {
    path,
    services: isMap(services) ? keysOf(services).map(([name]) => name) : [],
    labels: isMap(services)
      ? keysOf(services).flatMap(([name, , value]) => labelsOf(document, path, name, value, line))
      : [],
    volumeLines: isMap(volumes) ? linesOf(volumes, line) : {},
    serviceLines: isMap(services) ? linesOf(services, line) : {},
  };
}

type Keyed = readonly [name: string, key: Node, value: unknown];

function keysOf(map: YAMLMap): Keyed[] {
  return map.items.flatMap((pair) =>
    isScalar(pair.key) ? [[String(pair.key.value), pair.key, pair.value] as const] : [],
  );
}

function linesOf(map: YAMLMap, line: (node: Node) => number): Record<string, number> {
  return Object.fromEntries(keysOf(map).map(([name, key]) => [name, line(key)]));
}

function labelsOf(
  document: Document,
  file: string,
  service: string,
  value: unknown,
  line: (node: Node) => number,
): PlacedLabel[] {
  const entry = behindAlias(value);
  if (!isMap(entry)) return [];
  const deploy = behindAlias(entry.get('deploy', true));
  return [
    ...placed(behindAlias(entry.get('labels', true)), 'labels'),
    ...(isMap(deploy) ? placed(behindAlias(deploy.get('labels', true)), 'deploy.labels') : []),
  ];

  function behindAlias(node: unknown): unknown {
    return isAlias(node) ? node.resolve(document) : node;
  }

  function placed(labels: unknown, place: PlacedLabel['place']): PlacedLabel[] {
    if (isMap(labels)) {
      return keysOf(labels).map(([key, node, inner]) => ({
        ...{ service, file, place, key, line: line(node) },
        value: isScalar(inner) ? String(inner.value) : '',
      }));
    }
    if (!isSeq(labels)) return [];
    return labels.items.flatMap((item) => {
      if (!isScalar(item)) return [];
      const [key = '', ...rest] = String(item.value).split('=');
      return [{ service, file, place, key, value: rest.join('='), line: line(item) }];
    });
  }
}

function notYaml(path: string, line: number | undefined, message: string): SeatrialError {
  const at = line === undefined ? path : `${path} line ${line}`;
  return new SeatrialError({
    kind: 'recipe',
    code: 'not-yaml',
    sentence: `${at} is not YAML: ${message.split('\n')[0] ?? ''}`,
    remedy: 'Correct the file; `docker stack config -c` shows the same place.',
    facts: { file: path, line },
  });
}

function notCompose(path: string): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code: 'not-compose',
    sentence: `${path} is no compose file: it has no map of services.`,
    remedy: 'A recipe needs a compose.yml with `services:`.',
    facts: { file: path },
  });
}
