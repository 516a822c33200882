import { describe, expect, test } from 'vitest';
import { isSeatrialError } from '../../shared/errors.ts';
import { findingsOf } from './findings.ts';
import {
  type Change,
  changed,
  expectation,
  findingsIn,
  GOOD,
  placed,
  recipeOf,
  type Tree,
} from './testing/good-recipe.ts';

const RELEASE = { tag: '1.2.0+2.3.0', annotated: true };

describe('a recipe in which nothing is wrong', () => {
  test('has no findings, also against itself', () => {
    expect(findingsIn(GOOD, GOOD, [RELEASE])).toEqual([]);
  });

  test('has none where a README or a comment changed and the version stays', () => {
    const head = changed(
      GOOD,
      ['README.md', 'Shelf', 'Book shelf'],
      ['compose.yml', 'networks:\n  proxy:', '# of the host\nnetworks:\n  proxy:'],
    );
    expect(findingsIn(head, GOOD, [{ ...RELEASE, tag: '1.3.0+2.4.0' }])).toEqual([]);
  });

  test('has none where everything that changed has a new version', () => {
    const head = changed(
      GOOD,
      ['settings.conf.tmpl', 'password', 'pass'],
      ['abra.sh', 'SETTINGS_VERSION=v2', 'SETTINGS_VERSION=v3'],
      ['compose.yml', 'postgres:16.8-alpine', 'postgres:16.9-alpine'],
      ['compose.yml', 'shelf:2.4.0', 'shelf:2.5.0'],
      ['compose.yml', '1.3.0+2.4.0', '1.4.0+2.5.0'],
      [
        'compose.yml',
        '- THEME=${THEME}',
        '- THEME=${THEME}\n      - PAGE_SIZE=${PAGE_SIZE:-20}\n      - BANNER=${BANNER}',
      ],
      ['.env.sample', '#THEME=dark', '#THEME=dark\n#BANNER=hello'],
    );
    expect(findingsIn(head, GOOD, [{ ...RELEASE, tag: '1.3.0+2.4.0' }])).toEqual([]);
  });
});

describe('what looks like a fault and is none', () => {
  test.each<[string, Change[]]>([
    [
      'a hook in a shell of its own, with quotes around',
      [['compose.yml', '"/db_hook.sh save"', '"sh -c \'/db_hook.sh save\'"']],
    ],
    [
      'a script that a shell reads needs no right to execute',
      [
        ['compose.yml', '["tini", "--", "/start.sh"]', '["sh", "/start.sh"]'],
        ['compose.yml', 'target: /start.sh\n        mode: 0555', 'target: /start.sh'],
      ],
    ],
    [
      'a script of a hook that a shell reads',
      [
        ['compose.yml', '"/db_hook.sh save"', '"bash /db_hook.sh save"'],
        ['compose.yml', '"/db_hook.sh load"', '"bash /db_hook.sh load"'],
        ['compose.yml', 'target: /db_hook.sh\n        mode: 0555', 'target: /db_hook.sh'],
      ],
    ],
    [
      'a database image that upgrades by itself',
      [['compose.yml', 'postgres:16.8-alpine', 'pgautoupgrade/pgautoupgrade:16.8-alpine']],
    ],
    [
      'a new place of the data of PostgreSQL 18',
      [
        ['compose.yml', 'postgres:16.8-alpine', 'postgres:18.1-alpine'],
        ['compose.yml', 'pgdata:/var/lib/postgresql/data', 'pgdata:/var/lib/postgresql'],
        ['compose.yml', '"shelf.sql"', '"data/shelf.sql"'],
      ],
    ],
    [
      'a download that the app itself is for, and one from a sibling',
      [['start.sh', 'exec shelf', '# wget https://example.org/x\nwget -qO- http://db:8080/\nexec shelf']],
    ],
    [
      'the tag of a series without a script of its own',
      [['compose.yml', 'postgres:16.8-alpine', 'postgres:16-alpine']],
    ],
    [
      'a service that a timer starts',
      [
        [
          'compose.yml',
          '      update_config:\n        order: stop-first',
          '      replicas: 0\n      restart_policy:\n        condition: none',
        ],
      ],
    ],
    [
      'numbers and switches as the format wants them',
      [
        ['compose.yml', '      retries: 5', '      retries: 5\n      disable: false'],
        [
          'compose.yml',
          '        backupbot.backup.pre-hook',
          '        backupbot.backup: "true"\n        order: 1\n        backupbot.backup.pre-hook',
        ],
        [
          'compose.yml',
          '    stop_grace_period',
          '    init: true\n    ulimits: {nofile: {soft: 1, hard: 2}}\n    stop_grace_period',
        ],
      ],
    ],
    ['an empty default', [['compose.yml', '${THEME}', '${THEME:-}']]],
    [
      'dollars of a shell, doubled',
      [['compose.yml', '"/db_hook.sh save"', '"PGPASSWORD=$$(cat /run/secrets/db_pw) /db_hook.sh save"']],
    ],
    [
      'settings that sound like credentials',
      [
        [
          'compose.yml',
          '- THEME=${THEME}',
          '- THEME=${THEME}\n      - RESET_PASSWORD=true\n      - API_TOKEN=${API_TOKEN:-}\n      - JWT_SECRET_FILE=/run/secrets/db_pw',
        ],
      ],
    ],
    [
      'a default that raises the version of a config',
      [
        ['compose.yml', '${SETTINGS_VERSION}', '${SETTINGS_VERSION:-v9}'],
        ['abra.sh', 'export SETTINGS_VERSION=v2\n', ''],
      ],
    ],
    ['a recipe without a web part', [['.env.sample', 'DOMAIN=shelf.example.com\n', '']]],
    [
      'a legal option of memory',
      [
        [
          'compose.yml',
          '    stop_grace_period',
          '    tmpfs:\n      - /tmp:size=64m,mode=1777,noexec\n    stop_grace_period',
        ],
      ],
    ],
    [
      'the socket of Docker and the time of the node',
      [
        [
          'compose.yml',
          '- books:/books',
          '- books:/books\n      - /var/run/docker.sock:/var/run/docker.sock\n      - /etc/localtime:/etc/localtime:ro',
        ],
      ],
    ],
  ])('%s is no fault', (_, changes) => {
    expect(findingsIn(changed(GOOD, ...changes)).filter(({ severity }) => severity !== 'note')).toEqual([]);
  });
});

