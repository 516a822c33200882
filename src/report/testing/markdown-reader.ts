/** What a forge would read as ordinary text of a comment: code blocks and code spans are taken out, as CommonMark finds them. */
export function outsideCode(markdown: string): string {
  // No paragraph of ours has more than one line, so no span has.
  return withoutFences(markdown).split('\n').map(withoutSpans).join('\n');
}

/** Lines outside of fenced blocks; throws where a fence is never closed. */
export function withoutFences(markdown: string): string {
  const outside: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    if (fence === undefined) {
      if (mark?.[1] === undefined || (mark[1].startsWith('`') && (mark[2] ?? '').includes('`')))
        outside.push(line);
      else fence = mark[1];
    } else if (mark?.[1]?.startsWith(fence) === true && (mark[2] ?? '').trim() === '') {
      fence = undefined;
    }
  }
  if (fence !== undefined) throw new Error('a fence is never closed');
  return outside.join('\n');
}

/** Spans: from a run of backticks to the next run of the same length; a backslash before a run outside makes it text. */
function withoutSpans(text: string): string {
  let outside = '';
  let rest = text;
  for (;;) {
    const run = /(?<!`)`+/.exec(rest);
    if (run === null) return outside + rest;
    const escaped = /(?:^|[^\\])(?:\\\\)*\\$/.test(rest.slice(0, run.index));
    const after = rest.slice(run.index + run[0].length);
    const close = new RegExp(`(?<!\`)${run[0]}(?!\`)`).exec(after);
    if (escaped || close === null) {
      outside += rest.slice(0, run.index + (escaped ? 1 : run[0].length));
      rest = rest.slice(run.index + (escaped ? 1 : run[0].length));
    } else {
      outside += `${rest.slice(0, run.index)}§`;
      rest = after.slice(close.index + close[0].length);
    }
  }
}

/** What would become a mention, a reference, a link, an image or HTML that is not ours. */
export function lively(outside: string): readonly string[] {
  const allowed = outside.replace(/<\/?(?:details|summary)>|<!-- seatrial:sticky v1 -->/g, '');
  return [
    /@[A-Za-z0-9-]/g,
    /[#!]\d/g,
    /:\/\//g,
    /\bwww\.\w/gi,
    /(?<!\\)\]\(/g,
    /(?<!\\)!\[/g,
    /<[a-z/!]/gi,
    /(?<![0-9a-z])[0-9a-f]{7,64}(?![0-9a-z])/g,
    /:[a-z_]+:/g,
  ].flatMap((pattern) => allowed.match(pattern) ?? []);
}
