import { expect, test } from 'vitest';
import { shaOf } from '../../../test/support/requests.ts';
import { DEFAULT_POLICY } from '../../config/policy.ts';
import { parseRunId, parseStackName } from '../../shared/brand.ts';
import { adjust } from '../adjust/adjust.ts';
import type { AppScene } from '../adjust/adjustment.ts';
import { limit } from '../adjust/limits.ts';
import { parseStackFile, type ServiceEntry, type StackFile } from '../document.ts';
import { requireGuarded } from './guarded.ts';

const { limits } = DEFAULT_POLICY;

test('a stack that all adjustments have gone over may be deployed', () => {
  const { file, place } = adjusted();
  expect(() => requireGuarded(file, place, limits)).not.toThrow();
});

test.each<[string, (service: ServiceEntry, file: StackFile) => void, string]>([
  [
    'a memory limit',
    (app) => void delete app.deploy?.resources?.limits?.memory,
    'service app has no memory limit',
  ],
  [
    'a memory limit within bounds',
    (app) => void Object.assign(app.deploy?.resources?.limits ?? {}, { memory: '99999999999' }),
    'service app has no memory limit',
  ],
  [
    'a limit of CPUs',
    (app) => void delete app.deploy?.resources?.limits?.cpus,
    'service app has no limit of CPUs',
  ],
  [
    'a limit of processes',
    (app) => void delete app.deploy?.resources?.limits?.pids,
    'service app has no limit of processes',
  ],
  ['a limit of its log', (app) => void delete app.logging, 'service app has no limit of its log'],
  ['its node', (app) => void delete app.deploy?.placement, 'service app is not pinned'],
  ['labels', (app) => void delete app.labels, 'service app has no labels of the run'],
  [
    'labels of its volume',
    (_, file) => void delete file.volumes?.['data']?.labels,
    'volumes data has no labels of the run',
  ],
])('requirement 34: one that lost %s is our own error', (_, lose, gap) => {
  const { file, place } = adjusted();
  const app = file.services['app'];
  if (app === undefined) throw new Error('no service');
  lose(app, file);
  expect(() => requireGuarded(file, place, limits)).toThrow(gap);
});

function adjusted(): { readonly file: StackFile; readonly place: AppScene } {
  const run = parseRunId('00zohv67h');
  const stack = parseStackName('sample-00zohv67hl');
  if (run === undefined || stack === undefined) throw new Error('no names');
  const place: AppScene = {
    ...{ run, stack, app: 'live', controller: 'test', expires: 1234, sha: shaOf('a'), env: {} },
    ...{ network: 'sample-net', nodeId: 'node1', ipvs: true },
  };
  const file = parseStackFile('version: "3.8"\nservices: {app: {image: x}}\nvolumes: {data: null}\n');
  adjust(file, place);
  limit(file, limits);
  return { file, place };
}
