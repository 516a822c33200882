import { describe, expect, test } from 'vitest';
import {
  type Change,
  changed,
  expectation,
  findingsIn,
  GOOD,
  placed,
  type Wanted,
} from './testing/good-recipe.ts';

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
      'a dump into a volume that is left out',
      [['compose.yml', 'volumes.pgdata.path: "shelf.sql"', 'volumes.pgdata: "false"']],
      ['B05', 'error', 'compose.yml', 'backupbot.backup.pre-hook'],
    ],
    [
      'a dump in place',
      [['db_hook.sh', '> "$dump.new"\n    mv "$dump.new" "$dump"', '> "$dump"']],
      ['B15', 'note', 'compose.yml', 'backupbot.backup.pre-hook'],
    ],
    [
      'a dump with the date in its name',
      [
        [
          'compose.yml',
          '"/db_hook.sh save"',
          '"pg_dump -U shelf shelf > /var/lib/postgresql/data/shelf-$$(date +%F).sql"',
        ],
      ],
      ['B16', 'error', 'compose.yml', 'volumes.pgdata.path'],
    ],
    [
      'dumps that pile up',
      [
        ['db_hook.sh', 'dump="$root/shelf.sql"', 'now=$(date +%s)\ndump="$root/dumps/$now.sql"'],
        ['db_hook.sh', '> "$dump.new"\n    mv "$dump.new" "$dump"', '> "$root/dumps/$now.sql"'],
        ['compose.yml', 'path: "shelf.sql"', 'path: "dumps"'],
      ],
      ['B16', 'warning', 'compose.yml', 'backupbot.backup.pre-hook'],
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
      'a key of an app in the text',
      [['compose.yml', '- THEME=${THEME}', '- SHELF_ENCRYPTION_KEY=changeme']],
      ['B45', 'warning', 'compose.yml', 'ENCRYPTION_KEY'],
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
  ])('%s', (_, changes, wanted) => {
    const head = changed(GOOD, ...changes);
    expect(placed(head, findingsIn(head))).toContainEqual(expectation(wanted));
  });
});
