import { entryOf, itemsOf, type SourceNode, textOf } from '../../recipe/source.ts';

/** A mount of a service, from its short or its long form. */
export interface Mount {
  readonly type: string;
  /** Empty for an anonymous volume. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly propagation: string | undefined;
  /** Of a tmpfs, as written. */
  readonly size: string | undefined;
  readonly line: number;
}

export function mountsOf(service: SourceNode): readonly Mount[] {
  return itemsOf(entryOf(service, 'volumes')?.value).flatMap((item) => {
    if (item.kind === 'map') return [long(item)];
    const text = textOf(item);
    return text === undefined ? [] : [short(text, item.line)];
  });
}

function long(node: SourceNode): Mount {
  const text = (...keys: string[]) =>
    textOf(keys.reduce<SourceNode | undefined>((at, key) => entryOf(at, key)?.value, node));
  return {
    type: text('type') ?? 'volume',
    source: text('source') ?? '',
    target: text('target') ?? '',
    readOnly: /^(true|yes|on|y|1)$/i.test(text('read_only') ?? ''),
    propagation: text('bind', 'propagation'),
    size: text('tmpfs', 'size'),
    line: entryOf(node, 'source')?.line ?? node.line,
  };
}

const PROPAGATIONS = new Set(['shared', 'rshared', 'slave', 'rslave', 'private', 'rprivate']);

/** `[source:]target[:options]` */
function short(text: string, line: number): Mount {
  if (/^(\\\\|\/\/)[.?][\\/]/.test(text)) {
    const [source = text, target = ''] = text.split(':');
    return { ...{ type: 'npipe', source, target, line }, ...NOTHING };
  }
  const drive = /^[a-z]:[\\/]/i.test(text) ? text.slice(0, 2) : '';
  const parts = text.slice(drive.length).split(':');
  const [first = '', target, options = ''] = parts;
  const source = `${drive}${first}`;
  if (target === undefined) return { ...{ type: 'volume', source: '', target: source, line }, ...NOTHING };
  const words = options.split(',');
  return {
    type: /^[./~\\]|^[a-z]:[\\/]/i.test(source) ? 'bind' : 'volume',
    ...{ source, target, line },
    readOnly: words.includes('ro'),
    propagation: words.find((word) => PROPAGATIONS.has(word)),
    size: undefined,
  };
}

const NOTHING = { readOnly: false, propagation: undefined, size: undefined };
