import { printEnv } from '../../recipe/env-print.ts';

/**
 * The text of an app's `.env`. What its sample asks of a generated secret goes into the comment
 * behind the secret's version, where abra looks for it.
 * Throws `input` error `env-unprintable` for a value that no such file can hold.
 */
export function envFile(
  env: Readonly<Record<string, string>>,
  modifiers: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string {
  return Object.entries(env)
    .map(([key, value]) => `${printEnv({ [key]: value }).slice(0, -1)}${comment(modifiers[key] ?? {})}\n`)
    .join('');
}

function comment(modifiers: Readonly<Record<string, string>>): string {
  const words = Object.entries(modifiers).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? '' : ` # ${words.join(' ')}`;
}
