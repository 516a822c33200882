import { type Asked, nonsense } from './failures.ts';
import type { Reply } from './transport.ts';

/** The largest page that every instance grants by default; more would be cut without a word. */
export const PAGE_SIZE = 50;

/** More pages than any repository of ours has: a server that never ends is stopped here. */
const MOST_PAGES = 2000;

export interface AllPages<T> {
  /** Each item once, in the order of the server. */
  readonly items: readonly T[];
  readonly first: Reply<readonly T[]>;
}

/**
 * Reads pages until as many items are there as the server counts, or a page is empty, or
 * brings nothing new (a server that knows no pages). What is deleted meanwhile can hide an
 * item from us: callers read with an overlap.
 */
export async function allPages<T>(
  asked: Asked,
  idOf: (item: T) => string,
  read: (page: number) => Promise<Reply<readonly T[]>>,
): Promise<AllPages<T>> {
  const items = new Map<string, T>();
  const first = await read(1);
  let reply = first;
  for (let page = 1; page <= MOST_PAGES; page++) {
    if (page > 1) reply = await read(page);
    const before = items.size;
    for (const item of reply.value ?? []) {
      if (!items.has(idOf(item))) items.set(idOf(item), item);
    }
    const complete = reply.total !== undefined && items.size >= reply.total;
    if (complete || items.size === before) return { items: [...items.values()], first };
  }
  throw nonsense(asked, `the list did not end after ${MOST_PAGES} pages`, reply.status);
}
