import { describe, expect, test } from 'vitest';
import { recipeOf } from '../../test/support/recipe.ts';
import type { Database } from './databases.ts';

describe('a database is recognised by its image', () => {
  test.each([
    ['postgres:16.8-alpine', 'postgres', 16, '/var/lib/postgresql/data'],
    ['docker.io/library/postgres:9.6', 'postgres', 9, '/var/lib/postgresql/data'],
    ['postgres:18', 'postgres', 18, '/var/lib/postgresql/18/docker'],
    ['postgres', 'postgres', undefined, '/var/lib/postgresql/data'],
    ['postgres:alpine', 'postgres', undefined, '/var/lib/postgresql/data'],
    ['postgres:15@sha256:00', 'postgres', 15, '/var/lib/postgresql/data'],
    ['registry.example:5000/mirror/postgres:14', 'postgres', 14, '/var/lib/postgresql/data'],
    ['postgis/postgis:16-3.4', 'postgres', 16, '/var/lib/postgresql/data'],
    ['pgvector/pgvector:pg16', 'postgres', 16, '/var/lib/postgresql/data'],
    ['pgvector/pgvector:0.8.0-pg17', 'postgres', 17, '/var/lib/postgresql/data'],
    ['pgvector/pgvector:0.8.0', 'postgres', undefined, '/var/lib/postgresql/data'],
    [
      'ghcr.io/immich-app/postgres:14-vectorchord0.4.3-pgvectors0.2.0',
      'postgres',
      14,
      '/var/lib/postgresql/data',
    ],
    ['tensorchord/pgvecto-rs:pg14-v0.2.0', 'postgres', 14, '/var/lib/postgresql/data'],
    ['timescale/timescaledb:2.14.2-pg16', 'postgres', 16, '/var/lib/postgresql/data'],
    ['timescale/timescaledb-ha:pg16.2-ts2.14', 'postgres', 16, '/home/postgres/pgdata/data'],
    ['supabase/postgres:15.1.0.147', 'postgres', 15, '/var/lib/postgresql/data'],
    ['bitnami/postgresql:16.2.0-debian-12', 'postgres', 16, '/bitnami/postgresql/data'],
    ['bitnamilegacy/postgresql:13', 'postgres', 13, '/bitnami/postgresql/data'],
    ['mariadb:11.4', 'mariadb', 11, '/var/lib/mysql'],
    ['bitnami/mariadb:10.11', 'mariadb', 10, '/bitnami/mariadb/data'],
    ['mysql:8.0', 'mysql', 8, '/var/lib/mysql'],
    ['percona/percona-server:8.4', 'mysql', 8, '/var/lib/mysql'],
    ['mongo:7.0', 'mongo', 7, '/data/db'],
    ['redis:7-alpine', 'redis', 7, '/data'],
    ['valkey/valkey:8.0', 'redis', 8, '/data'],
    ['eqalpha/keydb:x86_64_v6.3.4', 'redis', undefined, '/data'],
    ['clickhouse/clickhouse-server:24.8-alpine', 'clickhouse', 24, '/var/lib/clickhouse'],
    [
      'docker.elastic.co/elasticsearch/elasticsearch:8.13.0',
      'elasticsearch',
      8,
      '/usr/share/elasticsearch/data',
    ],
    ['opensearchproject/opensearch:2.11.0', 'opensearch', 2, '/usr/share/opensearch/data'],
    ['getmeili/meilisearch:v1.6', 'meilisearch', 1, '/meili_data'],
  ])('%s', (image, kind, major, dataPath) => {
    expect(databases(`db:\n    image: ${image}`)).toMatchObject([{ service: 'db', kind, major, dataPath }]);
  });

  test.each([
    'nginx:1.27',
    'prometheuscommunity/postgres-exporter:v0.15',
    'edoburu/pgbouncer:1.22',
    'prodrigestivill/postgres-backup-local:16',
    'mongo-express:1.0',
    'postgrest/postgrest:v12',
    'mysql-proxy/app:1',
    'registry.example:5000/app',
  ])('%s is none', (image) => {
    expect(databases(`db:\n    image: ${image}`)).toEqual([]);
  });

  test('whose tag comes from a variable', () => {
    expect(databases('db:\n    image: postgres:${PG:-15}-alpine')).toMatchObject([
      { major: 15, version: '15' },
    ]);
  });
});

describe('a database is recognised without its image', () => {
  test.each([
    ['the program of its command', 'command: postgres -c shared_buffers=1GB', 'postgres'],
    ['a command in words', 'command: ["mariadbd", "--skip-name-resolve"]', 'mariadb'],
    ['a command behind a shell', 'command: sh -c "exec redis-server --save 60"', 'redis'],
    ['an entrypoint', 'entrypoint: ["docker-entrypoint.sh", "mongod"]', 'mongo'],
    [
      'its data and a variable of its own',
      'volumes: ["vol:/var/lib/mysql"]\n    environment: [MARIADB_ROOT_PASSWORD_FILE=/run/secrets/root]',
      'mariadb',
    ],
    ['its data and its port', 'volumes: ["vol:/var/lib/postgresql/data"]\n    ports: ["5432"]', 'postgres'],
  ])('by %s', (_, text, kind) => {
    expect(databases(`db:\n    image: registry.example/own:1\n    ${text}`)).toMatchObject([{ kind }]);
  });

  test.each([
    ['an app that only has the password of one', 'environment: [POSTGRES_PASSWORD=x, POSTGRES_HOST=db]'],
    ['a volume at the place of another program', 'volumes: ["vol:/data"]\n    ports: ["6379"]'],
    ['a volume with a SQLite file', 'volumes: ["vol:/app/data/db.sqlite3"]'],
  ])('but %s is none', (_, text) => {
    expect(databases(`app:\n    image: registry.example/own:1\n    ${text}`)).toEqual([]);
  });

  test.each([
    'command: pg_dump -h db -f /backup/x.sql',
    'entrypoint: ["/bin/sh", "-c", "while true; do pg_dumpall -h db > /b/x; sleep 3600; done"]',
    'command: ["bash", "-c", "psql -h db -f /init.sql"]',
  ])('and a client in the image of a server is none: %s', (text) => {
    expect(databases(`dump:\n    image: postgres:16\n    ${text}`)).toEqual([]);
  });
});

