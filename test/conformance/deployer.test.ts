import { openTestLab } from '../support/lab.ts';
import { deployerConformance } from './deployer.ts';

deployerConformance('docker stack', async () => {
  const lab = await openTestLab();
  const { engine, deployer, nodeId, close } = lab;
  return { engine, deployer, nodeId, image: lab.images.nginx.old, close };
});
