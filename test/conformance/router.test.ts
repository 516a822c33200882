import { createCaddyRouter } from '../../src/adapters/caddy/router.ts';
import { createDirectRouter } from '../../src/adapters/direct/router.ts';
import type { Engine } from '../../src/ports/engine.ts';
import type { Router } from '../../src/ports/router.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createCorner, openTestLab } from '../support/lab.ts';
import { routerConformance } from './router.ts';
import { namesOf, type RouterWorld } from './router-scene.ts';
import { openTraefikWorld } from './router-traefik.ts';

routerConformance('Caddy', () =>
  openWorld((engine, image) => createCaddyRouter({ engine, image, clock: systemClock })),
);
routerConformance('no router at all', () => openWorld(createDirectRouter));
routerConformance('an operator’s Traefik', () => openTraefikWorld());

async function openWorld(make: (engine: Engine, image: string) => Router): Promise<RouterWorld> {
  const { engine, images, ...lab } = await openTestLab();
  const router = make(engine, images.tools);
  return { ...lab, ...namesOf(createCorner()), engine, router, image: images.tools };
}
