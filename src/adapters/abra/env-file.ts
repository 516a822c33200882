import { SeatrialError } from '../../shared/errors.ts';

/**
 * The text of an app's `.env` that abra's parser reads back as these very values. Modifiers
 * go into the comment behind a value, where abra looks for them.
 * Throws `recipe` error `deploy-refused` for a value that no form of quoting can carry.
 */
export function envFile(
  env: Readonly<Record<string, string>>,
  modifiers: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string {
  return Object.entries(env)
    .map(([key, value]) => `${key}=${written(key, value)}${comment(modifiers[key] ?? {})}\n`)
    .join('');
}

/** Nothing in it ends a value, begins a comment or is filled in. */
const BARE = /^[\w./:@%+,~-]*$/;

function written(key: string, value: string): string {
  if (BARE.test(value)) return value;
  // The parser takes a quote behind a backslash for an escaped one, in single quotes too.
  if (!value.endsWith('\\')) return value.includes("'") ? `"${escaped(value)}"` : `'${value}'`;
  const words = `the value of ${key} ends with a backslash, behind which abra sees no end of it`;
  throw new SeatrialError({
    kind: 'recipe',
    code: 'deploy-refused',
    sentence: `The app's environment cannot be written: ${words}.`,
    remedy: `Give ${key} a value that ends otherwise.`,
    facts: { key, words },
  });
}

function escaped(value: string): string {
  return value
    .replace(/[\\"$]/g, (character) => `\\${character}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}

function comment(modifiers: Readonly<Record<string, string>>): string {
  const words = Object.entries(modifiers).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? '' : ` # ${words.join(' ')}`;
}
