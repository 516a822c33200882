import { describe, expect, test } from 'vitest';
import {
  type Change,
  changed,
  expectation,
  findingsIn,
  GOOD,
  placed,
  type Tree,
  type Wanted,
} from './testing/good-recipe.ts';

const RELEASE = { tag: '1.2.0+2.3.0', annotated: true };

describe('what shows against the base', () => {
  test.each<[string, Change[], Wanted]>([
    [
      'a config that changed under its old name',
      [['settings.conf.tmpl', 'password', 'pass']],
      ['B25', 'error', 'abra.sh', 'SETTINGS_VERSION'],
    ],
    [
      'a script of a hook that changed under its old name',
      [['db_hook.sh', 'set -euo', 'set -xeuo']],
      ['B25', 'error', 'abra.sh', 'DB_HOOK_VERSION'],
    ],
    [
      'no backups any more',
      [['compose.yml', '        - "backupbot.backup=${ENABLE_BACKUPS:-true}"\n', '']],
      ['B20', 'error', 'compose.yml', '  app:'],
    ],
    [
      'a variable with another name',
      [
        ['compose.yml', 'THEME=${THEME}', 'THEME=${COLOURS}'],
        ['.env.sample', '#THEME=dark', 'COLOURS=dark'],
      ],
      ['B35', 'error', 'compose.yml', '${COLOURS}'],
    ],
    [
      'a new variable without a default',
      [
        ['compose.yml', '- THEME=${THEME}', '- THEME=${THEME}\n      - PAGES=${PAGES}'],
        ['.env.sample', '#THEME', 'PAGES=20\n#THEME'],
      ],
      ['B36', 'warning', 'compose.yml', 'PAGES'],
    ],
    [
      'another major version of PostgreSQL',
      [['compose.yml', 'postgres:16.8-alpine', 'postgres:17.4-alpine']],
      ['B49', 'error', 'compose.yml', 'postgres:17'],
    ],
    [
      'an older version of a database',
      [['compose.yml', 'postgres:16.8-alpine', 'postgres:15.8-alpine']],
      ['B53', 'error', 'compose.yml', 'postgres:15'],
    ],
    [
      'an older version of the app',
      [['compose.yml', 'shelf:2.4.0', 'shelf:2.3.9']],
      ['B53', 'warning', 'compose.yml', 'shelf:2.3.9'],
    ],
    [
      'a search engine with another format',
      [['compose.search.yml', 'v1.11.3', 'v1.14.0']],
      ['B52', 'warning', 'compose.search.yml', 'v1.14.0'],
    ],
    [
      'a volume with another name',
      [
        ['compose.yml', '- books:/books', '- shelves:/books'],
        ['compose.yml', '  books:\n', '  shelves:\n'],
      ],
      ['B54', 'error', 'compose.yml', '  shelves:'],
    ],
    [
      'a volume at another place',
      [['compose.yml', '- books:/books', '- books:/data']],
      ['B55', 'error', 'compose.yml', '- books:/data'],
    ],
    [
      'a volume that nobody mounts any more',
      [['compose.yml', '    volumes:\n      - books:/books\n', '']],
      ['volume-dropped', 'warning', 'compose.yml', '  app:'],
    ],
    [
      'a version that was not raised',
      [['compose.yml', 'shelf:2.4.0', 'shelf:2.5.0']],
      ['B80', 'warning', 'compose.yml', 'version=1.3.0'],
    ],
    [
      'a version that goes back',
      [['compose.yml', '1.3.0+2.4.0', '1.2.0+2.4.0']],
      ['B80', 'error', 'compose.yml', 'version=1.2.0'],
    ],
  ])('%s', (_, changes, wanted) => {
    const head = changed(GOOD, ...changes);
    const found = findingsIn(head, GOOD, [{ ...RELEASE, tag: '1.3.0+2.4.0' }]);
    expect(placed(head, found)).toContainEqual(expectation(wanted));
  });

  test('a service that was removed keeps running', () => {
    const cut = (text: string) =>
      text.replace(/\n {2}db:\n[\s\S]*?\nnetworks:/, '\nnetworks:').replace('  pgdata:\n', '');
    const head = { ...GOOD, 'compose.yml': cut(GOOD['compose.yml'] ?? '') };
    expect(findingsIn(head, GOOD)).toContainEqual(
      expect.objectContaining({ code: 'B66', severity: 'warning', file: 'compose.yml' }),
    );
  });

  test('an overlay for a service that the change removed says so', () => {
    const base = changed(
      GOOD,
      [
        'compose.yml',
        '\nnetworks:\n  proxy:',
        '\n  worker:\n    image: example/worker:1.0\n\nnetworks:\n  proxy:',
      ],
      [
        'compose.smtp.yml',
        'secrets:\n  smtp_pw',
        '  worker:\n    environment:\n      - SMTP_HOST\n\nsecrets:\n  smtp_pw',
      ],
    );
    const head = changed(base, ['compose.yml', '\n  worker:\n    image: example/worker:1.0\n', '']);
    const found = findingsIn(head, base).find(({ code }) => code === 'B65');
    expect(found?.sentence).toContain('which this change removed');
  });

  test('a MariaDB of another series that does not upgrade itself', () => {
    const maria = changed(
      GOOD,
      ['compose.yml', 'postgres:16.8-alpine', 'mariadb:10.11'],
      ['compose.yml', 'pgdata:/var/lib/postgresql/data', 'pgdata:/var/lib/mysql'],
    );
    const head = changed(maria, ['compose.yml', 'mariadb:10.11', 'mariadb:11.4']);
    expect(codes(head, maria)).toContain('B51');
    expect(
      codes(
        changed(head, [
          'compose.yml',
          '  POSTGRES_DB: shelf',
          '  POSTGRES_DB: shelf\n  MARIADB_AUTO_UPGRADE: "1"',
        ]),
        maria,
      ),
    ).not.toContain('B51');
  });

  test('a version raised in .env.sample does not reach who has installed already', () => {
    const base = changed(
      GOOD,
      ['abra.sh', 'export SETTINGS_VERSION=v2\n', ''],
      ['.env.sample', '#THEME', 'SETTINGS_VERSION=v2\n#THEME'],
    );
    const head = changed(
      base,
      ['settings.conf.tmpl', 'password', 'pass'],
      ['.env.sample', 'SETTINGS_VERSION=v2', 'SETTINGS_VERSION=v3'],
    );
    expect(placed(head, findingsIn(head, base))).toContainEqual(
      expectation(['B25', 'warning', '.env.sample', 'SETTINGS_VERSION']),
    );
  });

  test('a release that is newer than the label, and one whose tag has no message', () => {
    expect(codes(GOOD, undefined, [{ tag: '1.4.0+2.4.0', annotated: true }])).toEqual(['B80']);
    expect(codes(GOOD, undefined, [{ tag: '1.2.0+2.4.0', annotated: false }])).toEqual(['B81']);
  });

  test.each<[string, Change[]]>([
    [
      'a volume that keeps its name in Docker',
      [
        ['compose.yml', '- books:/books', '- shelves:/books'],
        ['compose.yml', '  books:\n', '  shelves:\n    name: ${STACK_NAME}_books\n'],
      ],
    ],
    [
      'a new variable that operators are told of',
      [
        ['compose.yml', '- THEME=${THEME}', '- THEME=${THEME}\n      - PAGES=${PAGES}'],
        ['.env.sample', '#THEME', 'PAGES=20\n#THEME'],
        ['README.md', '# Shelf', '# Shelf'],
      ],
    ],
    ['a version that is above every release already', []],
  ])('%s is no fault', (name, changes) => {
    const head = {
      ...changed(GOOD, ...changes),
      ...(name.includes('told') ? { 'release/next': 'Add PAGES=20 to your settings.' } : {}),
    };
    const base = name.includes('above') ? changed(GOOD, ['compose.yml', 'shelf:2.4.0', 'shelf:2.3.0']) : GOOD;
    const grave = findingsIn(head, base, [RELEASE]).filter(({ severity }) => severity !== 'note');
    expect(grave).toEqual([]);
  });
});

function codes(head: Tree, base?: Tree, releases: Parameters<typeof findingsIn>[2] = []): string[] {
  return findingsIn(head, base, releases).map(({ code }) => code);
}
