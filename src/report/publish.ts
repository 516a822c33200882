import type { Forge, ForgeComment, RepositoryPath } from '../ports/forge.ts';
import type { RunId } from '../shared/brand.ts';
import type { Clock } from '../shared/clock.ts';
import { asSeatrialError, type SeatrialError } from '../shared/errors.ts';
import type { TestRequest } from '../trigger/request.ts';
import type { Refusal } from '../trigger/store.ts';
import { REFUSAL_MARKER, refusalComment, STICKY_MARKER, stickyComment } from './comment.ts';
import type { ForgeOrigin, OutboxRow, OutboxStore } from './outbox.ts';
import type { Report } from './schema.ts';
import { acknowledgedStatuses, endedStatuses, stageStatuses } from './status.ts';

export interface PublishOptions {
  readonly store: OutboxStore;
  /** By configured name. */
  readonly forges: ReadonlyMap<string, Forge>;
  /** The report of a run as it stands now. */
  readonly report: (run: RunId) => Report;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly trouble: (error: SeatrialError) => void;
}

const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 10 * 60_000;
/** After these the forge's answer will stay the same; a token that expired is replaced some day. */
const FINAL = new Set(['forge-forbidden', 'forge-not-found', 'forge-rejected', 'forge-read-only']);

/** Posts everything that is due, each row at least once, in order within a pull request. Returns how many were dealt with. */
export async function publishDue(options: PublishOptions): Promise<number> {
  const rows = options.store.due(options.clock.now());
  for (const row of rows) await publish(options, row);
  return rows.length;
}

async function publish(options: PublishOptions, row: OutboxRow): Promise<void> {
  const forge = options.forges.get(row.forge);
  if (forge === undefined) {
    options.store.abandoned(row.id, 'the forge is no longer configured');
    return;
  }
  try {
    await postRow(options, forge, row);
    options.store.posted(row.id);
  } catch (error) {
    options.signal.throwIfAborted();
    const known = asSeatrialError(error);
    options.trouble(known);
    if (FINAL.has(known.code)) options.store.abandoned(row.id, known.message);
    else options.store.postponed(row.id, options.clock.now() + waitOf(row, known), known.message);
  }
}

function waitOf(row: OutboxRow, error: SeatrialError): number {
  const asked = Number(error.facts['retryAfter'] ?? 0) * 1000;
  return Math.max(asked, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** row.attempts));
}

async function postRow(options: PublishOptions, forge: Forge, { outgoing }: OutboxRow): Promise<void> {
  const { signal } = options;
  if (outgoing.kind === 'refusal') return await refuse(forge, outgoing.refusal, signal);
  const request = options.store.request(outgoing.requestId);
  if (request === undefined || request.origin.kind !== 'forge') return;
  const origin = request.origin;
  const path = { owner: origin.owner, name: origin.repository };
  switch (outgoing.kind) {
    case 'reaction':
      return await forge.react(path, origin.commentId, 'eyes', signal);
    case 'pending':
      return await setAll(forge, path, request, acknowledgedStatuses(request), signal);
    case 'comment':
      return await postSticky(options, forge, origin, stickyComment(options.report(outgoing.run)));
    case 'stage':
      return await setAll(
        forge,
        path,
        request,
        stageStatuses(options.report(outgoing.run), outgoing.stage),
        signal,
      );
    case 'settled':
      return await setAll(forge, path, request, endedStatuses(options.report(outgoing.run)), signal);
  }
}

async function setAll(
  forge: Forge,
  path: RepositoryPath,
  request: TestRequest,
  statuses: readonly Parameters<Forge['setStatus']>[2][],
  signal: AbortSignal,
): Promise<void> {
  for (const status of statuses) await forge.setStatus(path, request.head, status, signal);
}

/** Said once: where the answer to an earlier try was lost, it stands there already. */
async function refuse(
  forge: Forge,
  { owner, repository, pull, login }: Refusal,
  signal: AbortSignal,
): Promise<void> {
  const path = { owner, name: repository };
  const body = refusalComment(login);
  const ours = await ourComments(forge, path, pull, REFUSAL_MARKER, signal);
  if (!ours.some((comment) => comment.body === body)) await forge.createComment(path, pull, body, signal);
}

/** One comment a pull request: edited where it is known or found by marker and author, else created. */
async function postSticky(
  options: PublishOptions,
  forge: Forge,
  origin: ForgeOrigin,
  body: string,
): Promise<void> {
  const { store, signal } = options;
  const path = { owner: origin.owner, name: origin.repository };
  const remember = (id: string) => store.setSticky(origin.forge, origin.repositoryId, origin.pull, id);
  const stored = store.sticky(origin.forge, origin.repositoryId, origin.pull);
  if (stored !== undefined && (await edited(forge, path, stored, body, signal))) return;
  const [found] = await ourComments(forge, path, origin.pull, STICKY_MARKER, signal);
  if (found !== undefined && (await edited(forge, path, found.id, body, signal))) return remember(found.id);
  remember((await forge.createComment(path, origin.pull, body, signal)).id);
  // Somebody else under the same account may have created one meanwhile: the oldest stays.
  const [oldest, ...others] = await ourComments(forge, path, origin.pull, STICKY_MARKER, signal);
  for (const other of others) await forge.deleteComment(path, other.id, signal);
  if (oldest === undefined) return;
  remember(oldest.id);
  if (oldest.body !== body) await forge.editComment(path, oldest.id, body, signal);
}

/** False where the comment is gone. The same text is not sent again. */
async function edited(
  forge: Forge,
  path: RepositoryPath,
  id: string,
  body: string,
  signal: AbortSignal,
): Promise<boolean> {
  const present = await forge.comment(path, id, signal);
  if (present === undefined) return false;
  return present.body === body || (await forge.editComment(path, id, body, signal)) !== undefined;
}

async function ourComments(
  forge: Forge,
  path: RepositoryPath,
  pull: number,
  marker: string,
  signal: AbortSignal,
): Promise<ForgeComment[]> {
  const self = await forge.whoAmI(signal);
  const comments = await forge.commentsOf(path, pull, signal);
  return comments.filter((comment) => comment.author?.id === self.id && comment.body.startsWith(marker));
}
