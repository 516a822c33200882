import { describe, expect, test } from 'vitest';
import { thrownBy } from '../../test/support/errors.ts';
import { composePaths } from './compose-paths.ts';

describe('a COMPOSE_FILE', () => {
  test.each([
    [undefined, ['compose.yml']],
    ['', ['compose.yml']],
    ['compose.yml', ['compose.yml']],
    ['compose.yml:compose.smtp.yml', ['compose.yml', 'compose.smtp.yml']],
    ['./compose.yml:overlays/../overlays/a.yml', ['compose.yml', 'overlays/a.yml']],
    [':compose.yml::compose.smtp.yml:', ['compose.yml', 'compose.smtp.yml']],
    ['compose.yml:./compose.yml', ['compose.yml']],
  ])('of “%s” names %j', (text, paths) => {
    expect(composePaths(text, 3).paths).toEqual(paths);
  });

  test('in order is quiet', () => {
    expect(composePaths('compose.yml:compose.smtp.yml', 3).findings).toEqual([]);
    expect(composePaths(undefined, undefined).findings).toEqual([]);
  });

  test('with empty parts or a file twice is told with its line', () => {
    const { findings } = composePaths(':compose.yml:./compose.yml', 3);
    expect(findings.map(({ code, file, line }) => [code, file, line])).toEqual([
      ['compose-file', '.env.sample', 3],
      ['compose-file', '.env.sample', 3],
    ]);
    expect(findings[1]?.sentence).toContain('compose.yml twice');
  });

  test.each(['/etc/compose.yml', '../compose.yml', 'a/../../b.yml', '~/compose.yml', '.'])(
    'that names %s is refused with that path',
    async (path) => {
      const error = await thrownBy(() => composePaths(`compose.yml:${path}`, 3));
      expect(error).toMatchObject({ kind: 'recipe', code: 'path-leaves', facts: { line: 3, path } });
    },
  );
});
