import { expect, test } from 'vitest';
import { parseCompose } from '../recipe/compose.ts';
import { placed } from './place.ts';

const BASE = `version: "3.8"
services:
  app:
    image: nginx:1
    volumes:
      - data:/data
      - /etc/timezone:/etc/timezone:ro
    configs:
      - source: app_conf
        target: /etc/app.conf
  db:
    image: postgres:16
volumes:
  data:
    driver_opts: {type: nfs}
configs:
  app_conf:
    name: \${STACK_NAME}_app_conf_\${APP_CONF_VERSION}
networks:
  proxy:
    external: true
`;
const OVERLAY = `version: "3.8"
services:
  app:
    image: nginx:2
`;
const recipe = { compose: [parseCompose('compose.yml', BASE), parseCompose('compose.more.yml', OVERLAY)] };

function lineOf(code: string, where: { service: string } | undefined, words: string) {
  const cause = { code, sentence: 's', evidence: [words], ...(where === undefined ? {} : { where }) };
  return placed(recipe, cause).where;
}

test.each([
  ['a process, by its service', 'exits-at-start', 'db', 'bye', 'compose.yml', 11],
  ['an image, by the file that says it last', 'B48', 'app', 'manifest unknown', 'compose.more.yml', 4],
  [
    'a path of the host, by its mount',
    'B73',
    'app',
    'bind source path does not exist: /etc/timezone',
    'compose.yml',
    7,
  ],
  [
    'mount options, by the volume that has them',
    'B46',
    'app',
    "error while mounting volume '/var/lib/docker/volumes/s-1_data/_data'",
    'compose.yml',
    14,
  ],
  ['a template, by the service’s configs', 'B42', 'app', 'secret target x not found', 'compose.yml', 8],
])('%s', (_, code, service, words, file, line) => {
  expect(lineOf(code, { service }, words)).toEqual({ file, line });
});

test.each([
  [
    'a config, by the key behind its name on the swarm',
    'B25',
    'failed to update config s-1_app_conf_v1: only updates',
    17,
  ],
  ['a network', 'network-missing', 'network "proxy" is declared as external', 20],
])('%s', (_, code, words, line) => {
  expect(lineOf(code, undefined, words)).toEqual({ file: 'compose.yml', line });
});

test('what the recipe does not have keeps its service, or nothing', () => {
  expect(lineOf('exits-at-start', { service: 'gone' }, 'bye')).toEqual({ service: 'gone' });
  expect(lineOf('never-ready', undefined, 'app waits')).toBeUndefined();
});
