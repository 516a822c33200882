import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { troubleOf } from '../testing/context.ts';
import { requireSpace } from './space.ts';

test('too little free space is told with the directory, also for one that is not there yet', async () => {
  const error = await troubleOf(requireSpace(`${tmpdir()}/not/there/yet`, 'images', 2 ** 60));
  expect(error.code).toBe('no-space');
  expect(error.message).toContain('not/there/yet');
  expect(error.remedy).toContain('docker system df');
});

test('enough free space passes', async () => {
  await expect(requireSpace(tmpdir(), 'images', 1)).resolves.toBeUndefined();
});