describe('what is known of a database', () => {
  test('is who may enter, with what, and where its data is', () => {
    const [database] = databases(`db:
    image: postgres:16
    environment:
      - POSTGRES_USER=reader
      - POSTGRES_DB=\${DB_NAME:-books}
      - POSTGRES_PASSWORD_FILE=/run/secrets/db_pw
    secrets: [db_pw]
    volumes: ["pgdata:/var/lib/postgresql/data", "hooks:/var/lib"]`);
    expect(database).toEqual({
      ...{ service: 'db', kind: 'postgres', version: '16', major: 16 },
      ...{ user: 'reader', database: 'books', password: { kind: 'secret', target: 'db_pw' } },
      ...{ dataPath: '/var/lib/postgresql/data', volume: 'pgdata', upgradesItself: false },
    });
  });

  test.each([
    [
      'PostgreSQL names its database after its user',
      'image: postgres',
      { user: 'postgres', database: 'postgres' },
    ],
    [
      'a renamed secret is told by its target',
      'image: postgres\n    secrets: [{source: x, target: pw}]\n    environment: [POSTGRES_PASSWORD_FILE=/run/secrets/pw]',
      { password: { kind: 'secret', target: 'pw' } },
    ],
    [
      'a secret mounted elsewhere',
      'image: postgres\n    secrets: [{source: x, target: /pw}]\n    environment: [POSTGRES_PASSWORD_FILE=/pw]',
      { password: { kind: 'secret', target: '/pw' } },
    ],
    [
      'a file that is no secret',
      'image: postgres\n    environment: [POSTGRES_PASSWORD_FILE=/etc/pw]',
      { password: { kind: 'file', path: '/etc/pw' } },
    ],
    [
      'a password in the environment',
      'image: mysql:8\n    environment: {MYSQL_USER: u, MYSQL_PASSWORD: p, MYSQL_ROOT_PASSWORD: r, MYSQL_DATABASE: d}',
      { user: 'u', database: 'd', password: { kind: 'env', variable: 'MYSQL_PASSWORD' } },
    ],
    [
      'only the administrator',
      'image: mariadb:11\n    secrets: [root]\n    environment: {MYSQL_ROOT_PASSWORD_FILE: /run/secrets/root}',
      { user: 'root', database: undefined, password: { kind: 'secret', target: 'root' } },
    ],
    [
      'names of Bitnami',
      'image: bitnami/postgresql:16\n    environment: {POSTGRESQL_USERNAME: u, POSTGRESQL_DATABASE: d, POSTGRESQL_PASSWORD: p}\n    volumes: ["vol:/bitnami/postgresql"]',
      { user: 'u', database: 'd', volume: 'vol', password: { kind: 'env', variable: 'POSTGRESQL_PASSWORD' } },
    ],
    [
      'data that was moved',
      'image: postgres:16\n    environment: [PGDATA=/pg/data]\n    volumes: ["vol:/pg", "old:/var/lib/postgresql/data"]',
      { dataPath: '/pg/data', volume: 'vol' },
    ],
    [
      'a mount of a release before 18, which covers nothing any more',
      'image: postgres:18\n    volumes: ["vol:/var/lib/postgresql/data"]',
      { volume: undefined },
    ],
    ['a mount of 18', 'image: postgres:18\n    volumes: ["vol:/var/lib/postgresql"]', { volume: 'vol' }],
    [
      'a path of the host',
      'image: postgres:16\n    volumes: ["/srv:/var/lib/postgresql/data"]',
      { volume: undefined },
    ],
    [
      'one that upgrades itself',
      'image: pgautoupgrade/pgautoupgrade:16-alpine',
      { major: 16, upgradesItself: true },
    ],
    [
      'MariaDB that is told to',
      'image: mariadb:11\n    environment: [MARIADB_AUTO_UPGRADE=1]',
      { upgradesItself: true },
    ],
    [
      'MariaDB that is told not to',
      'image: mariadb:11\n    environment: [MARIADB_AUTO_UPGRADE=0]',
      { upgradesItself: false },
    ],
    ['MySQL, which does since 8', 'image: mysql:8.4', { upgradesItself: true }],
    ['Redis, which has no users', 'image: redis:7', { user: undefined, password: undefined }],
    [
      'Meilisearch, which has a key',
      'image: getmeili/meilisearch:v1.6\n    environment: [MEILI_MASTER_KEY=k]',
      { password: { kind: 'env', variable: 'MEILI_MASTER_KEY' } },
    ],
  ])('is right for %s', (_, text, known) => {
    expect(databases(`db:\n    ${text}`)[0]).toMatchObject(known);
  });
});

test('a stack may have several', () => {
  const found = databases(
    'app:\n    image: a\n  db:\n    image: postgres:16\n  cache:\n    image: redis:7\n  ch:\n    image: clickhouse/clickhouse-server:24',
  );
  expect(found.map(({ service, kind }) => [service, kind])).toEqual([
    ['db', 'postgres'],
    ['cache', 'redis'],
    ['ch', 'clickhouse'],
  ]);
});

function databases(services: string): readonly Database[] {
  return recipeOf({ 'compose.yml': `services:\n  ${services}\n` }).databases;
}
