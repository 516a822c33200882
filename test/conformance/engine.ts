import { afterAll, beforeAll, describe } from 'vitest';
import { createCorner } from '../support/lab.ts';
import { containerConformance } from './engine-containers.ts';
import { fileConformance } from './engine-files.ts';
import { objectConformance } from './engine-objects.ts';
import { DEADLINE, type EngineStage, type EngineWorld } from './engine-stage.ts';
import { storageConformance } from './engine-storage.ts';

/** The contract of `ports/engine.ts`, against an engine that others use too. */
export function engineConformance(name: string, makeWorld: () => Promise<EngineWorld>): void {
  describe(`the engine port on ${name}`, { timeout: DEADLINE }, () => {
    let world: EngineWorld | undefined;
    const corner = createCorner();
    const stage: EngineStage = () => {
      if (world === undefined) throw new Error('the world is not there yet');
      return { ...world, corner };
    };
    beforeAll(async () => {
      world = await makeWorld();
    });
    afterAll(async () => {
      if (world === undefined) return;
      await corner.clear(world.engine);
      await world.close();
    });
    containerConformance(stage);
    fileConformance(stage);
    storageConformance(stage);
    objectConformance(stage);
  });
}
