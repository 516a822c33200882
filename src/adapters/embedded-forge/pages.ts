import { accessOf, atLeast } from './access.ts';
import { commentsOf } from './comments.ts';
import type { Core } from './core.ts';
import { repositoryByPath } from './repositories.ts';
import { threadByNumber } from './threads.ts';
import { authorById, type User } from './users.ts';

/**
 * A plain page for the web address of an issue or pull request: title, state and the raw
 * text of its comments, all of it escaped. Undefined for what is not there or not to be seen.
 */
export function threadPage(
  core: Core,
  parts: readonly string[],
  caller: User | undefined,
): string | undefined {
  const [owner = '', name = '', kind, number = ''] = parts;
  if (parts.length !== 4 || (kind !== 'pulls' && kind !== 'issues')) return undefined;
  const repository = repositoryByPath(core.database, owner, name);
  if (repository === undefined) return undefined;
  if (!atLeast(accessOf(core.database, repository, caller), 'read')) return undefined;
  const thread = threadByNumber(core.database, repository.id, /^\d{1,15}$/.test(number) ? Number(number) : 0);
  if (thread === undefined) return undefined;
  const said = commentsOf(core.database, { repositoryId: repository.id, threadId: thread.id });
  const author = (id: number): string => escapeHtml(authorById(core.database, id).login);
  const title = escapeHtml(`${repository.owner}/${repository.name} #${thread.number}: ${thread.title}`);
  const comments = said.map(
    (comment) =>
      `<section id="issuecomment-${comment.id}"><h2>${author(comment.authorId)}</h2>` +
      `<pre>${escapeHtml(comment.body)}</pre></section>`,
  );
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<title>${title}</title></head><body><h1>${title}</h1>`,
    `<p>${thread.state}, opened by ${author(thread.authorId)}</p><pre>${escapeHtml(thread.body)}</pre>`,
    ...comments,
    '</body></html>',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
