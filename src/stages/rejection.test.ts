import { describe, expect, test } from 'vitest';
import { isPermanent, rejection } from './rejection.ts';

type Row = readonly [code: string, fault: 'recipe' | 'environment', lasting: boolean, words: string];

/** As engines said it of real tasks. */
const ROWS: readonly Row[] = [
  [
    ...(['B42', 'recipe', true] as const),
    'starting container failed: unable to get config from config store: failed to expand templated config y1mv6qejh30k8pjge5nbm7d94: template: expansion:1:3: executing "expansion" at <secret "x">: error calling secret: secret target x not found',
  ],
  [
    ...(['template', 'recipe', true] as const),
    'starting container failed: unable to get config from config store: failed to expand templated config y1: template: expansion:1: function "nope" not defined',
  ],
  [
    ...(['B73', 'recipe', true] as const),
    'invalid mount config for type "bind": bind source path does not exist: /etc/timezone',
  ],
  [
    ...(['B46', 'recipe', true] as const),
    "starting container failed: error while mounting volume '/var/lib/docker/volumes/s_bad/_data': failed to mount local volume: mount :/x:/var/lib/docker/volumes/s_bad/_data, data: addr=127.0.0.1,bogus^: no such device",
  ],
  [
    ...(['no-addresses', 'environment', false] as const),
    'node is missing network attachments, ip addresses may be exhausted',
  ],
  [
    ...(['no-addresses', 'environment', false] as const),
    'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
  ],
  [
    ...(['no-addresses', 'environment', false] as const),
    'failed to allocate gateway (): all predefined address pools have been fully subnetted',
  ],
  [
    ...(['B82', 'environment', false] as const),
    'starting container failed: driver failed programming external connectivity on endpoint a.1.x: Bind for 0.0.0.0:25 failed: port is already allocated',
  ],
  [...(['B82', 'environment', false] as const), 'no suitable node (host-mode port already in use on 1 node)'],
  [
    ...(['no-resources', 'environment', false] as const),
    'no suitable node (insufficient resources on 1 node)',
  ],
  [...(['no-space', 'environment', false] as const), 'write /var/lib/docker/tmp/x: no space left on device'],
  [
    ...(['network-trouble', 'environment', false] as const),
    'attaching to network failed, make sure your network options are correct and check manager logs: context deadline exceeded',
  ],
  [
    ...(['no-program', 'recipe', true] as const),
    'starting container failed: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown',
  ],
  [
    ...(['B76', 'recipe', true] as const),
    'starting container failed: OCI runtime create failed: unable to start container process: exec: "/docker-entrypoint.sh": permission denied: unknown',
  ],
  [...(['B48', 'recipe', true] as const), 'No such image: 127.0.0.1:5000/nginx:9.9'],
  [
    ...(['registry', 'environment', false] as const),
    'Get "https://registry.example/v2/": dial tcp 10.0.0.1:443: connect: connection refused',
  ],
  [...(['task-rejected', 'recipe', false] as const), 'something nobody has foreseen'],
];

describe('what Swarm says of a task that was never started', () => {
  test.each(ROWS)('is %s, the fault of the %s', (code, fault, lasting, words) => {
    expect(rejection('app', 'nginx:9.9', words)).toMatchObject({ code, fault });
    expect(rejection('app', 'nginx:9.9', words).sentence).toContain('`app`');
    expect(isPermanent(words)).toBe(lasting);
  });

  test('names the secret that a template wants', () => {
    expect(rejection('app', 'x', ROWS[0]?.[3] ?? '').sentence).toContain('the secret `x`');
  });

  test('names the file that is not executable', () => {
    expect(rejection('app', 'x', ROWS.find(([code]) => code === 'B76')?.[3] ?? '').sentence).toContain(
      '/docker-entrypoint.sh is not executable',
    );
  });
});
