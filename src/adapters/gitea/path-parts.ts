import type { CommitSha } from '../../shared/brand.ts';
import { type Asked, unfit } from './failures.ts';

/*
 * gitea-js writes its arguments into the path as they are: a "?" would start a query and
 * ".." climb to another operation. Everything goes through here first.
 */

/** One segment, encoded. Throws `forge-rejected` for an empty one, "." and "..". */
export function segment(asked: Asked, text: string): string {
  if (text !== '' && text !== '.' && text !== '..') return encodeURIComponent(text);
  throw unfit(asked, `"${text}" can not be part of an address`);
}

/**
 * An identifier, which may be larger than a number can hold. gitea-js wants a number, but
 * all it does with it is to write it into the path.
 */
export function idSegment(asked: Asked, id: string): number {
  if (/^[1-9]\d{0,19}$/.test(id)) return id as unknown as number;
  throw unfit(asked, 'this is no identifier of a comment');
}

export function numberSegment(asked: Asked, number: number): number {
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw unfit(asked, 'this is no number of an issue or pull request');
}

/** The type says it already, but a branch name here would mark the tip of the branch. */
export function shaSegment(asked: Asked, sha: CommitSha): string {
  if (/^[0-9a-f]{40}$/.test(sha)) return sha;
  throw unfit(asked, 'this is no commit');
}
