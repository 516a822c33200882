/**
 * A path as a file in a folder of the recipe names it, seen from the recipe's root and without
 * `.` and `..`; the root itself is the empty text. Undefined where the path is empty, absolute,
 * begins with `~` or leads out of the recipe.
 */
export function pathWithin(folder: string, path: string): string | undefined {
  if (path === '' || /^[/~]/.test(path) || path.includes('\0')) return undefined;
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}