describe('where a finding is told, and how gravely', () => {
  test('a wrong dollar in a block of several lines is told on its own line', () => {
    const head = changed(GOOD, [
      'compose.yml',
      '    stop_grace_period',
      '    command: |\n      postgres\n      -c shared_buffers=$(nproc)\n    stop_grace_period',
    ]);
    expect(placed(head, findingsIn(head))).toContainEqual(
      expectation(['B40', 'error', 'compose.yml', 'shared_buffers']),
    );
  });

  test('a variable that services share is a warning where only one of them mounts the secret', () => {
    const head = changed(
      GOOD,
      ['compose.yml', '  POSTGRES_DB: shelf', '  POSTGRES_DB: shelf\n  KEY_FILE: /run/secrets/key'],
      [
        'compose.yml',
        '    secrets:\n      - db_pw\n    configs:',
        '    secrets:\n      - db_pw\n      - key\n    configs:',
      ],
      [
        'compose.yml',
        'secrets:\n  db_pw:',
        'secrets:\n  key:\n    external: true\n    name: ${STACK_NAME}_key_v1\n  db_pw:',
      ],
    );
    expect(placed(head, findingsIn(head))).toContainEqual(
      expectation(['B44', 'warning', 'compose.yml', 'KEY_FILE']),
    );
  });

  test('a variable that services share by an anchor is a note where only one of them mounts the secret', () => {
    const head = changed(
      GOOD,
      [
        'compose.yml',
        'services:\n',
        'services:\n  worker:\n    image: example/shelf:2.4.0\n    environment: *database\n',
      ],
      ['compose.yml', '  POSTGRES_DB: shelf', '  POSTGRES_DB: shelf\n  KEY_FILE: /run/secrets/db_pw'],
    );
    expect(placed(head, findingsIn(head))).toEqual([expectation(['B44', 'note', 'compose.yml', 'KEY_FILE'])]);
  });

  test('names that only the longest stacks are too long for are told together', () => {
    const head = changed(
      GOOD,
      ['compose.yml', 'STACK_NAME}_db_pw_', 'STACK_NAME}_database_password_'],
      ['compose.yml', 'STACK_NAME}_start_', 'STACK_NAME}_script_at_startup_'],
    );
    const findings = findingsIn(head);
    expect(placed(head, findings)).toEqual([
      expectation(['B28', 'note', 'compose.yml', 'STACK_NAME}_database_password_']),
    ]);
    expect(findings[0]?.sentence).toContain('secret `db_pw` (66) and config `start` (66)');
  });

  test('files for developers are not put on top of what operators deploy', () => {
    const dev = 'services:\n  app:\n    build: .\n  mailcatcher:\n    build: ./mail\n';
    expect(findingsIn({ ...GOOD, 'compose.override.yml': dev, 'tests/compose.yml': dev })).toEqual([]);
  });

  test('a value that names a secret is no credential', () => {
    const head = changed(GOOD, [
      'compose.yml',
      '- DB_PASSWORD_FILE=/run/secrets/db_pw',
      '- DB_PASSWORD=file:///run/secrets/db_pw',
    ]);
    expect(findingsIn(head)).toEqual([]);
  });
});

test('findings come worst first, then by place, and each once', () => {
  const head = changed(
    GOOD,
    ['compose.yml', 'shelf:2.4.0', 'shelf:latest'],
    ['compose.yml', 'start_period: 1m', 'start_period: ${S}'],
    ['abra.sh', 'export START_VERSION=v1\n', ''],
  );
  expect(findingsIn(head).map(({ code, severity }) => `${severity} ${code}`)).toEqual([
    'error B37',
    'error B26',
    'warning B47',
  ]);
});

test('a fault of ours is told and keeps nothing from being tested', () => {
  const head = recipeOf(GOOD);
  const broken = {
    ...head,
    get compose(): never {
      throw new Error('ours');
    },
  };
  expect(findingsOf({ head: broken, base: undefined, releases: [] })).toMatchObject([
    { code: 'unexpected', severity: 'note' },
  ]);
});

test('whatever becomes of a line, looking for findings does not break', () => {
  const lines = (GOOD['compose.yml'] ?? '').split('\n');
  const broken = lines.flatMap((line, index) => {
    const copy = [...lines];
    copy[index] = line.replace(/:.*/, ': [a, {b: c}, null]');
    return readable({ ...GOOD, 'compose.yml': copy.join('\n') });
  });
  expect(broken.length).toBeGreaterThan(50);
  expect(
    broken.flatMap((tree) => findingsIn(tree, GOOD)).filter(({ code }) => code === 'unexpected'),
  ).toEqual([]);
});

function readable(tree: Tree): Tree[] {
  try {
    recipeOf(tree);
    return [tree];
  } catch (error) {
    if (!isSeatrialError(error)) throw error;
    return [];
  }
}
