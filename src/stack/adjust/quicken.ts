import type { StackFile } from '../document.ts';
import { paceOf } from '../pace.ts';
import type { Adjustment } from './adjustment.ts';

/** Health checks are asked more often, with the recipe's budget. */
export function quicken(file: StackFile): Adjustment[] {
  return Object.entries(file.services).flatMap(([name, service]) => {
    const pace = paceOf(service);
    const check = service.healthcheck;
    if (pace === undefined || check === undefined || check === null) return [];
    const before = `${check.interval ?? '30s'} × ${check.retries ?? 3}`;
    service.healthcheck = { ...check, interval: `${pace.interval}ms`, retries: pace.retries };
    return [
      {
        service: name,
        what: `health check asked every ${pace.interval / 1000} s instead of ${before}`,
        reason: `the same test with the same budget of ${Math.round(pace.budget / 1000)} s, without waiting a whole interval for the first answer`,
      },
    ];
  });
}
