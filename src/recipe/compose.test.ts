import { describe, expect, test } from 'vitest';
import { thrownBy } from '../../test/support/errors.ts';
import { parseCompose } from './compose.ts';

const COMPOSE = `version: "3.8"

x-logging: &logging
  driver: json-file

services:
  app:
    image: nginx
    labels:
      backupbot.backup: "true"
      number: 5
    deploy:
      labels:
        - "traefik.enable=true"
        # a comment between
        - "traefik.http.routers.\${STACK_NAME}.rule=Host(\`\${DOMAIN}\`)"
        - flag
        - "backupbot.backup.pre-hook=sh -c 'a=b'"
  db:
    image: postgres
    deploy:
      labels:
        backupbot.restore.post-hook: /load.sh
  plain:
    image: busybox

volumes:
  content:
  data:
    name: other
`;

describe('a compose file', () => {
  const file = parseCompose('compose.yml', COMPOSE);

  test('tells its services and where they stand', () => {
    expect(file.services).toEqual(['app', 'db', 'plain']);
    expect(file.serviceLines).toEqual({ app: 7, db: 19, plain: 24 });
  });

  test('tells its volumes and where they stand', () => {
    expect(file.volumeLines).toEqual({ content: 28, data: 29 });
  });

  test('tells each label with its line and place, in both forms, before anything is filled in', () => {
    const seen = file.labels.map(({ service, key, value, line, place }) => [
      service,
      place,
      line,
      key,
      value,
    ]);
    expect(seen).toEqual([
      ['app', 'labels', 10, 'backupbot.backup', 'true'],
      ['app', 'labels', 11, 'number', '5'],
      ['app', 'deploy.labels', 14, 'traefik.enable', 'true'],
      ['app', 'deploy.labels', 16, 'traefik.http.routers.${STACK_NAME}.rule', 'Host(`${DOMAIN}`)'],
      ['app', 'deploy.labels', 17, 'flag', ''],
      ['app', 'deploy.labels', 18, 'backupbot.backup.pre-hook', "sh -c 'a=b'"],
      ['db', 'deploy.labels', 23, 'backupbot.restore.post-hook', '/load.sh'],
    ]);
    expect(new Set(file.labels.map((label) => label.file))).toEqual(new Set(['compose.yml']));
  });
});

test('labels behind an anchor are found like any others', () => {
  const text = [
    'x-labels: &labels',
    '  - "backupbot.backup=true"',
    'x-deploy: &deploy',
    '  labels: *labels',
    'services:',
    '  app:',
    '    deploy: *deploy',
    '  db:',
    '    labels: *labels',
  ].join('\n');
  const { labels } = parseCompose('compose.yml', text);
  expect(labels.map(({ service, place, key, line }) => [service, place, key, line])).toEqual([
    ['app', 'deploy.labels', 'backupbot.backup', 2],
    ['db', 'labels', 'backupbot.backup', 2],
  ]);
});

test('an overlay may have no services', () => {
  expect(parseCompose('compose.extra.yml', 'version: "3.8"\nvolumes:\n  more:\n')).toMatchObject({
    services: [],
    labels: [],
    volumeLines: { more: 3 },
  });
});

describe('what is no compose file is told by name and line', () => {
  test.each([
    ['broken brackets', 'services:\n  app:\n    image: [nginx\n    ports: {\n', 'not-yaml'],
    ['a key twice', 'services:\n  app:\n    image: a\n    image: b\n', 'yaml-duplicate-key'],
    ['a tab for indentation', 'services:\n\tapp:\n', 'not-yaml'],
  ])('%s', async (_, text, code) => {
    const error = await thrownBy(() => parseCompose('compose.x.yml', text));
    expect(error).toMatchObject({ kind: 'recipe', code, facts: { file: 'compose.x.yml' } });
    expect(error.facts['line']).toBeGreaterThan(1);
    expect(error.message).toMatch(/^compose\.x\.yml line \d+ is not (YAML|read)/);
  });

  test.each([
    ['a list', '- a\n- b\n'],
    ['a word', 'hello'],
    ['nothing', ''],
    ['services that are a list', 'services:\n  - app\n'],
  ])('%s', async (_, text) => {
    const error = await thrownBy(() => parseCompose('compose.yml', text));
    expect(error).toMatchObject({ kind: 'recipe', code: 'not-compose', facts: { file: 'compose.yml' } });
  });
});
