import { fillIn } from './interpolate.ts';
import { entriesOf, itemsOf, nodeAt, pairsOf, type SourceNode, textOf } from './source.ts';
import {
  type Env,
  lastByKey,
  mergedLists,
  type Part,
  type Place,
  partsAt,
  type Written,
  writtenOf,
} from './written.ts';

/** A volume, path or memory that a service mounts. */
export interface ServiceMount extends Place {
  /** `volume` without a source is an anonymous one. Anything else is what the long form says. */
  readonly type: 'volume' | 'bind' | 'tmpfs' | (string & {});
  /** Key of a top-level volume, or a path; variables filled in. */
  readonly source: string | undefined;
  readonly target: string;
  readonly readOnly: boolean;
  /** As written, both forms cut to one line. */
  readonly raw: string;
}

/** A config or secret as a service mounts it. */
export interface FileMount extends Place {
  /** Key of the top-level config or secret. */
  readonly source: string;
  /** As asked for: a name below `/run/secrets`, or an absolute path; `undefined` where the form says none. */
  readonly target: string | undefined;
  /** As written, such as `0555`. */
  readonly mode: string | undefined;
}

export interface ServicePort extends Place {
  readonly target: string;
  /** Undefined where the engine may choose. */
  readonly published: string | undefined;
  readonly protocol: string;
  readonly mode: string;
}

export interface ServiceNetwork extends Place {
  readonly key: string;
  readonly aliases: readonly string[];
}

/** Of two mounts on one target the later file's counts, as Docker merges them. */
export function mountsOf(parts: readonly Part[], env: Env): readonly ServiceMount[] {
  const mounts = partsAt(parts, 'volumes').flatMap(({ file, node }) =>
    itemsOf(node).flatMap((item) => mountOf(file, item, env)),
  );
  return mergedLists(parts, mounts, (mount) => mount.target);
}

function mountOf(file: string, item: SourceNode, env: Env): ServiceMount[] {
  const line = item.line;
  const text = textOf(item);
  if (text !== undefined) return [{ ...shortMount(fillIn(text, env)), raw: text, file, line }];
  const [type, source, target] = ['type', 'source', 'target'].map((key) => filled(item, key, env));
  if (target === undefined) return [];
  const raw = `${type ?? ''} ${source ?? ''}:${target}`.trim();
  const readOnly = filled(item, 'read_only', env) === 'true';
  return [{ type: type ?? 'volume', source, target, readOnly, raw, file, line }];
}

/** `source:target[:options]`, or only a target. */
function shortMount(text: string): Pick<ServiceMount, 'type' | 'source' | 'target' | 'readOnly'> {
  // Docker takes a single letter before a colon for a drive of Windows, so `v:/data` has no source.
  const fields = text.match(/(?:^[A-Za-z]:[^:]*)|[^:]+/g) ?? [];
  const [source, target, options = ''] = fields;
  if (target === undefined || source === undefined)
    return { type: 'volume', source: undefined, target: text, readOnly: false };
  const readOnly = options.split(',').includes('ro');
  return {
    type: /^[./~]/.test(source) || /^[A-Za-z]:/.test(source) ? 'bind' : 'volume',
    source,
    target,
    readOnly,
  };
}

/** Mounts of `configs` or `secrets`; of one source the later file's counts. */
export function fileMountsOf(
  parts: readonly Part[],
  block: 'configs' | 'secrets',
  env: Env,
): readonly FileMount[] {
  const mounts = partsAt(parts, block).flatMap(({ file, node }) =>
    itemsOf(node).flatMap((item): FileMount[] => {
      const place = { file, line: item.line };
      const short = textOf(item);
      if (short !== undefined)
        return [{ ...place, source: fillIn(short, env), target: undefined, mode: undefined }];
      const [source, target, mode] = ['source', 'target', 'mode'].map((key) => filled(item, key, env));
      return source === undefined ? [] : [{ ...place, source, target, mode }];
    }),
  );
  return mergedLists(parts, mounts, (mount) => mount.source);
}

/** Of several on one published port the later file's counts; those that the engine may choose are all one. */
export function portsOf(parts: readonly Part[], env: Env): readonly ServicePort[] {
  const ports = partsAt(parts, 'ports').flatMap(({ file, node }) =>
    itemsOf(node).flatMap((item): ServicePort[] => {
      const place = { file, line: item.line };
      const short = textOf(item);
      if (short !== undefined) return [{ ...place, ...shortPort(fillIn(short, env)) }];
      const [target, published, protocol, mode] = ['target', 'published', 'protocol', 'mode'].map((key) =>
        filled(item, key, env),
      );
      if (target === undefined) return [];
      return [{ ...place, target, published, protocol: protocol ?? 'tcp', mode: mode ?? 'ingress' }];
    }),
  );
  return mergedLists(parts, ports, (port) => port.published ?? '');
}

/** `[[address:]published:]target[/protocol]`; ranges stay as they are written. */
function shortPort(text: string): Omit<ServicePort, keyof Place> {
  const [ports = '', protocol = 'tcp'] = text.split('/');
  const fields = ports.split(':');
  const published = fields.length > 1 ? fields.at(-2) : undefined;
  return { target: fields.at(-1) ?? '', published, protocol, mode: 'ingress' };
}

export function networksOf(parts: readonly Part[], env: Env): readonly ServiceNetwork[] {
  const found = partsAt(parts, 'networks').flatMap(({ file, node }) => [
    ...itemsOf(node).flatMap((item) =>
      writtenOf(file, item, env).map(({ value, line }) => ({ key: value, aliases: [], file, line })),
    ),
    ...entriesOf(node).map(({ key, line, value }) => ({
      ...{ key, file, line },
      aliases: itemsOf(nodeAt(value, 'aliases')).flatMap((item) =>
        writtenOf(file, item, env).map((alias) => alias.value),
      ),
    })),
  ]);
  return lastByKey(found, (network) => network.key);
}

/** A variable in a service's own environment. */
export interface EnvironmentPair extends Place {
  readonly key: string;
  /** Undefined for `- KEY`: taken from the environment of the deployment. */
  readonly raw: string | undefined;
  readonly value: string | undefined;
}

/** Of one key the later file's counts; `- KEY` takes what the environment has. */
export function environmentOf(parts: readonly Part[], env: Env): readonly EnvironmentPair[] {
  const pairs = partsAt(parts, 'environment').flatMap(({ file, node }) =>
    pairsOf(node).map((pair) => ({
      key: pair.form === 'list' ? fillIn(pair.key, env) : pair.key,
      raw: pair.value,
      value: pair.value === undefined ? env[pair.key] : fillIn(pair.value, env),
      file,
      line: pair.line,
    })),
  );
  return lastByKey(pairs, (pair) => pair.key);
}

/** Names of `depends_on`, which Swarm ignores, in both forms. */
export function dependenciesOf(parts: readonly Part[]): readonly Written[] {
  return partsAt(parts, 'depends_on').flatMap(({ file, node }) => [
    ...itemsOf(node).flatMap((item) => writtenOf(file, item, {})),
    ...entriesOf(node).map(({ key, line }) => ({ file, line, raw: key, value: key })),
  ]);
}

function filled(node: SourceNode, key: string, env: Env): string | undefined {
  const text = textOf(nodeAt(node, key));
  return text === undefined ? undefined : fillIn(text, env);
}
