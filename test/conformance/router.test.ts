import { createCaddyRouter } from '../../src/adapters/caddy/router.ts';
import { createDirectRouter } from '../../src/adapters/direct/router.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { openTestLab } from '../support/lab.ts';
import { routerConformance } from './router.ts';

const BASE_DOMAIN = 'router.test';

routerConformance('Caddy', async () => {
  const { engine, images, ...lab } = await openTestLab();
  const router = createCaddyRouter({ engine, image: images.tools, clock: systemClock });
  return { ...lab, engine, router, image: images.tools, baseDomain: BASE_DOMAIN };
});

routerConformance('no router at all', async () => {
  const { engine, images, ...lab } = await openTestLab();
  return { ...lab, engine, router: createDirectRouter(engine), image: images.tools, baseDomain: BASE_DOMAIN };
});
