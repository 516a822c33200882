import { createCaddyRouter } from '../../src/adapters/caddy/router.ts';
import { openTestLab } from '../support/lab.ts';
import { routerConformance } from './router.ts';

routerConformance('Caddy', async () => {
  const { engine, images, close } = await openTestLab();
  const router = createCaddyRouter({ engine, image: images.tools });
  return { engine, router, image: images.tools, close };
});
