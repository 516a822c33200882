/** Bytes of one answer: 50 comments of the largest size that anybody reads. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/**
 * A fetch that has read the whole body before it resolves, and no more than it will hold.
 * gitea-js swallows an error that happens while the body is read; this way it is thrown.
 */
export function boundedFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const { status, statusText, headers } = response;
    const body = await readAll(response);
    return new Response(status === 204 || status === 205 || status === 304 ? null : body, {
      status,
      statusText,
      headers,
    });
  };
}

async function readAll(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_ANSWER) throw new RangeError(`the answer is longer than ${LARGEST_ANSWER} bytes`);
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
