/** What a comment asks for. */
export type Command = { readonly kind: 'test' };

const COMMAND = /^ {0,3}!testme[ \t]*$/i;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/**
 * The command of a comment, or undefined. A command stands alone on its line: not in a quote,
 * not in code (fenced, indented or `<pre>`), and not in an HTML comment.
 */
export function parseCommand(body: string): Command | undefined {
  let fence: string | undefined;
  let pre = false;
  for (const line of withoutHtmlComments(body).split(/\r\n?|\n/)) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark !== undefined && closes(fence, mark, line)) fence = undefined;
      continue;
    }
    if (mark !== undefined) {
      fence = mark;
      continue;
    }
    if (/<(pre|code)\b/i.test(line)) pre = true;
    if (!pre && COMMAND.test(line)) return { kind: 'test' };
    if (/<\/(pre|code)>/i.test(line)) pre = false;
  }
  return undefined;
}

/** A fence is closed by one of its own kind that is at least as long and alone on its line. */
function closes(fence: string, mark: string, line: string): boolean {
  return mark.startsWith(fence.charAt(0)) && mark.length >= fence.length && line.trim() === mark;
}

function withoutHtmlComments(body: string): string {
  return body.replace(/<!--[\s\S]*?(-->|$)/g, '');
}
