import { fillIn } from '../../recipe/interpolate.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../../recipe/source.ts';

/** A whole file with its values filled in; keys stay as they are, as Docker leaves them. */
export function filled(root: SourceMap, env: Readonly<Record<string, string>>): SourceMap {
  const entry = ({ key, line, value }: SourceEntry): SourceEntry => ({ key, line, value: inside(value) });
  const inside = (node: SourceNode): SourceNode => {
    if (node.kind === 'map') return { ...node, entries: node.entries.map(entry) };
    if (node.kind === 'list') return { ...node, items: node.items.map(inside) };
    if (typeof node.value !== 'string' || !node.value.includes('$')) return node;
    const text = fillIn(node.value, env);
    return { ...node, value: text, text };
  };
  return { ...root, entries: root.entries.map(entry) };
}
