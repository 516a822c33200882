import { describe, expect, test } from 'vitest';
import { recipeOf } from '../../test/support/recipe.ts';
import type { RecipeConfig } from './configs.ts';

const COMPOSE = `services:
  app:
    image: nginx
    configs:
      - source: conf
        target: /etc/app.conf
        mode: 0555
configs:
  conf:
    name: \${STACK_NAME}_conf_\${CONF_VERSION}
    file: ./templates/app.conf.tmpl
    template_driver: golang
  plain:
    file: ../up.conf
  theirs:
    external: true
    name: theirs
`;

describe('a config of a recipe', () => {
  test('tells its name as written, its version variable, its file and who mounts it', () => {
    expect(config('conf', { 'compose.yml': COMPOSE })).toMatchObject({
      name: { raw: '${STACK_NAME}_conf_${CONF_VERSION}' },
      versionVariable: 'CONF_VERSION',
      source: { raw: './templates/app.conf.tmpl', line: 11 },
      path: 'templates/app.conf.tmpl',
      templateDriver: 'golang',
      external: false,
      mountedBy: [{ service: 'app', target: '/etc/app.conf', mode: '0555', line: 5 }],
      file: 'compose.yml',
      line: 9,
    });
  });

  test('has no path where its file is outside the recipe, or where there is none', () => {
    expect(config('plain', { 'compose.yml': COMPOSE })).toMatchObject({
      name: undefined,
      source: { raw: '../up.conf' },
      path: undefined,
    });
    expect(config('theirs', { 'compose.yml': COMPOSE })).toMatchObject({
      external: true,
      source: undefined,
      versionVariable: undefined,
    });
  });

  test('has its file seen from the folder of the first compose file, as Docker sees it', () => {
    const files = {
      '.env.sample': 'COMPOSE_FILE=sub/compose.yml:more/compose.more.yml\n',
      'sub/compose.yml': 'services: {app: {image: nginx}}\n',
      'more/compose.more.yml': 'configs: {c: {file: c.conf}, d: {file: ../d.conf}}\n',
    };
    expect(config('c', files).path).toBe('sub/c.conf');
    expect(config('d', files).path).toBe('d.conf');
  });

  test('of several files is what the later one says, key by key', () => {
    const files = {
      '.env.sample': 'COMPOSE_FILE=compose.yml:compose.more.yml\n',
      'compose.yml': COMPOSE,
      'compose.more.yml': 'configs:\n  conf:\n    file: other.conf\n',
    };
    expect(config('conf', files)).toMatchObject({
      path: 'other.conf',
      versionVariable: 'CONF_VERSION',
      file: 'compose.more.yml',
      line: 2,
    });
  });
});

function config(key: string, files: Readonly<Record<string, string>>): RecipeConfig {
  const found = recipeOf(files).configs.find((one) => one.key === key);
  if (found === undefined) throw new Error(`no config ${key}`);
  return found;
}
