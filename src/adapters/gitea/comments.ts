import type { CommentsPage, Forge, ForgeComment, RepositoryPath } from '../../ports/forge.ts';
import { isSeatrialError } from '../../shared/errors.ts';
import { type Asked, nonsense } from './failures.ts';
import { toComment } from './mapper.ts';
import { allPages, PAGE_SIZE } from './pages.ts';
import { idSegment, numberSegment, segment } from './path-parts.ts';
import { postReaction } from './reactions.ts';
import { readRepository } from './repositories.ts';
import { anything, commentSchema, listOf, type WireComment } from './schema.ts';
import { required, type Transport } from './transport.ts';

type CommentOperations = Pick<
  Forge,
  'commentsSince' | 'comment' | 'commentsOf' | 'createComment' | 'editComment' | 'deleteComment' | 'react'
>;

export function commentOperations(transport: Transport): CommentOperations {
  return {
    commentsSince: (path, since, signal) => readSince(transport, path, since, signal),
    async comment(path, id, signal) {
      const { asked, owner, name, comment } = partsOf(transport, `comment ${id}`, path, id);
      const request = {
        doing: asked.doing,
        // 204: the id is that of an event, such as a push or a closing.
        accept: [200, 204],
        schema: commentSchema,
        send: ((api, params) => api.repos.issueGetComment(owner, name, comment, params)) satisfies Sender,
      };
      return unlessGone(transport, path, signal, async () => {
        const reply = await transport.call(request, signal);
        return reply.status === 204 ? undefined : mapped(asked, required(asked, reply));
      });
    },
    async commentsOf(path, number, signal) {
      const asked = transport.asked(`comments of number ${number} in ${path.owner}/${path.name}`);
      const [owner, name] = [segment(asked, path.owner), segment(asked, path.name)];
      const index = numberSegment(asked, number);
      const reply = await transport.call(
        {
          doing: asked.doing,
          accept: [200],
          schema: listOf(commentSchema),
          // This list has no pages: it comes as a whole.
          send: (api, params) => api.repos.issueGetComments(owner, name, index, {}, params),
        },
        signal,
      );
      return oldestFirst(required(asked, reply).map((comment) => mapped(asked, comment)));
    },
    async createComment(path, number, body, signal) {
      const asked = transport.asked(`new comment on number ${number} of ${path.owner}/${path.name}`);
      const [owner, name] = [segment(asked, path.owner), segment(asked, path.name)];
      const index = numberSegment(asked, number);
      const reply = await transport.call(
        {
          doing: asked.doing,
          accept: [201],
          schema: commentSchema,
          send: (api, params) => api.repos.issueCreateComment(owner, name, index, { body }, params),
        },
        signal,
      );
      return mapped(asked, required(asked, reply));
    },
    async editComment(path, id, body, signal) {
      const { asked, owner, name, comment } = partsOf(transport, `edit of comment ${id}`, path, id);
      const request = {
        doing: asked.doing,
        accept: [200, 204],
        schema: commentSchema,
        send: ((api, params) =>
          api.repos.issueEditComment(owner, name, comment, { body }, params)) satisfies Sender,
      };
      return unlessGone(transport, path, signal, async () => {
        const reply = await transport.call(request, signal);
        return reply.status === 204 ? undefined : mapped(asked, required(asked, reply));
      });
    },
    async deleteComment(path, id, signal) {
      const { asked, owner, name, comment } = partsOf(transport, `removal of comment ${id}`, path, id);
      const request = {
        doing: asked.doing,
        accept: [200, 204],
        schema: anything,
        send: ((api, params) => api.repos.issueDeleteComment(owner, name, comment, params)) satisfies Sender,
      };
      await unlessGone(transport, path, signal, () => transport.call(request, signal));
    },
    async react(path, commentId, content, signal) {
      const { asked, owner, name, comment } = partsOf(transport, `reaction to ${commentId}`, path, commentId);
      await postReaction(transport, { asked, owner, name, comment, content }, signal);
    },
  };
}

type Sender = Parameters<Transport['call']>[0]['send'];

/**
 * `since` is sent in whole seconds, cut off: the server keeps no more, and the comment at
 * the boundary comes again rather than being missed. The time is that of the first page.
 */
async function readSince(
  transport: Transport,
  path: RepositoryPath,
  since: number | undefined,
  signal: AbortSignal,
): Promise<CommentsPage> {
  const asked = transport.asked(`comments of ${path.owner}/${path.name}`);
  const [owner, name] = [segment(asked, path.owner), segment(asked, path.name)];
  const from = since === undefined ? undefined : wholeSeconds(since);
  const read = (page: number, limit: number) =>
    transport.call(
      {
        doing: asked.doing,
        accept: [200],
        schema: listOf(commentSchema),
        send: (api, params) =>
          api.repos.issueGetRepoComments(
            owner,
            name,
            { page, limit, ...(from === undefined ? {} : { since: from }) },
            params,
          ),
      },
      signal,
    );
  if (from === undefined) return { comments: [], serverTime: timeOf(asked, (await read(1, 1)).date) };
  const { items, first } = await allPages<WireComment>(
    asked,
    (comment) => comment.id,
    (page) => read(page, PAGE_SIZE),
  );
  const comments = oldestFirst(items.map((comment) => mapped(asked, comment)));
  return { comments, serverTime: timeOf(asked, first.date) };
}

/** A comment that is not found is gone, unless the whole repository is: then that is thrown. */
async function unlessGone<T>(
  transport: Transport,
  path: RepositoryPath,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isSeatrialError(error) || error.code !== 'forge-not-found') throw error;
    await readRepository(transport, path, signal);
    return undefined;
  }
}

function partsOf(transport: Transport, what: string, path: RepositoryPath, id: string) {
  const asked = transport.asked(`${what} in ${path.owner}/${path.name}`);
  return {
    asked,
    owner: segment(asked, path.owner),
    name: segment(asked, path.name),
    comment: idSegment(asked, id),
  };
}

function mapped(asked: Asked, wire: WireComment): ForgeComment {
  const comment = toComment(wire);
  if (comment === undefined) throw nonsense(asked, `comment ${wire.id} stands on nothing`, 200);
  return comment;
}

/** Within one second the order of the server stays. */
function oldestFirst(comments: readonly ForgeComment[]): ForgeComment[] {
  return comments.toSorted((one, other) => one.createdAt - other.createdAt);
}

function wholeSeconds(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function timeOf(asked: Asked, date: number | undefined): number {
  if (date === undefined) throw nonsense(asked, 'the answer has no Date', 200);
  return date;
}
