import { atLeast } from './access.ts';
import { type Answer, numberParam, type RepositoryCall, signedIn } from './api-call.ts';
import {
  type Comment,
  type CommentFilter,
  commentById,
  commentsOf,
  deleteComment,
  insertComment,
  updateComment,
} from './comments.ts';
import type { Core } from './core.ts';
import { HttpProblem } from './http-problem.ts';
import { paged } from './paging.ts';
import { addReaction, reactionsOf, removeReaction } from './reactions.ts';
import { commentBody, parseBody, reactionBody, timeParameter } from './request-bodies.ts';
import { type Thread, threadByNumber } from './threads.ts';
import { authorById, GHOST, type User } from './users.ts';
import { wireComment, wireReaction } from './wire.ts';

/** Comments of the whole repository, on issues and pull requests alike. Has no Link header. */
export function listRepositoryComments(call: RepositoryCall): Answer {
  const found = commentsOf(call.core.database, filterOf(call));
  const { page, headers } = paged(call, found, false);
  return { status: 200, headers, body: page.map((comment) => wired(call, comment)) };
}

/** All of them in one answer: this list knows no pages. */
export function listThreadComments(call: RepositoryCall): Answer {
  const thread = threadByNumber(call.core.database, call.repository.id, numberParam(call, 'number'));
  if (thread === undefined) throw new HttpProblem(500, '');
  const found = commentsOf(call.core.database, { ...filterOf(call), threadId: thread.id });
  const headers = { 'x-total-count': String(found.length) };
  return { status: 200, headers, body: found.map((comment) => wired(call, comment)) };
}

/** An unknown number is an internal error on a real Gitea, too. */
export function createComment(call: RepositoryCall): Answer {
  const { body } = parseBody(commentBody, call.body);
  const author = signedIn(call);
  const thread = threadByNumber(call.core.database, call.repository.id, numberParam(call, 'number'));
  if (thread === undefined) throw new HttpProblem(500, '');
  if (thread.locked && !atLeast(call.access, 'write')) {
    throw new HttpProblem(403, 'This issue is locked: only those who may write can comment');
  }
  const id = writeComment(call.core, thread, author, body);
  return { status: 201, body: wired(call, commentOf(call, id)) };
}

export function writeComment(core: Core, thread: Thread, author: User, body: string): number {
  const comment = { threadId: thread.id, authorId: author.id, kind: 'comment', body } as const;
  return insertComment(core.database, { ...comment, created: core.now() });
}

/** 204 where the id is that of an event, and 500 where the author is gone: a real Gitea trips over it. */
export function getComment(call: RepositoryCall): Answer {
  const comment = commentOf(call, numberParam(call, 'id'));
  if (comment.kind === 'event') return { status: 204 };
  if (authorById(call.core.database, comment.authorId) === GHOST) throw new HttpProblem(500, '');
  return { status: 200, body: wired(call, comment) };
}

/** Whoever may write can edit what others wrote, and the author shown stays the same. */
export function editComment(call: RepositoryCall): Answer {
  const { body } = parseBody(commentBody, call.body);
  const comment = commentOf(call, numberParam(call, 'id'));
  refuseOthers(call, comment);
  if (comment.kind === 'event') return { status: 204 };
  if (body !== comment.body) updateComment(call.core.database, comment.id, body, call.core.now());
  return { status: 200, body: wired(call, commentOf(call, comment.id)) };
}

export function removeComment(call: RepositoryCall): Answer {
  const comment = commentOf(call, numberParam(call, 'id'));
  refuseOthers(call, comment);
  if (comment.kind === 'event') return { status: 400 };
  deleteComment(call.core.database, comment.id);
  return { status: 204 };
}

/** `null` where there are none, as on a real Gitea. */
export function listReactions(call: RepositoryCall): Answer {
  const comment = commentOf(call, numberParam(call, 'id'));
  const reactions = reactionsOf(call.core.database, comment.id);
  const body = reactions.map((reaction) => wireReaction(call.core, reaction));
  return { status: 200, body: body.length === 0 ? null : body };
}

/** 201 when it is new, 200 when the same person gave it before. */
export function postReaction(call: RepositoryCall): Answer {
  const { content } = parseBody(reactionBody, call.body);
  const user = signedIn(call);
  const comment = commentOf(call, numberParam(call, 'id'));
  refuseLocked(call, comment);
  if (!call.core.allowedReactions.includes(content)) {
    throw new HttpProblem(403, `'${content}' is not an allowed reaction`);
  }
  const reaction = { userId: user.id, content, created: call.core.now() };
  const added = addReaction(call.core.database, comment.id, reaction);
  return { status: added ? 201 : 200, body: wireReaction(call.core, reaction) };
}

/** The content stands in the body of the DELETE; taking away what is not there succeeds. */
export function deleteReaction(call: RepositoryCall): Answer {
  const { content } = parseBody(reactionBody, call.body);
  const user = signedIn(call);
  const comment = commentOf(call, numberParam(call, 'id'));
  refuseLocked(call, comment);
  removeReaction(call.core.database, comment.id, user.id, content);
  return { status: 204 };
}

function filterOf(call: RepositoryCall): CommentFilter {
  const since = timeParameter(call.query.get('since'));
  const before = timeParameter(call.query.get('before'));
  return { repositoryId: call.repository.id, since, before };
}

function commentOf(call: RepositoryCall, id: number): Comment {
  const comment = commentById(call.core.database, call.repository.id, id);
  if (comment === undefined) throw new HttpProblem(404, 'not found');
  return comment;
}

function refuseOthers(call: RepositoryCall, comment: Comment): void {
  if (signedIn(call).id === comment.authorId || atLeast(call.access, 'write')) return;
  throw new HttpProblem(403, '');
}

function refuseLocked(call: RepositoryCall, comment: Comment): void {
  const thread = threadByNumber(call.core.database, call.repository.id, comment.number);
  if (thread?.locked !== true || atLeast(call.access, 'write')) return;
  throw new HttpProblem(403, 'no permission to change reaction');
}

function wired(call: RepositoryCall, comment: Comment): unknown {
  return wireComment(call.core, call.repository, comment);
}
