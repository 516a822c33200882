import { createHmac } from 'node:crypto';

/** Bytes without end that follow from a key and a label, and tell nothing about either. */
export function* keyBytes(key: Uint8Array, label: string): Generator<number, never> {
  for (let block = 0; ; block += 1) {
    yield* createHmac('sha256', key).update(`${label}:${block}`).digest();
  }
}
