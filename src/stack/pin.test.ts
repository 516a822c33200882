import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { recipeOf } from '../../test/support/recipe.ts';
import { parseRunId, parseStackName } from '../shared/brand.ts';
import { pinImages } from './pin.ts';
import { renderStack, type Stack } from './stack.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const FIXED = `fixed:1@sha256:${'2'.repeat(64)}`;
const COMPOSE = `version: "3.8"
services:
  app:
    image: host.example:5000/app:1
  db:
    image: db:1
  fixed:
    image: ${FIXED}
`;

test('requirement 36: an image whose digest is known is deployed by it, everywhere in the stack', async () => {
  const stack = await rendered();
  const pinned = pinImages(stack, new Map([['host.example:5000/app:1', DIGEST]]));
  const named = `host.example:5000/app:1@${DIGEST}`;
  expect(parse(pinned.deployment.document).services.app.image).toBe(named);
  expect(parse(pinned.deployment.origin.supplement).services.app.image).toBe(named);
  expect(pinned.services.map(({ image, digest }) => [image, digest])).toEqual([
    ['host.example:5000/app:1', DIGEST],
    ['db:1', undefined],
    [FIXED, undefined],
  ]);
  const told = pinned.adjustments.filter(({ what }) => what.includes('digest'));
  expect(told.map(({ service }) => service)).toEqual(['app']);
  expect(parse(stack.deployment.document).services.app.image).toBe('host.example:5000/app:1');
});

test('one whose digest is not known keeps its tag, and that is a finding with its line', async () => {
  const { findings, deployment } = pinImages(await rendered(), new Map());
  expect(parse(deployment.document).services.db.image).toBe('db:1');
  expect(findings.map(({ code, severity, file, line }) => [code, severity, file, line])).toEqual([
    ['unpinned', 'note', 'compose.yml', 3],
    ['unpinned', 'note', 'compose.yml', 5],
  ]);
});

async function rendered(): Promise<Stack> {
  const run = parseRunId('00zohv67h');
  const stack = parseStackName('sample-00zohv67hl');
  if (run === undefined || stack === undefined) throw new Error('no names');
  const recipe = recipeOf({ 'compose.yml': COMPOSE });
  return await renderStack({
    ...{ recipe, domain: 'sample.test', env: {}, secrets: {}, kept: [], key: new Uint8Array(32) },
    place: {
      ...{ run, stack, app: 'live', controller: 'test', expires: 1, sha: recipe.sha },
      ...{ network: 'net', nodeId: 'node', ipvs: true },
    },
    ...{ repository: '', directory: temporaryDirectory(), signal: AbortSignal.timeout(10_000) },
    deployer: { config: async () => COMPOSE },
  });
}
