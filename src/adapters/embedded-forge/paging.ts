import type { Answer, ApiCall } from './api-call.ts';

export const DEFAULT_PAGE = 30;
export const LARGEST_PAGE = 50;

/**
 * One page of a list. A `limit` above the maximum is cut to it without a word and a page
 * behind the end is empty. `links` adds the Link header, which a real Gitea has on some lists only.
 */
export function paged<T>(
  call: ApiCall,
  items: readonly T[],
  links: boolean,
): { page: T[]; headers: Headers } {
  const number = positive(call.query.get('page')) ?? 1;
  const size = Math.min(positive(call.query.get('limit')) ?? DEFAULT_PAGE, LARGEST_PAGE);
  const headers: Headers = { 'x-total-count': String(items.length) };
  const last = Math.ceil(items.length / size);
  if (links && last > 1) {
    const link = (to: number, relation: string): string => {
      const query = new URLSearchParams(call.query);
      query.set('page', String(to));
      return `<${call.core.url}${call.path}?${query}>; rel="${relation}"`;
    };
    const after = number < last ? [link(number + 1, 'next'), link(last, 'last')] : [];
    const ahead = number > 1 ? [link(1, 'first'), link(number - 1, 'prev')] : [];
    headers['link'] = [...after, ...ahead].join(',');
  }
  return { page: items.slice((number - 1) * size, number * size), headers };
}

type Headers = Record<string, string> & NonNullable<Answer['headers']>;

function positive(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}
