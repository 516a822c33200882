/** What a comment asks for. */
export type Command = { readonly kind: 'test' };

const COMMAND = /^ {0,3}!testme[ \t]*$/i;
const FENCE = /^( {0,3}(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`{3,}|~{3,})/;
const OPENING = /<(?:pre|code|details)\b/gi;
const CLOSING = /<\/(?:pre|code|details)>/gi;

/**
 * The command of a comment, or undefined. A command stands alone on its line: not in a quote,
 * not in code (fenced, indented or `<pre>`), not in something folded away, and not in an HTML
 * comment.
 */
export function parseCommand(body: string): Command | undefined {
  let fence: Fence | undefined;
  let within = 0;
  for (const line of withoutHtmlComments(body).split(/\r\n?|\n/)) {
    if (fence !== undefined) {
      if (closes(fence, line)) fence = undefined;
      continue;
    }
    fence = opened(line);
    if (fence !== undefined) continue;
    within += line.match(OPENING)?.length ?? 0;
    if (within === 0 && COMMAND.test(line)) return { kind: 'test' };
    within = Math.max(0, within - (line.match(CLOSING)?.length ?? 0));
  }
  return undefined;
}

interface Fence {
  readonly mark: string;
  /** In a list its end is indented as the list is. */
  readonly inList: boolean;
}

function opened(line: string): Fence | undefined {
  const [, before = '', mark] = FENCE.exec(line) ?? [];
  return mark === undefined ? undefined : { mark, inList: before.trim() !== '' };
}

/** A fence is closed by one of its own kind that is at least as long and alone on its line. */
function closes({ mark, inList }: Fence, line: string): boolean {
  const end = line.trim();
  if (!inList && /^ {4}|^ {0,3}\t/.test(line)) return false;
  return end.length >= mark.length && end === mark.charAt(0).repeat(end.length);
}

function withoutHtmlComments(body: string): string {
  return body.replace(/<!--[\s\S]*?(-->|$)/g, '');
}
