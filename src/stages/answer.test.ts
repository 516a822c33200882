import { expect, test } from 'vitest';
import { errorOf } from '../../test/support/errors.ts';
import type { OpenRouter } from '../ports/router.ts';
import { SeatrialError } from '../shared/errors.ts';
import { appAnswer } from './answer.ts';
import type { StageContext } from './context.ts';

test('a router that does not come up is an error, and no app that does not answer', async () => {
  const late = new SeatrialError({
    ...{ kind: 'environment', code: 'deadline', sentence: 'the router: after 30 s still missing: a port' },
    facts: { deadline: 'the router' },
  });
  const router: Pick<OpenRouter, 'ask'> = { ask: () => Promise.reject(late) };
  const context = { router, signal: AbortSignal.timeout(5000) } as unknown as StageContext;
  expect(await errorOf(appAnswer(context, 'app.example', '/', 'app'))).toBe(late);
});
