import { describe, expect, test } from 'vitest';
import { recipeOf } from '../../test/support/recipe.ts';

const service = (name: string, block: string, label: string) =>
  block === 'labels'
    ? `  ${name}:\n    image: x\n    labels: ["${label}"]\n`
    : `  ${name}:\n    image: x\n    deploy: {labels: ["${label}"]}\n`;

describe('the version of a recipe', () => {
  test.each([
    [
      'the label on app',
      service('app', 'deploy', 'coop-cloud.${STACK_NAME}.version=1.2.0+1.25'),
      '1.2.0+1.25',
    ],
    [
      'the label on another service',
      service('web', 'deploy', 'coop-cloud.${STACK_NAME}.version=1.2.0+1.25'),
      '1.2.0+1.25',
    ],
    [
      'the one on app rather than another one',
      service('db', 'deploy', 'coop-cloud.${STACK_NAME}.version=0.1.0+1') +
        service('app', 'deploy', 'coop-cloud.${STACK_NAME}.version=1.2.0+1.25'),
      '1.2.0+1.25',
    ],
    [
      'a label in the wrong place',
      service('app', 'labels', 'coop-cloud.$STACK_NAME.version=1.0.0+1'),
      '1.0.0+1',
    ],
    ['with variables filled in', service('app', 'deploy', 'coop-cloud.x.version=1.0.0+${V:-2}'), '1.0.0+2'],
    [
      'none by a label of abra’s',
      service('app', 'deploy', 'coop-cloud.${STACK_NAME}.chaos-version=abc'),
      undefined,
    ],
    [
      'none by a label of 2021',
      service('app', 'deploy', 'coop-cloud.${STACK_NAME}.app.version=1.2-ab12cd34'),
      undefined,
    ],
  ])('is %s', (_, services, version) => {
    expect(recipeOf({ 'compose.yml': `services:\n${services}` }).version).toBe(version);
  });

  test('is what the later file says', () => {
    const recipe = recipeOf({
      '.env.sample': 'COMPOSE_FILE=compose.yml:compose.more.yml\n',
      'compose.yml': `services:\n${service('app', 'deploy', 'coop-cloud.${STACK_NAME}.version=1.0.0+1')}`,
      'compose.more.yml': `services:\n${service('app', 'deploy', 'coop-cloud.${STACK_NAME}.version=2.0.0+1')}`,
    });
    expect(recipe.version).toBe('2.0.0+1');
    expect(recipe.versionLabels).toMatchObject([{ file: 'compose.more.yml', line: 4, value: '2.0.0+1' }]);
  });
});

test('both forms of version labels are told with service, place and line', () => {
  const { versionLabels } = recipeOf({
    'compose.yml': `services:\n${service('app', 'deploy', 'coop-cloud.${STACK_NAME}.version=1.0.0+1')}${service('db', 'labels', 'coop-cloud.${STACK_NAME}.db.version=13-abcdef01')}`,
  });
  expect(versionLabels).toEqual([
    {
      ...{ service: 'app', form: 'recipe', value: '1.0.0+1' },
      ...{ place: 'deploy.labels', file: 'compose.yml', line: 4 },
    },
    {
      ...{ service: 'db', form: 'service', value: '13-abcdef01' },
      ...{ place: 'labels', file: 'compose.yml', line: 7 },
    },
  ]);
});
