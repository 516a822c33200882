import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAbraDeployer } from '../../src/adapters/abra/deployer.ts';
import { createRedactor } from '../../src/shared/redact.ts';
import { abraStandIn } from '../support/abra.ts';
import { openTestLab } from '../support/lab.ts';
import { deployerConformance } from './deployer.ts';

deployerConformance('docker stack', async () => {
  const lab = await openTestLab();
  const { engine, deployer, nodeId, close } = lab;
  return { engine, deployer, nodeId, image: lab.images.nginx.old, close };
});

// abra itself is not to be had here: it is stood in for by what is known of it.
deployerConformance('a stand-in of abra', async () => {
  const lab = await openTestLab();
  const { engine, nodeId } = lab;
  const directory = await mkdtemp(join(tmpdir(), 'seatrial-abra-'));
  const deployer = createAbraDeployer({
    abra: { program: abraStandIn(directory, lab.cli), path: lab.environment.path, host: lab.host },
    ...{ engine, directory, redactor: createRedactor(), swarm: lab.deployer },
  });
  const close = async () => {
    await rm(directory, { recursive: true });
    await lab.close();
  };
  return { engine, deployer, nodeId, image: lab.images.nginx.old, close };
});
