/**
 * A fetch that has read the whole body before it resolves. Throws a RangeError for a body of
 * more bytes than `largest`.
 * gitea-js swallows an error that happens while the body is read; this way it is thrown.
 */
export function boundedFetch(fetch: typeof globalThis.fetch, largest: number): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const { status, statusText, headers } = response;
    const body = await readAll(response, largest);
    return new Response(status === 204 || status === 205 || status === 304 ? null : body, {
      status,
      statusText,
      headers,
    });
  };
}

async function readAll(response: Response, largest: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > largest) throw new RangeError(`the answer is longer than ${largest} bytes`);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
