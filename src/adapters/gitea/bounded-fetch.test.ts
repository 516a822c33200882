import { expect, test } from 'vitest';
import { boundedFetch } from './bounded-fetch.ts';

test('an answer of just the size passes with its status, its headers and its bytes', async () => {
  const inner = async () => new Response('12345', { status: 418, headers: { 'x-total-count': '7' } });
  const response = await boundedFetch(inner, 5)('http://forge.test');
  expect(response.status).toBe(418);
  expect(response.headers.get('x-total-count')).toBe('7');
  expect(await response.text()).toBe('12345');
});

test('an answer that is longer is not read to its end', async () => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1;
      controller.enqueue(new Uint8Array(10));
    },
  });
  const bounded = boundedFetch(async () => new Response(endless), 25);
  await expect(bounded('http://forge.test')).rejects.toThrow(RangeError);
  expect(sent).toBeLessThan(6);
});

test('an error while the body is read is thrown', async () => {
  const breaking = new ReadableStream({ start: (controller) => controller.error(new TypeError('cut off')) });
  const bounded = boundedFetch(async () => new Response(breaking), 25);
  await expect(bounded('http://forge.test')).rejects.toThrow('cut off');
});

test('an answer without a body stays one', async () => {
  const response = await boundedFetch(
    async () => new Response(null, { status: 204 }),
    25,
  )('http://forge.test');
  expect(response.status).toBe(204);
  expect(response.body).toBeNull();
});
