import { expect, test } from 'vitest';
import { embeddedWorld } from '../conformance/forge-embedded-world.ts';
import { giteaWorld } from '../conformance/forge-gitea-world.ts';
import { operations, withContracts } from './gitea-contracts.ts';
import { playScenario } from './gitea-scenario.ts';
import type { Exchange } from './swagger-contract.ts';

const url = process.env['SEATRIAL_GITEA_URL'];
const adminToken = process.env['SEATRIAL_GITEA_TOKEN'];

const scenario = once(() => playScenario((fetch) => embeddedWorld({ fetch })));

withContracts((read) => {
  test('is kept by every request of the adapter and every answer of the embedded forge', async () => {
    const contract = await read();
    const breaches = (await scenario()).flatMap((exchange) => contract.check(exchange).breaches);
    expect(breaches).toEqual([]);
  });

  test('is tried on every operation there is', async () => {
    const contract = await read();
    const tried = new Set((await scenario()).map((exchange) => contract.check(exchange).operation));
    expect([...tried].toSorted()).toEqual(operations);
  });

  test('is kept by a real Gitea, with the same deviations', async (context) => {
    if (url === undefined || adminToken === undefined) {
      context.skip('SEATRIAL_GITEA_URL and SEATRIAL_GITEA_TOKEN (of an admin) are not set');
      return;
    }
    const contract = await read();
    const exchanges = await playScenario((fetch) => giteaWorld({ url, adminToken, fetch }));
    expect(exchanges.flatMap((exchange) => contract.check(exchange).breaches)).toEqual([]);
  });
});

/** One playing serves all tests. */
function once(play: () => Promise<readonly Exchange[]>): () => Promise<readonly Exchange[]> {
  let played: Promise<readonly Exchange[]> | undefined;
  return () => {
    played ??= play();
    return played;
  };
}
