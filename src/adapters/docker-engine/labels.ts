import type { Labels } from '../../ports/engine.ts';

/** The engine's filter for objects that carry all of these labels; an empty value asks for the label's presence. */
export function labelFilter(labels: Labels): { label: string[] } {
  return {
    label: Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`)),
  };
}
