import { describe, expect, test } from 'vitest';
import { isSeatrialError } from '../../shared/errors.ts';
import type { Severity } from '../finding.ts';
import { findingsOf } from './findings.ts';
import { changed, findingsIn, GOOD, recipeOf, type Tree } from './testing/good-recipe.ts';

type Change = readonly [path: string, from: string, to: string];
/** Code, severity, file, and the text of the line where it has to be found. */
type Wanted = readonly [code: string, severity: Severity, file: string, line: string];

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

describe('what the files of a recipe show by themselves', () => {
  test.each<[string, Change[], Wanted]>([
    [
      'backup labels on the container',
      [['compose.yml', '    deploy:\n      labels:\n        backupbot', '    labels:\n        backupbot']],
      ['B01', 'error', 'compose.yml', 'backupbot.backup.pre-hook'],
    ],
    [
      'a dump that nothing loads',
      [['compose.yml', '        backupbot.restore.post-hook: "/db_hook.sh load"\n', '']],
      ['B03', 'error', 'compose.yml', 'backupbot.backup.pre-hook'],
    ],
    [
      'live files of a database in the backup',
      [
        [
          'compose.yml',
          '    deploy:\n      labels:\n        backupbot.backup.pre-hook: "/db_hook.sh save"\n        backupbot.backup.volumes.pgdata.path: "shelf.sql"\n        backupbot.restore.post-hook: "/db_hook.sh load"\n',
          '',
        ],
      ],
      ['B04', 'warning', 'compose.yml', '- pgdata:/var/lib/postgresql/data'],
    ],
    [
      'a dump outside of any volume',
      [['compose.yml', '"/db_hook.sh save"', '"pg_dump -U shelf shelf > /tmp/shelf.sql"']],
      ['B05', 'error', 'compose.yml', 'backupbot.backup.pre-hook'],
    ],
    [
      'a path in single quotes',
      [['db_hook.sh', 'dump="$root/shelf.sql"', "dump='$root/shelf.sql'"]],
      ['B05', 'error', 'db_hook.sh', "dump='"],
    ],
    [
      'a label that names another file than the hook writes',
      [['compose.yml', 'path: "shelf.sql"', 'path: "shelf.sql.gz"']],
      ['B06', 'error', 'compose.yml', 'volumes.pgdata.path'],
    ],
    [
      'a label with the path inside the container',
      [['compose.yml', 'path: "shelf.sql"', 'path: "/var/lib/postgresql/data/shelf.sql"']],
      ['B06', 'error', 'compose.yml', 'volumes.pgdata.path'],
    ],
    [
      'a label about a volume that is none',
      [['compose.yml', 'volumes.pgdata.path', 'volumes.postgres.path']],
      ['B07', 'error', 'compose.yml', 'volumes.postgres.path'],
    ],
    [
      'a label of the first generation',
      [
        [
          'compose.yml',
          '- "backupbot.backup=${ENABLE_BACKUPS:-true}"',
          '- "backupbot.backup=true"\n        - "backupbot.backup.path=/books"',
        ],
      ],
      ['B08', 'warning', 'compose.yml', 'backupbot.backup.path'],
    ],
    [
      'a label that does not exist',
      [['compose.yml', 'backupbot.backup.pre-hook:', 'backupbot.backup.command:']],
      ['B09', 'error', 'compose.yml', 'backupbot.backup.command'],
    ],
    [
      'a hook that nothing mounts',
      [
        [
          'compose.yml',
          '    configs:\n      - source: db_hook\n        target: /db_hook.sh\n        mode: 0555\n',
          '',
        ],
      ],
      ['B11', 'error', 'compose.yml', 'backupbot.backup.pre-hook'],
    ],
    [
      'a hook that is not executable',
      [['compose.yml', 'target: /db_hook.sh\n        mode: 0555', 'target: /db_hook.sh\n        mode: 0444']],
      ['B11', 'error', 'compose.yml', 'backupbot.backup.pre-hook'],
    ],
    [
      'a single quote in a hook',
      [['compose.yml', '"/db_hook.sh save"', '"echo \'it is\' && /db_hook.sh save"']],
      ['B14', 'warning', 'compose.yml', 'backupbot.backup.pre-hook'],
    ],
    [
      'no version for a config',
      [['abra.sh', 'export SETTINGS_VERSION=v2\n', '']],
      ['B26', 'error', 'compose.yml', 'name: ${STACK_NAME}_settings'],
    ],
    [
      'an export that abra does not take',
      [['abra.sh', 'SETTINGS_VERSION=v2', 'SETTINGS_VERSION="v2"']],
      ['B27', 'error', 'abra.sh', 'SETTINGS_VERSION'],
    ],
    [
      'a config without its file',
      [['compose.yml', 'file: start.sh', 'file: begin.sh']],
      ['config-file-missing', 'error', 'compose.yml', 'file: begin.sh'],
    ],
    [
      'a name that is too long for our stacks',
      [['compose.yml', 'STACK_NAME}_db_pw_', 'STACK_NAME}_the_long_password_of_the_database_server_']],
      ['B28', 'error', 'compose.yml', 'the_long_password_of_the_database_server'],
    ],
    [
      'a name that is too long for ordinary stacks',
      [['compose.yml', 'STACK_NAME}_db_pw_', 'STACK_NAME}_the_password_of_the_database_host_']],
      ['B28', 'warning', 'compose.yml', 'the_password_of_the_database_host'],
    ],
    [
      'a secret without its version',
      [['.env.sample', 'SECRET_DB_PW_VERSION=v1 # length=32\n', '']],
      ['B29', 'error', 'compose.yml', 'name: ${STACK_NAME}_db_pw'],
    ],
    [
      'a secret that nothing mounts',
      [
        ['compose.smtp.yml', '    secrets:\n      - smtp_pw\n', ''],
        ['compose.smtp.yml', '      - SMTP_PASSWORD_FILE=/run/secrets/smtp_pw\n', ''],
      ],
      ['B30', 'warning', 'compose.smtp.yml', '  smtp_pw:'],
    ],
    [
      'an overlay without its secret',
      [
        [
          '.env.sample',
          '#COMPOSE_FILE="$COMPOSE_FILE:compose.smtp.yml"',
          'COMPOSE_FILE="$COMPOSE_FILE:compose.smtp.yml"',
        ],
      ],
      ['B31', 'error', '.env.sample', '#SECRET_SMTP_PW_VERSION'],
    ],
    [
      'a secret of another feature',
      [
        ['settings.conf.tmpl', 'smtp_pw', 'db_pw'],
        ['compose.search.yml', '  search:\n    image', '    secrets:\n      - smtp_pw\n  search:\n    image'],
        [
          'compose.search.yml',
          'volumes:\n  index:\n',
          'volumes:\n  index:\nsecrets:\n  smtp_pw:\n    external: true\n    name: ${STACK_NAME}_smtp_pw_${SECRET_SMTP_PW_VERSION}\n',
        ],
      ],
      ['B32', 'warning', 'compose.search.yml', '      - smtp_pw'],
    ],
    [
      'a duration from a variable',
      [['compose.yml', 'start_period: 1m', 'start_period: ${START_PERIOD:-1m}']],
      ['B37', 'error', 'compose.yml', 'start_period'],
    ],
    [
      'a number from a variable in an overlay',
      [['compose.search.yml', '    deploy:\n', '    deploy:\n      replicas: ${SEARCHERS:-1}\n']],
      ['B37', 'error', 'compose.search.yml', 'replicas'],
    ],
    [
      'a port from a variable',
      [
        [
          'compose.yml',
          '    stop_grace_period',
          '    ports:\n      - "${DB_PORT:-5432}:5432"\n    stop_grace_period',
        ],
      ],
      ['B37', 'error', 'compose.yml', 'DB_PORT'],
    ],
    [
      'an overlay without a version',
      [['compose.smtp.yml', 'version: "3.8"\n\n', '']],
      ['B38', 'error', 'compose.smtp.yml', 'services:'],
    ],
    [
      'an overlay of another version',
      [['compose.smtp.yml', '3.8', '3.7']],
      ['B38', 'error', 'compose.smtp.yml', '3.7'],
    ],
    [
      'an overlay that cannot be switched on',
      [['.env.sample', ':compose.search.yml', ':compose.find.yml']],
      ['B39', 'warning', '.env.sample', 'compose.find.yml'],
    ],
    [
      'a dollar that begins nothing',
      [['compose.yml', '"/db_hook.sh save"', '"PGPASSWORD=$(cat /run/secrets/db_pw) /db_hook.sh save"']],
      ['B40', 'error', 'compose.yml', 'PGPASSWORD'],
    ],
    [
      'a variable of the container that Docker fills in',
      [['compose.yml', '$$POSTGRES_USER', '$POSTGRES_USER']],
      ['B40', 'error', 'compose.yml', 'pg_isready'],
    ],
    [
      'a default with a variable inside',
      [['compose.yml', 'rule=Host(`${DOMAIN}`${EXTRA_DOMAINS})', 'rule=${RULE:-Host(`${DOMAIN}`)}']],
      ['B41', 'error', 'compose.yml', '${RULE'],
    ],
    [
      'a brace without its dollar',
      [['compose.yml', 'LOG_LEVEL=${LOG', 'LOG_LEVEL={LOG']],
      ['missing-dollar', 'warning', 'compose.yml', 'LOG_LEVEL'],
    ],
    [
      'a variable in a key',
      [['compose.yml', 'backupbot.backup.volumes.pgdata.path:', 'backupbot.backup.volumes.${V}.path:']],
      ['variable-in-key', 'error', 'compose.yml', '${V}'],
    ],
    [
      'a template that names a secret of somebody else',
      [['settings.conf.tmpl', 'secret "db_pw"', 'secret "app_pw"']],
      ['B42', 'error', 'settings.conf.tmpl', 'app_pw'],
    ],
    [
      'a template that names a secret of an overlay outside of any condition',
      [
        ['settings.conf.tmpl', '{{ if eq (env "THEME") "mail" }}\n', ''],
        ['settings.conf.tmpl', '{{ end }}\n', ''],
      ],
      ['B42', 'error', 'settings.conf.tmpl', 'smtp_pw'],
    ],
    [
      'a template that reads a variable that its service lacks',
      [
        ['compose.yml', 'file: db_hook.sh', 'file: db_hook.sh\n    template_driver: golang'],
        ['db_hook.sh', 'root=', 'user={{ env "DB_USER" }}\nroot='],
      ],
      ['B43', 'warning', 'db_hook.sh', 'DB_USER'],
    ],
    [
      'a secret under another name',
      [['compose.yml', 'DB_PASSWORD_FILE=/run/secrets/db_pw', 'DB_PASSWORD_FILE=/run/secrets/db-pw']],
      ['B44', 'error', 'compose.yml', 'DB_PASSWORD_FILE'],
    ],
    [
      'a password in the text',
      [['compose.yml', '- DB_PASSWORD_FILE=/run/secrets/db_pw', '- DB_PASSWORD=shelf123']],
      ['B45', 'warning', 'compose.yml', 'DB_PASSWORD='],
    ],
    [
      'a password in an address',
      [
        [
          'compose.yml',
          '- DB_HOST=${STACK_NAME}_db',
          '- DB_URL=postgres://shelf:books@${STACK_NAME}_db/shelf',
        ],
      ],
      ['B45', 'warning', 'compose.yml', 'DB_URL='],
    ],
    [
      'options of memory that cannot be read',
      [
        [
          'compose.yml',
          '    stop_grace_period',
          '    tmpfs:\n      - /tmp:size=1024M^\n    stop_grace_period',
        ],
      ],
      ['B46', 'error', 'compose.yml', '1024M^'],
    ],
    [
      'a moving tag',
      [['compose.yml', 'shelf:2.4.0', 'shelf:latest']],
      ['B47', 'warning', 'compose.yml', 'shelf:latest'],
    ],
    ['no tag', [['compose.yml', 'shelf:2.4.0', 'shelf']], ['B47', 'warning', 'compose.yml', 'example/shelf']],
    [
      'an image from a variable without a value',
      [['compose.yml', 'example/shelf:2.4.0', '${SHELF_IMAGE}']],
      ['image-unset', 'error', 'compose.yml', 'SHELF_IMAGE'],
    ],
    [
      'the data path of older PostgreSQL',
      [['compose.yml', 'postgres:16.8-alpine', 'postgres:18.1-alpine']],
      ['B50', 'error', 'compose.yml', '- pgdata:'],
    ],
    [
      'two tasks on one database',
      [
        [
          'compose.yml',
          '      labels:\n        backupbot',
          '      update_config:\n        order: start-first\n      labels:\n        backupbot',
        ],
      ],
      ['B56', 'error', 'compose.yml', 'start-first'],
    ],
    [
      'a port of the node that is still held',
      [
        ['compose.yml', 'stop-first', 'start-first'],
        [
          'compose.yml',
          '    entrypoint:',
          '    ports:\n      - target: 8080\n        published: 8080\n        mode: host\n    entrypoint:',
        ],
      ],
      ['B57', 'error', 'compose.yml', 'start-first'],
    ],
    [
      'an app that nobody watches',
      [
        [
          'compose.yml',
          '    healthcheck:\n      test: ["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:8080/"]\n      interval: 10s\n      retries: 5\n      start_period: 1m\n',
          '',
        ],
      ],
      ['B61', 'warning', 'compose.yml', '  app:'],
    ],
    [
      'an order of start',
      [['compose.yml', '    entrypoint:', '    depends_on:\n      - db\n    entrypoint:']],
      ['B63', 'note', 'compose.yml', '      - db'],
    ],
    [
      'an order of start after nobody',
      [['compose.yml', '    entrypoint:', '    depends_on: [mysql]\n    entrypoint:']],
      ['B64', 'warning', 'compose.yml', 'depends_on'],
    ],
    [
      'an overlay for a service that is nowhere',
      [
        [
          'compose.smtp.yml',
          'secrets:\n  smtp_pw',
          '  worker:\n    environment:\n      - SMTP_HOST\n\nsecrets:\n  smtp_pw',
        ],
      ],
      ['B65', 'error', 'compose.smtp.yml', '  worker:'],
    ],
    [
      'a sibling by its short name',
      [
        [
          'compose.yml',
          '    networks:\n      - inside\n    stop',
          '    networks:\n      - inside\n      - proxy\n    stop',
        ],
        ['compose.yml', 'DB_HOST=${STACK_NAME}_db', 'DB_URL=postgres://db/shelf'],
      ],
      ['B68', 'warning', 'compose.yml', 'DB_URL'],
    ],
    [
      'a routed service off the proxy',
      [['compose.yml', '      - proxy\n      - inside\n', '      - inside\n']],
      ['B70', 'error', 'compose.yml', 'traefik.enable'],
    ],
    [
      'two owners of a router',
      [
        [
          'compose.yml',
          '        backupbot.backup.pre-hook',
          '        traefik.http.routers.shelf.rule: Host(`a`)\n        backupbot.backup.pre-hook',
        ],
        [
          'compose.yml',
          '        - "traefik.http.routers.${STACK_NAME}.rule=',
          '        - "traefik.http.routers.shelf.rule=',
        ],
      ],
      ['B71', 'error', 'compose.yml', 'Host(`a`)'],
    ],
    [
      'a file of the node',
      [['compose.yml', '- books:/books', '- books:/books\n      - /etc/timezone:/etc/timezone:ro']],
      ['B73', 'warning', 'compose.yml', 'timezone'],
    ],
    [
      'a file of the recipe as a mount',
      [['compose.yml', '- books:/books', '- books:/books\n      - ./start.sh:/begin.sh']],
      ['B73', 'error', 'compose.yml', './start.sh'],
    ],
    [
      'a volume of another stack',
      [
        [
          'compose.yml',
          '  books:\n  pgdata:',
          '  books:\n    external: true\n    name: proxy_letsencrypt\n  pgdata:',
        ],
      ],
      ['B74', 'warning', 'compose.yml', '  books:'],
    ],
    [
      'an entrypoint that is not executable',
      [['compose.yml', 'target: /start.sh\n        mode: 0555', 'target: /start.sh']],
      ['B76', 'error', 'compose.yml', 'source: start'],
    ],
    [
      'a database that is killed',
      [['compose.yml', '    stop_grace_period: 1m\n', '']],
      ['B79', 'note', 'compose.yml', '  db:'],
    ],
    [
      'a port for the whole cluster',
      [['compose.yml', '    entrypoint:', '    ports:\n      - "587:587"\n    entrypoint:']],
      ['B82', 'warning', 'compose.yml', '587:587'],
    ],
    [
      'a tag and a digest',
      [['compose.yml', 'shelf:2.4.0', `shelf:2.4.0@sha256:${'0'.repeat(64)}`]],
      ['B83', 'note', 'compose.yml', 'sha256'],
    ],
    [
      'a job',
      [
        [
          'compose.yml',
          '      update_config:\n        order: stop-first',
          '      restart_policy:\n        condition: none',
        ],
      ],
      ['B84', 'note', 'compose.yml', 'condition: none'],
    ],
    [
      'one architecture',
      [['compose.yml', 'shelf:2.4.0', 'shelf:2.4.0-amd64']],
      ['B85', 'note', 'compose.yml', 'amd64'],
    ],
    [
      'an image that was moved away',
      [['compose.yml', 'postgres:16.8-alpine', 'bitnami/postgresql:16.8.0']],
      ['B48', 'warning', 'compose.yml', 'bitnami'],
    ],
    [
      'a rule that is not valid once it is filled in',
      [['.env.sample', "#EXTRA_DOMAINS=', `www", "EXTRA_DOMAINS=' `www"]],
      ['B90', 'error', 'compose.yml', 'routers.${STACK_NAME}.rule'],
    ],
    [
      'a config that nothing declares',
      [['compose.yml', '- source: start\n', '- source: begin\n']],
      ['undeclared-config', 'error', 'compose.yml', 'source: begin'],
    ],
    [
      'a network that nothing declares',
      [['compose.yml', '      - proxy\n      - inside', '      - proxy\n      - intern']],
      ['undeclared-network', 'error', 'compose.yml', '- intern'],
    ],
    [
      'no version at all',
      [['compose.yml', '        - "coop-cloud.${STACK_NAME}.version=1.3.0+2.4.0"\n', '']],
      ['version-label', 'note', 'compose.yml', '  app:'],
    ],
    [
      'a version that is none',
      [['compose.yml', '1.3.0+2.4.0', 'latest']],
      ['version-label', 'warning', 'compose.yml', 'version=latest'],
    ],
    ['no type', [['.env.sample', 'TYPE=shelf\n', '']], ['no-type', 'warning', '.env.sample', '']],
    [
      'no app',
      [['compose.yml', '  app:\n', '  web:\n']],
      ['no-app-service', 'error', 'compose.yml', 'services:'],
    ],
  ])('%s', (_, changes, wanted) => {
    const head = changed(GOOD, ...changes);
    expect(placed(head, findingsIn(head))).toContainEqual(expectation(wanted));
  });

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

function codes(head: Tree, base?: Tree, releases: Parameters<typeof findingsIn>[2] = []): string[] {
  return findingsIn(head, base, releases).map(({ code }) => code);
}

function placed(tree: Tree, findings: ReturnType<typeof findingsIn>) {
  return findings.map(({ code, severity, file, line }) => ({
    ...{ code, severity, file },
    text: (tree[file ?? ''] ?? '').split('\n')[(line ?? 0) - 1] ?? '',
  }));
}

function expectation([code, severity, file, text]: Wanted) {
  return { code, severity, file, text: expect.stringContaining(text) };
}
