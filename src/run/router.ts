import { join } from 'node:path';
import type { Router, RunRouter } from '../ports/router.ts';
import type { TrustFiles } from '../stack/adjust/adjustment.ts';
import { writeTrustFiles } from '../stack/trust-files.ts';
import type { Prepared } from './prepare.ts';

/** The router of one run, and the files with what its apps are to trust, in the run's private tree. */
export interface PreparedRouter {
  readonly router: RunRouter;
  readonly trust: TrustFiles | undefined;
}

/** Before anything is rendered; `expires` is in seconds since the epoch. */
export async function prepareRouter(
  port: Router,
  { plan, directory }: Prepared,
  expires: number,
): Promise<PreparedRouter> {
  const router = await port.prepare(plan.run, expires);
  const trust = router.trust && (await writeTrustFiles(join(directory, 'trust'), router.trust));
  return { router, trust };
}
