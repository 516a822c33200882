import { createNftFirewall } from '../../src/adapters/nft-firewall/firewall.ts';
import { openTestLab } from '../support/lab.ts';
import { firewallConformance } from './firewall.ts';

firewallConformance('nftables', async () => {
  const { engine, deployer, nodeId, images, close } = await openTestLab();
  const firewall = createNftFirewall({ engine, image: images.tools });
  return { engine, deployer, nodeId, firewall, image: images.tools, close };
});
