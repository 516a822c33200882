import { oneLine, plain } from '../shared/text.ts';

/** Joins two things that must not grow together; invisible, and no forge gives it a meaning. */
const JOINER = '\u200d';

/**
 * Text from strangers as ordinary Markdown text that shows as it is. Neither a backslash nor
 * an entity stops a mention or a reference on Gitea and Forgejo, so words that a forge might
 * turn into a link, a mention or a reference become code spans.
 */
export function md(text: string): string {
  return words(tame(text), (word) => (isLively(word) ? code(word) : escaped(word)));
}

/** A sentence of ours: what stands in backticks or “curly quotes” becomes code, the rest is escaped. */
export function prose(text: string): string {
  const parts = tame(text).split(/(`[^`]+`|“[^”]+”)/);
  return parts
    .map((part, index) => (index % 2 === 1 ? code(part.slice(1, -1)) : spaced(part)))
    .reduce(join, '');
}

/** An inline code span of one line, whatever it holds. */
export function code(text: string): string {
  const flat = tame(text) || ' ';
  const ticks = '`'.repeat(longestRun(flat) + 1);
  const pad = flat.startsWith('`') || flat.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${flat}${pad}${ticks}`;
}

/** Markdown made by the functions above, fit for a cell of a table. */
export function cell(markdown: string): string {
  return markdown.replace(/\\(?=\|)/g, '\\\u200b').replaceAll('|', '\\|');
}

/** A fenced block; its fence is longer than any run of backticks in it. */
export function fence(text: string, language = 'text'): string {
  const body = plain(text.toWellFormed()).replace(HIDDEN, '').replace(/\n+$/, '');
  const ticks = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return `${ticks}${language}\n${body}\n${ticks}`;
}

/** Text inside of an HTML element that stands in Markdown: there only entities and a joiner count. */
export function html(text: string): string {
  return tame(text)
    .replace(COMMIT, (hex) => hex.replace(/.{5}/g, `$&${JOINER}`))
    .replace(/[@#!:](?=\S)|\bwww(?=\.)/gi, `$&${JOINER}`)
    .replace(/[&<>`*_[\]~$\\]/g, (sign) => `&#x${sign.charCodeAt(0).toString(16)};`);
}

/** What may be the id of a commit, which forges link where there is such a commit. */
const COMMIT = /(?<![0-9a-z])[0-9a-f]{7,64}(?![0-9a-z])/gi;

/** Invisible characters that change how the rest is read: marks of direction, byte order marks, separators. */
const HIDDEN = /[\u061c\u2028\u2029\ufeff\u{e0000}-\u{e007f}]/gu;

function tame(text: string): string {
  return oneLine(
    text
      .toWellFormed()
      .replace(/[\u2028\u2029]/g, ' ')
      .replace(HIDDEN, ''),
  );
}

function words(text: string, change: (word: string) => string): string {
  return text
    .split(' ')
    .map((word) => (word === '' ? '' : change(word)))
    .join(' ');
}

/** Like md, but keeps the white space at both ends, because something follows. */
function spaced(part: string): string {
  return words(part, (word) => (isLively(word) ? code(word) : escaped(word)));
}

/** What forges react to inside ordinary text. */
const LIVELY: readonly RegExp[] = [
  /@/, // mentions, teams, mail addresses, commits of other repositories
  /[#!]\d/, // issues and pull requests, here and elsewhere
  /\bgh-\d/i,
  /:\/\/|\bwww\.|\bmailto:|\bxmpp:/i,
  new RegExp(COMMIT.source, 'i'),
  /:(?=[a-z0-9_+-]*[a-z])[a-z0-9_+-]+:/i, // :emoji:
  /\$/, // mathematics
];

function isLively(word: string): boolean {
  return LIVELY.some((pattern) => pattern.test(word));
}

function escaped(word: string): string {
  if (/^(?:[-+=#>]+|\d{1,9}[.)])$/.test(word)) return word.replace(/[-+=#>.)]/g, '\\$&');
  return word
    .replace(/[\\`*_~[\]]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Two code spans that touch would become one. */
function join(left: string, right: string): string {
  return left.endsWith('`') && right.startsWith('`') ? `${left}${JOINER}${right}` : left + right;
}
