import { expect, test } from 'vitest';
import { parseStackFile } from '../document.ts';
import { closeEgress } from './egress.ts';

const STACK = `
services:
  app: {image: x, networks: {proxy: null, inside: null}, ports: [{target: 80, published: 8080}]}
  worker: {image: x}
networks:
  proxy: {external: true, name: run-net}
  inside: {name: run_inside}
`;

test('requirement 41: with no egress every network of the stack leads nowhere, the default one too', () => {
  const file = parseStackFile(STACK);
  const adjustments = closeEgress(file, 'none');
  expect(file.networks).toEqual({
    proxy: { external: true, name: 'run-net' },
    default: { internal: true },
    inside: { name: 'run_inside', internal: true },
  });
  expect(adjustments.map(({ service, what }) => [service, what])).toEqual([
    [undefined, 'networks that lead nowhere (`internal`)'],
    ['app', 'published ports that nothing answers'],
  ]);
});

test.each(['open', 'registries'] as const)(
  'requirement 41: with egress %s the stack stays as it is',
  (egress) => {
    const file = parseStackFile(STACK);
    expect(closeEgress(file, egress)).toEqual([]);
    expect(file).toEqual(parseStackFile(STACK));
  },
);
