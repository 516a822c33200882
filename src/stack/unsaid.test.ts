import { expect, test } from 'vitest';
import { parseStackFile } from './document.ts';
import { unsaidOf } from './unsaid.ts';

const MERGED = `version: "3.8"
services:
  app: {image: x, dns: [9.9.9.9], hostname: h}
  db: {image: y}
`;

test('each service tells which changes of ours one more compose file cannot carry', () => {
  const told = unsaid(`version: "3.9"
services:
  app: {image: x, dns: [1.1.1.1], deploy: {resources: {limits: {pids: 9, cpus: "1"}}}}
  db: {image: y, deploy: {resources: {limits: {pids: 9}}}}
`);
  expect(told.map(({ service, what }) => [service, what])).toEqual([
    ['app', '`dns`, `hostname`, `deploy.resources.limits.pids` left as the recipe has it'],
    ['db', '`deploy.resources.limits.pids` left as the recipe has it'],
  ]);
  for (const { reason } of told) expect(reason).toContain('the deployer merges the compose files itself');
});

test('a change that such a file carries is not told again', () => {
  expect(unsaid(MERGED.replace('image: x', 'image: z'))).toEqual([]);
});

function unsaid(file: string) {
  return unsaidOf({ merged: parseStackFile(MERGED), file: parseStackFile(file) });
}
