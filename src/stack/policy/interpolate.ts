import type { SourceEntry, SourceMap, SourceNode } from '../../recipe/source.ts';

export type Variables = Readonly<Record<string, string>>;

const VARIABLE = /\$(?:(\$)|\{([_a-z][_a-z0-9]*)(?:(:?[-?+])([^}]*))?\}|([_a-z][_a-z0-9]*))/gi;

/** The text with its variables filled in as Docker does it: an unset one is empty, `$$` is `$`, nothing nests. */
export function interpolate(text: string, env: Variables): string {
  return text.replace(
    VARIABLE,
    (_whole, dollar?: string, braced?: string, operator?: string, other = '', bare?: string) => {
      if (dollar !== undefined) return '$';
      const name = braced ?? bare ?? '';
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      if (operator === undefined) return value ?? '';
      const missing = value === undefined || (operator.startsWith(':') && value === '');
      if (operator.endsWith('+')) return missing ? '' : other;
      return missing ? (operator.endsWith('-') ? other : '') : value;
    },
  );
}

/** Names of the variables that a text asks for. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(VARIABLE)].flatMap(([, , braced, , , bare]) => braced ?? bare ?? []);
}

/** A whole file with its values filled in; keys stay as they are, as Docker leaves them. */
export function interpolated(root: SourceMap, env: Variables): SourceMap {
  const entry = ({ key, line, value }: SourceEntry): SourceEntry => ({ key, line, value: filled(value) });
  const filled = (node: SourceNode): SourceNode => {
    if (node.kind === 'map') return { ...node, entries: node.entries.map(entry) };
    if (node.kind === 'list') return { ...node, items: node.items.map(filled) };
    if (typeof node.value !== 'string' || !node.value.includes('$')) return node;
    const text = interpolate(node.value, env);
    return { ...node, value: text, text };
  };
  return { ...root, entries: root.entries.map(entry) };
}
