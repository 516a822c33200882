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
      'a moving tag',
      [['compose.yml', 'shelf:2.4.0', 'shelf:latest']],
      ['B47', 'warning', 'compose.yml', 'shelf:latest'],
    ],
    ['no tag', [['compose.yml', 'shelf:2.4.0', 'shelf']], ['B47', 'warning', 'compose.yml', 'example/shelf']],
    [
      'a tag that is only a flavour',
      [['compose.yml', 'shelf:2.4.0', 'shelf:alpine']],
      ['B47', 'warning', 'compose.yml', 'shelf:alpine'],
    ],
    [
      "a series under a start script of the recipe's own",
      [['compose.yml', 'shelf:2.4.0', 'shelf:0.4']],
      ['B47', 'warning', 'compose.yml', 'shelf:0.4'],
    ],
    [
      'a health check by the name of the host',
      [['compose.yml', 'http://127.0.0.1:8080/', 'http://localhost:8080/']],
      ['B59', 'note', 'compose.yml', 'localhost'],
    ],
    [
      'a download at each start',
      [['start.sh', 'exec shelf', 'wget -qO- https://example.org/tool.tar.gz | tar -xz\nexec shelf']],
      ['B67', 'warning', 'start.sh', 'wget'],
    ],
    [
      'a package that is installed at each start',
      [['start.sh', 'exec shelf', 'apk add --no-cache jq\nexec shelf']],
      ['B67', 'warning', 'start.sh', 'apk add'],
    ],
    [
      'a key that the version of the file does not have',
      [['compose.yml', '      retries: 5', '      retries: 5\n      start_interval: 1s']],
      ['not-in-format', 'error', 'compose.yml', 'start_interval'],
    ],
    [
      'a limit that the version of the file does not have',
      [
        [
          'compose.yml',
          '      update_config:',
          '      resources: {limits: {pids: 100}}\n      update_config:',
        ],
      ],
      ['not-in-format', 'error', 'compose.yml', 'pids: 100'],
    ],
    [
      'groups, which stacks do not have',
      [['compose.yml', '    entrypoint:', '    group_add: ["5"]\n    entrypoint:']],
      ['not-in-format', 'error', 'compose.yml', 'group_add'],
    ],
    [
      'conditions of dependencies',
      [
        [
          'compose.yml',
          '    entrypoint:',
          '    depends_on:\n      db: {condition: service_healthy}\n    entrypoint:',
        ],
      ],
      ['not-in-format', 'error', 'compose.yml', 'depends_on'],
    ],
    [
      'a switch where a text is wanted',
      [
        [
          'compose.yml',
          '        backupbot.backup.pre-hook',
          '        backupbot.backup: true\n        backupbot.backup.pre-hook',
        ],
      ],
      ['value-type', 'error', 'compose.yml', 'backupbot.backup: true'],
    ],
    [
      'a number where a duration is wanted',
      [['compose.yml', 'stop_grace_period: 1m', 'stop_grace_period: 60']],
      ['value-type', 'error', 'compose.yml', 'stop_grace_period: 60'],
    ],
    [
      'a text where a number is wanted',
      [['compose.yml', 'retries: 5', 'retries: "5"']],
      ['value-type', 'error', 'compose.yml', 'retries: "5"'],
    ],
    [
      'a text where a switch is wanted',
      [['compose.yml', '    entrypoint:', '    init: "true"\n    entrypoint:']],
      ['value-type', 'error', 'compose.yml', 'init: "true"'],
    ],
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
});
