import type { ForgeErrorCode } from '../../ports/forge.ts';
import { type ErrorFacts, SeatrialError } from '../../shared/errors.ts';
import { cut, oneLine } from '../../shared/text.ts';

/** What was asked of which forge, for the sentence of an error. */
export interface Asked {
  readonly forge: string;
  /** Such as "comment on o/r number 3". */
  readonly doing: string;
  /** Takes the token out of what a server said. */
  readonly redact: (text: string) => string;
}

/** Seconds to wait where a server that limits us does not say. */
const DEFAULT_RETRY_AFTER = 60;
const LONGEST_RETRY_AFTER = 3600;

/** Makes the error for an answer that is no success. `body`: its text as it came. */
export function refusal(asked: Asked, response: Response, body: string): SeatrialError {
  const { status } = response;
  const words = wordsOf(asked, body);
  const code = codeOf(response, words);
  const facts = {
    status,
    words,
    ...(code === 'forge-limited' ? { retryAfter: retryAfter(response) } : {}),
    ...(code === 'forge-moved' ? { location: locationOf(asked, response) } : {}),
  };
  const said = words === '' ? '' : `: ${words}`;
  return forgeError(asked, code, `the server answered ${status}${said}`, facts);
}

/** Makes the error for an answer that was accepted but makes no sense. */
export function nonsense(asked: Asked, what: string, status: number): SeatrialError {
  return forgeError(asked, 'forge-failed', what, { status });
}

/** Makes the error for a request that must not be sent. */
export function unfit(asked: Asked, what: string): SeatrialError {
  return forgeError(asked, 'forge-rejected', what, {});
}

/** Makes the error for no answer at all. `cause` is what fetch threw. */
export function noAnswer(asked: Asked, what: string, cause: unknown): SeatrialError {
  return forgeError(asked, 'forge-unreachable', asked.redact(oneLine(what)), {}, cause);
}

function forgeError(
  asked: Asked,
  code: ForgeErrorCode,
  what: string,
  facts: ErrorFacts,
  cause?: unknown,
): SeatrialError {
  return new SeatrialError({
    kind: 'environment',
    code,
    sentence: `${asked.forge}: ${asked.doing}: ${what}`,
    remedy: REMEDIES[code],
    facts: { forge: asked.forge, doing: asked.doing, ...facts },
    transient: isTransient(code, facts['status']),
    ...(cause === undefined ? {} : { cause }),
  });
}

const REMEDIES: Readonly<Record<ForgeErrorCode, string>> = {
  'forge-unauthorised': 'Make a new token for the bot and put it where token_env points.',
  'forge-forbidden':
    'Give the token the scopes, and the bot the rights in the repository, that the manual names.',
  'forge-not-found': 'Check the name of the repository and that the bot may see it.',
  'forge-moved': 'Put the new name of the repository into the configuration.',
  'forge-read-only': 'Take the repository out of the archive or out of the configuration.',
  'forge-rejected': 'This is likely a fault of Seatrial: report it with this message.',
  'forge-limited': 'Wait, or raise the poll interval.',
  'forge-failed': 'Look into the log of the forge.',
  'forge-unreachable': 'Check the address of the forge and the network in between.',
};

/** A plain 500 is none: Gitea says so to an unknown commit or number, and would say it again. */
function isTransient(code: ForgeErrorCode, status: unknown): boolean {
  if (code === 'forge-unreachable' || code === 'forge-limited') return true;
  return status === 502 || status === 503 || status === 504;
}

function codeOf(response: Response, words: string): ForgeErrorCode {
  const { status } = response;
  const limited = response.headers.has('retry-after') && (status === 403 || status === 503);
  if (status === 429 || limited) return 'forge-limited';
  if (status === 304) return 'forge-failed';
  if (status >= 300 && status < 400) return 'forge-moved';
  if (status === 401) return 'forge-unauthorised';
  if (status === 403) return /\barchived\b/i.test(words) ? 'forge-read-only' : 'forge-forbidden';
  if (status === 404 || status === 410) return 'forge-not-found';
  if (status === 423) return 'forge-read-only';
  return status >= 400 && status < 500 ? 'forge-rejected' : 'forge-failed';
}

/** Seconds, from either form of the header; a date is counted from the server's own. */
function retryAfter(response: Response): number {
  const header = response.headers.get('retry-after') ?? '';
  const seconds = /^\d+$/.test(header)
    ? Number(header)
    : (Date.parse(header) - Date.parse(response.headers.get('date') ?? '')) / 1000;
  if (Number.isNaN(seconds)) return DEFAULT_RETRY_AFTER;
  return Math.min(Math.max(1, Math.ceil(seconds)), LONGEST_RETRY_AFTER);
}

/** Where it has moved, without a query. */
function locationOf(asked: Asked, response: Response): string {
  const [address = ''] = (response.headers.get('location') ?? '').split('?', 1);
  return asked.redact(cut(oneLine(address), 300));
}

/** The server's own message, if it has one; a page of HTML has none. */
function wordsOf(asked: Asked, body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null || !('message' in parsed)) return '';
    return asked.redact(cut(oneLine(String(parsed.message)), 300));
  } catch {
    return '';
  }
}
