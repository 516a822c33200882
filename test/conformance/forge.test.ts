import { describe, test } from 'vitest';
import { forgeConformance } from './forge.ts';
import { embeddedWorld } from './forge-embedded-world.ts';
import { giteaWorld } from './forge-gitea-world.ts';

forgeConformance('the embedded forge through the gitea adapter', () => embeddedWorld());

const url = process.env['SEATRIAL_GITEA_URL'];
const adminToken = process.env['SEATRIAL_GITEA_TOKEN'];

if (url === undefined || adminToken === undefined) {
  describe('the forge port on a real Gitea', () => {
    test('is not tried', (context) => {
      context.skip('SEATRIAL_GITEA_URL and SEATRIAL_GITEA_TOKEN (of an admin) are not set');
    });
  });
} else {
  forgeConformance('a real Gitea', () => giteaWorld({ url, adminToken }));
}
