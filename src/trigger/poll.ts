import type { Forge, ForgeComment, ForgeRepository, ForgeUser, RepositoryPath } from '../ports/forge.ts';
import type { Clock } from '../shared/clock.ts';
import { SeatrialError } from '../shared/errors.ts';
import { parseCommand } from './grammar.ts';
import type { TestRequest } from './request.ts';
import type { CommentKey, Decision, TriggerStore } from './store.ts';

export interface PollOptions {
  readonly forge: Forge;
  readonly path: RepositoryPath;
  readonly store: TriggerStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called for each accepted request, after it is stored. */
  readonly accepted: (request: TestRequest) => void;
  /** Something that the operator has to know: it stands in the way of a decision. */
  readonly trouble: (error: SeatrialError) => void;
}

/** Comments of the last while are read again each time: lists shift while they are paged, and clocks are coarse. */
const OVERLAP_MS = 90_000;
/** What was asked longer ago than this while nobody polled is no longer waited for. */
const STALE_MS = 24 * 3_600_000;

/** One look at a repository's comments; each comment is decided once. */
export async function pollRepository(options: PollOptions): Promise<void> {
  const { forge, path, store, signal } = options;
  const [self, repository] = await Promise.all([forge.whoAmI(signal), forge.repository(path, signal)]);
  const cursor = store.cursor(forge.name, repository.id);
  if (cursor === undefined) return await beginWith(options, repository);
  const { comments, serverTime } = await forge.commentsSince(path, Math.max(0, cursor - OVERLAP_MS), signal);
  let undecided = Number.POSITIVE_INFINITY;
  for (const comment of comments) {
    if (!(await decideOn(options, { self, repository, serverTime }, comment)))
      undecided = Math.min(undecided, comment.updatedAt);
  }
  // By the forge's clock alone, and never past a comment that still has to be decided.
  const newest = Math.max(cursor, ...comments.map((comment) => comment.updatedAt));
  store.setCursor(forge.name, repository.id, Math.min(newest, serverTime, undecided));
}

/** The first time history is not replayed: what counts is said from now on. */
async function beginWith(
  { forge, path, store, clock, signal }: PollOptions,
  repository: ForgeRepository,
): Promise<void> {
  const { serverTime } = await forge.commentsSince(path, undefined, signal);
  // The next look reads the last while once more, and must not take it for new.
  const { comments } = await forge.commentsSince(path, serverTime - OVERLAP_MS, signal);
  for (const { id: commentId } of comments) {
    const key = { forge: forge.name, repositoryId: repository.id, commentId };
    store.decide(key, { kind: 'ignored', why: 'said before the first look' }, clock.now());
  }
  store.setCursor(forge.name, repository.id, serverTime);
}

interface Scene {
  readonly self: ForgeUser;
  readonly repository: ForgeRepository;
  readonly serverTime: number;
}

/** False where no decision could be made now. */
async function decideOn(options: PollOptions, scene: Scene, comment: ForgeComment): Promise<boolean> {
  const { store, forge, clock } = options;
  const key: CommentKey = { forge: forge.name, repositoryId: scene.repository.id, commentId: comment.id };
  if (store.isDecided(key)) return true;
  try {
    const decision = await judge(options, scene, comment);
    if (store.decide(key, decision, clock.now()) && decision.kind === 'accepted')
      options.accepted(decision.request);
    return true;
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof SeatrialError)) throw error;
    options.trouble(error);
    if (!isFinal(error)) return false;
    store.decide(key, { kind: 'ignored', why: error.code }, clock.now());
    return true;
  }
}

/** Asking again would be answered the same: our own permission is missing, or the pull request is gone. */
function isFinal(error: SeatrialError): boolean {
  return (
    error.code === 'forge-forbidden' || error.code === 'forge-not-found' || error.code === 'forge-rejected'
  );
}

async function judge(options: PollOptions, scene: Scene, comment: ForgeComment): Promise<Decision> {
  const { forge, path, signal } = options;
  const why = whyIgnored(scene, comment);
  if (why !== undefined || comment.author === undefined)
    return { kind: 'ignored', why: why ?? 'nobody answers for it' };
  const pull = await forge.pullRequest(path, comment.number, signal);
  if (pull.state !== 'open') return { kind: 'ignored', why: 'the pull request is closed' };
  // The list may be older than an edit or a deletion: the comment itself decides.
  const now = await forge.comment(path, comment.id, signal);
  if (now === undefined || now.body !== comment.body) return { kind: 'ignored', why: 'edited or deleted' };
  const permission = await forge.permission(path, comment.author, signal);
  const { id: repositoryId, owner, name: repository } = scene.repository;
  const where = { forge: forge.name, repositoryId, owner, repository, pull: pull.number };
  if (permission !== 'write' && permission !== 'admin') {
    return { kind: 'refused', refusal: { ...where, login: comment.author.login } };
  }
  return {
    kind: 'accepted',
    request: {
      id: `${forge.name}:${repositoryId}:${comment.id}`,
      recipe: repository,
      source: scene.repository.cloneUrl,
      head: pull.headSha,
      base: pull.baseRef,
      refs: [`refs/pull/${pull.number}/head`],
      only: [],
      origin: {
        ...{ kind: 'forge', ...where, commentId: comment.id, requester: comment.author.login },
        ownBranch: pull.sameRepository,
      },
      at: options.clock.now(),
    },
  };
}

function whyIgnored(scene: Scene, comment: ForgeComment): string | undefined {
  if (!comment.onPullRequest) return 'not on a pull request';
  if (comment.author?.id === scene.self.id) return 'our own comment';
  if (parseCommand(comment.body) === undefined) return 'no command';
  // Writers may edit anybody's comment, and the forge goes on showing its first author.
  if (comment.updatedAt !== comment.createdAt) return 'edited';
  if (scene.serverTime - comment.createdAt > STALE_MS) return 'too old';
  return undefined;
}
