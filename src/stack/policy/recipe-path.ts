import type { PolicyPlace } from './view.ts';

/** Where a path of a compose file leads, seen from the recipe's root. */
export type RecipePath =
  | { readonly kind: 'inside'; readonly path: string }
  /** `why` completes "it is …". */
  | { readonly kind: 'outside'; readonly why: string };

/** Reads a path as Docker would, without looking at any disk: only what the recipe holds counts. */
export function recipePath(text: string, place: PolicyPlace): RecipePath {
  const { directory } = place;
  if (directory !== undefined && (text === directory || text.startsWith(`${directory}/`)))
    return resolved(text.slice(directory.length + 1), '');
  if (text.startsWith('/') || text.startsWith('\\') || /^[a-z]:/i.test(text))
    return { kind: 'outside', why: 'an absolute path of the machine that deploys' };
  if (text.startsWith('~'))
    return { kind: 'outside', why: 'a path in the home directory of whoever deploys' };
  return resolved(text, place.base);
}

function resolved(text: string, base: string): RecipePath {
  const parts: string[] = [];
  for (const part of [...base.split('/'), ...text.split('/')]) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined)
      return { kind: 'outside', why: 'a path that leads out of the recipe' };
  }
  return { kind: 'inside', path: parts.join('/') };
}

/** A path of a host in its shortest form. */
export function hostPath(text: string): string {
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
