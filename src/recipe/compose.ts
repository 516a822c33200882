import { SeatrialError } from '../shared/errors.ts';
import {
  entriesOf,
  entryOf,
  nodeAt,
  pairsOf,
  parseSource,
  type SourceEntry,
  type SourceMap,
} from './source.ts';

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
  /** The whole file, for readers that look at other keys. */
  readonly root: SourceMap;
  readonly services: readonly string[];
  readonly labels: readonly PlacedLabel[];
  /** Line of each top-level volume. */
  readonly volumeLines: Readonly<Record<string, number>>;
  readonly serviceLines: Readonly<Record<string, number>>;
}

/** Throws what `parseSource` throws, and `recipe` error `not-compose` where the file or its services are no map. */
export function parseCompose(path: string, text: string): ComposeFile {
  const root = parseSource(path, text);
  if (root.kind !== 'map') throw notCompose(path);
  const services = entryOf(root, 'services')?.value;
  if (
    services !== undefined &&
    services.kind !== 'map' &&
    !(services.kind === 'scalar' && services.value === null)
  )
    throw notCompose(path);
  return {
    path,
    root,
    services: entriesOf(services).map(({ key }) => key),
    labels: entriesOf(services).flatMap((service) => labelsOf(path, service)),
    volumeLines: linesOf(entriesOf(nodeAt(root, 'volumes'))),
    serviceLines: linesOf(entriesOf(services)),
  };
}

function linesOf(entries: readonly SourceEntry[]): Record<string, number> {
  return Object.fromEntries(entries.map(({ key, line }) => [key, line]));
}

function labelsOf(file: string, { key: service, value }: SourceEntry): PlacedLabel[] {
  const placed = (place: PlacedLabel['place'], ...path: string[]) =>
    pairsOf(nodeAt(value, ...path)).map((pair) => ({
      ...{ service, file, place, key: pair.key, line: pair.line },
      value: pair.value ?? '',
    }));
  return [...placed('labels', 'labels'), ...placed('deploy.labels', 'deploy', 'labels')];
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
