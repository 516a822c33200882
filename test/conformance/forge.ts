import { afterAll, beforeAll, describe } from 'vitest';
import { commentConformance } from './forge-comments.ts';
import { failureConformance } from './forge-failures.ts';
import { repositoryConformance } from './forge-repositories.ts';
import { type Cast, createCast, type Stage } from './forge-scene.ts';
import { statusConformance } from './forge-statuses.ts';
import type { ForgeWorld } from './forge-world.ts';
import { writingConformance } from './forge-writing.ts';

/** Milliseconds; a real server needs some for its accounts. */
const SETTING_UP = 60_000;

/** The contract of `ports/forge.ts`, sentence by sentence, against a living forge. */
export function forgeConformance(name: string, makeWorld: () => Promise<ForgeWorld>): void {
  describe(`the forge port on ${name}`, { timeout: SETTING_UP }, () => {
    let made: { world: ForgeWorld; cast: Cast } | undefined;
    const stage: Stage = () => {
      if (made === undefined) throw new Error('the world is not there yet');
      return made;
    };
    beforeAll(async () => {
      const world = await makeWorld();
      made = { world, cast: await createCast(world) };
    }, SETTING_UP);
    afterAll(async () => made?.world.close());
    repositoryConformance(stage);
    commentConformance(stage);
    writingConformance(stage);
    statusConformance(stage);
    failureConformance(stage);
  });
}
