import { SeatrialError } from '../shared/errors.ts';

/**
 * The bytes of a file as text that every reader of YAML and env files takes for the same text.
 * Throws `recipe` errors `not-utf8`, `nul-byte` and `control-character` with file and line:
 * such bytes serve to show one reader something else than another.
 */
export function decodeText(path: string, bytes: Uint8Array): string {
  if (isUtf16(bytes)) throw refused('not-utf8', path, 1, 'it is UTF-16');
  const text = strict(path, bytes);
  const nul = text.indexOf('\u0000');
  if (nul >= 0) throw refused('nul-byte', path, lineAt(text, nul), 'it has a zero byte');
  const bare = text.startsWith('\ufeff') ? text.slice(1) : text;
  const odd = oddCharacter(bare);
  if (odd !== undefined)
    throw refused('control-character', path, lineAt(bare, odd.index), `it has the character ${odd.name}`);
  return bare;
}

/** The first character of a text that readers disagree about or that hides something, such as `U+2028`. */
export function oddCharacter(text: string): { readonly name: string; readonly index: number } | undefined {
  const odd = ODD.exec(text);
  if (odd === null) return undefined;
  const point = (odd[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return { name: `U+${point}`, index: odd.index };
}

/** Control characters, line breaks that only some readers take for such, and a second byte order mark. */
const ODD =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\r(?!\n)/;

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function strict(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const lenient = new TextDecoder('utf-8').decode(bytes);
    throw refused('not-utf8', path, lineAt(lenient, lenient.indexOf('\ufffd')), 'it is not UTF-8');
  }
}

function lineAt(text: string, index: number): number {
  return text.slice(0, Math.max(0, index)).split('\n').length;
}

function refused(code: string, file: string, line: number, why: string): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code,
    sentence: `${file} line ${line} is not read: ${why}.`,
    remedy: 'Save the file as plain UTF-8 text.',
    facts: { file, line, requirement: 23 },
  });
}
