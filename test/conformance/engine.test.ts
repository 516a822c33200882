import { createDockerEngine } from '../../src/adapters/docker-engine/engine.ts';
import { openTestLab } from '../support/lab.ts';
import { engineConformance } from './engine.ts';

engineConformance('Docker', async () => {
  const lab = await openTestLab();
  return {
    engine: lab.engine,
    image: lab.images.tools,
    missingImage: lab.images.nginx.missing,
    unreachable: createDockerEngine('unix:///nonexistent/docker.sock'),
    close: lab.close,
  };
});
