import type { PolicyLimits } from '../../config/policy.ts';
import type { Severity } from '../../recipe/finding.ts';
import { entriesOf, entryOf, type SourceMap, type SourceNode, textOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';

/** A compose file or a rendered stack with its variables filled in, and what the rules measure it by. */
export interface PolicyView {
  /** Path in the recipe; of a rendered stack undefined. */
  readonly file: string | undefined;
  readonly root: SourceMap;
  /** The same before variables were filled in; of a rendered stack the rendered one. */
  readonly raw: SourceMap;
  readonly place: PolicyPlace;
}

/** What the rules need to know beyond the files. */
export interface PolicyPlace {
  readonly stack: string;
  readonly domain: string;
  /** The run's own network, whose name nothing else may have. */
  readonly network: string;
  /** Directory to which Docker made relative paths absolute; of raw files undefined. */
  readonly directory: string | undefined;
  /** Directory of the recipe from which paths are counted; empty for its root. */
  readonly base: string;
  /** Regular files of the recipe and their sizes in bytes. */
  readonly files: ReadonlyMap<string, number>;
  /** Names that the run's own environment sets. */
  readonly variables: ReadonlySet<string>;
  readonly imageHosts: readonly string[] | undefined;
  readonly limits: PolicyLimits;
}

/** Looks at one view; what it finds refers to its lines. */
export type PolicyRule = (view: PolicyView) => readonly PolicyFinding[];

export interface ServiceView {
  readonly name: string;
  readonly line: number;
  readonly node: SourceNode;
}

export function servicesOf(view: PolicyView): readonly ServiceView[] {
  return entriesOf(entryOf(view.root, 'services')?.value).map(({ key, line, value }) => ({
    ...{ name: key, line, node: value },
  }));
}

export const OBJECT_KINDS = ['network', 'volume', 'config', 'secret'] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** A network, volume, config or secret of the top level. */
export interface ObjectView {
  readonly kind: ObjectKind;
  readonly key: string;
  readonly line: number;
  readonly node: SourceNode;
  /** Its own name on the swarm, where it gives one. */
  readonly name: string | undefined;
  readonly external: boolean;
}

export function objectsOf(view: PolicyView): readonly ObjectView[] {
  return OBJECT_KINDS.flatMap((kind) =>
    entriesOf(entryOf(view.root, `${kind}s`)?.value).map(({ key, line, value }) => {
      const external = entryOf(value, 'external')?.value;
      return {
        ...{ kind, key, line, node: value },
        name: textOf(entryOf(value, 'name')?.value) ?? textOf(entryOf(external, 'name')?.value),
        external: external?.kind === 'map' || /^(true|yes|on|y|1)$/i.test(textOf(external) ?? ''),
      };
    }),
  );
}

/** What a rule says of something it found. */
export interface Asked {
  readonly requirement: number;
  readonly code: string;
  readonly feature: string;
  readonly service?: string;
  readonly line: number;
  readonly sentence: string;
  readonly remedy: string;
  /** By default `refusal`. */
  readonly severity?: Severity;
  /** False where no policy file can allow it; by default true. */
  readonly approvable?: false;
}

export function asked(view: PolicyView, it: Asked): PolicyFinding {
  const { requirement, code, feature, service, line, sentence, remedy } = it;
  return {
    ...{ code, requirement, service, file: view.file, sentence, remedy },
    feature: nameless(feature, view.place),
    severity: it.severity ?? 'refusal',
    line: view.file === undefined ? undefined : line,
    approvable: it.approvable ?? true,
  };
}

/** A feature is the same in every run: what is called after the app is written as its variable. */
function nameless(feature: string, { stack, domain }: PolicyPlace): string {
  return feature.replaceAll(domain, '${DOMAIN}').replaceAll(stack, '${STACK_NAME}');
}

/** Strings of a list, or of a single value where Compose takes both. */
export function texts(node: SourceNode | undefined): readonly { text: string; line: number }[] {
  if (node?.kind === 'list') return node.items.flatMap((item) => texts(item));
  const text = textOf(node);
  return text === undefined || node === undefined ? [] : [{ text, line: node.line }];
}
