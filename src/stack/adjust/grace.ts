import type { Adjustment } from './adjustment.ts';

/** The document stays as it is; how its app ends is told. */
export function withoutGrace(): Adjustment[] {
  return [
    {
      service: undefined,
      what: 'taken away by force at its end, without grace',
      reason: 'nobody needs a throw-away app to end well; an upgrade stops it as the recipe says',
    },
  ];
}
