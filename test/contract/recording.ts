import type { Exchange } from './swagger-contract.ts';

/** A fetch that keeps what goes through it. */
export function recordingFetch(exchanges: Exchange[]): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const text = await response.clone().text();
    exchanges.push({
      method: init?.method ?? 'GET',
      url: input instanceof Request ? input.url : String(input),
      requestBody: typeof init?.body === 'string' ? init.body : undefined,
      status: response.status,
      responseBody: text,
    });
    return response;
  };
}
