import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseStackFile } from './document.ts';
import { supplementOf } from './supplement.ts';

const BEFORE = `version: "3.9"
services:
  app:
    image: x
    command: [a]
    env_file: [x.env]
    labels: {one: "1"}
    dns: [9.9.9.9]
    ports: [{target: 80, published: 8080, mode: ingress}, {target: 22, published: 22}]
    deploy: {replicas: 2, placement: {constraints: [a]}}
  db: {image: y}
configs: {conf: {name: c, file: /x, template_driver: golang}}
`;

test('only what differs is said: maps by key, lists by what was appended, ports by their place', () => {
  const { supplement, unsaid } = changed(`version: "3.9"
services:
  app:
    image: x@sha256:1
    command: [b]
    labels: {one: "1", two: "2 $x"}
    dns: [9.9.9.9, 1.1.1.1]
    ports: [{target: 80, published: 8080, mode: host}, {target: 22, published: 22}]
    deploy: {replicas: 2, placement: {constraints: [a, b]}, endpoint_mode: dnsrr}
  db: {image: y}
configs: {conf: {name: c, file: /x, template_driver: golang, labels: {a: b}}}
`);
  expect(unsaid).toEqual([]);
  expect(supplement).toEqual({
    version: '3.9',
    services: {
      app: {
        ...{ image: 'x@sha256:1', command: ['b'], labels: { two: '2 $$x' }, dns: ['1.1.1.1'] },
        ports: [{ target: 80, published: 8080, mode: 'host' }],
        deploy: { placement: { constraints: ['b'] }, endpoint_mode: 'dnsrr' },
      },
    },
    // An entry is replaced as a whole, so that all of it is there.
    configs: { conf: { name: 'c', file: '/x', template_driver: 'golang', labels: { a: 'b' } } },
  });
});

test('what cannot be said is told: what was taken away, emptied or put before', () => {
  const { supplement, unsaid } = changed(`version: "3.9"
services:
  app:
    image: x
    command: [a]
    labels: {}
    dns: [1.1.1.1, 9.9.9.9]
    ports: [{target: 22, published: 22}]
    deploy: {replicas: 0, placement: {constraints: [a]}}
  db: {image: y}
configs: {conf: {name: c, file: /x, template_driver: golang}}
`);
  expect(supplement).toEqual({ version: '3.9', services: {} });
  expect([...unsaid].sort()).toEqual([
    'services.app.deploy.replicas',
    'services.app.dns',
    'services.app.labels.one',
    'services.app.ports',
  ]);
});

function changed(after: string) {
  const { text, unsaid } = supplementOf(parseStackFile(BEFORE), parseStackFile(after));
  return { supplement: parse(text), unsaid };
}
