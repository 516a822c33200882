import { WORDS } from './words.ts';

/** How a secret's value is asked for, by the modifiers behind its version in `.env.sample`. */
export interface ValueWish {
  /** Characters; undefined asks for a passphrase of words. */
  readonly length: number | undefined;
  /** `default`, `hex`, `special`, `safespecial`, or some of them with commas between. */
  readonly charset: string | undefined;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const SPECIAL = '!@#$%^&*_-+=';
const CHARSETS: Readonly<Record<string, string>> = {
  default: LETTERS,
  hex: '0123456789abcdef',
  special: SPECIAL,
  // A dollar means something in too many files.
  safespecial: SPECIAL.replace('$', ''),
};
const PASSPHRASE_WORDS = 6;

/**
 * A value as abra would make it, from bytes without end. Every character and word is as likely
 * as any other. A charset that nobody knows is the default one, as it is for abra.
 */
export function secretValue({ length, charset }: ValueWish, bytes: Iterator<number, never>): string {
  if (length === undefined) {
    return Array.from({ length: PASSPHRASE_WORDS }, () => WORDS[below(WORDS.length, bytes)]).join('-');
  }
  const alphabet = alphabetOf(charset ?? 'default');
  return Array.from({ length }, () => alphabet[below(alphabet.length, bytes)]).join('');
}

function alphabetOf(charset: string): string {
  const sets = charset.split(',').map((name) => CHARSETS[name.trim().toLowerCase()]);
  if (sets.some((set) => set === undefined)) return LETTERS;
  return [...new Set(sets.join(''))].join('');
}

/** A number under `limit` (at most 256); bytes that would make some more likely are passed over. */
function below(limit: number, bytes: Iterator<number, never>): number {
  const fair = 256 - (256 % limit);
  for (;;) {
    const { value } = bytes.next();
    if (value < fair) return value % limit;
  }
}
