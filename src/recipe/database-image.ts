import { splitImage } from '../ports/image-name.ts';

/** Database servers by the way they are talked to: `redis` is also Valkey, KeyDB and Dragonfly, `mysql` also Percona's. */
export type DatabaseKind =
  | 'postgres'
  | 'mariadb'
  | 'mysql'
  | 'mongo'
  | 'redis'
  | 'clickhouse'
  | 'elasticsearch'
  | 'opensearch'
  | 'meilisearch';

export interface DatabaseImage {
  readonly kind: DatabaseKind;
  /** Of the server, as the tag says it, such as `16.8`. */
  readonly version: string | undefined;
  /** Where the image keeps its data unless it is told otherwise. */
  readonly dataPath: string;
  /** The image raises the data of an older major version by itself. */
  readonly upgradesItself: boolean;
}

/** What an image reference says; undefined for images that are no database server known here. */
export function databaseImage(reference: string): DatabaseImage | undefined {
  const { repository, tag = '' } = splitImage(reference);
  const known = IMAGES.find(({ names }) => names.test(repository));
  if (known === undefined) return undefined;
  const version = versionOf(tag, known.tags ?? 'leading');
  return {
    kind: known.kind,
    version,
    dataPath: known.dataPath ?? defaultDataPath(known.kind, majorOf(version)),
    upgradesItself: known.upgradesItself ?? (known.kind === 'mysql' && (majorOf(version) ?? 0) >= 8),
  };
}

/** The first number of a version. */
export function majorOf(version: string | undefined): number | undefined {
  return version === undefined ? undefined : Number.parseInt(version, 10);
}

export function defaultDataPath(kind: DatabaseKind, major: number | undefined): string {
  // From 18 on the official image keeps each major version in a folder of its own.
  if (kind === 'postgres' && (major ?? 0) >= 18) return `/var/lib/postgresql/${major}/docker`;
  return DATA_PATHS[kind];
}

const DATA_PATHS: Readonly<Record<DatabaseKind, string>> = {
  postgres: '/var/lib/postgresql/data',
  mariadb: '/var/lib/mysql',
  mysql: '/var/lib/mysql',
  mongo: '/data/db',
  redis: '/data',
  clickhouse: '/var/lib/clickhouse',
  elasticsearch: '/usr/share/elasticsearch/data',
  opensearch: '/usr/share/opensearch/data',
  meilisearch: '/meili_data',
};

interface KnownImage {
  /** Of the repository, without tag and digest. */
  readonly names: RegExp;
  readonly kind: DatabaseKind;
  /** `leading`: the tag begins with the server's version; `pg`: it stands behind `pg`, and another one may lead. */
  readonly tags?: 'leading' | 'pg';
  readonly dataPath?: string;
  readonly upgradesItself?: boolean;
}

/** The first that fits counts. Exporters, poolers and backup tools have other last names. */
const IMAGES: readonly KnownImage[] = [
  {
    names: /(^|\/)bitnami[a-z]*\/postgresql(-repmgr)?$/,
    kind: 'postgres',
    dataPath: '/bitnami/postgresql/data',
  },
  { names: /(^|\/)bitnami[a-z]*\/mariadb$/, kind: 'mariadb', dataPath: '/bitnami/mariadb/data' },
  { names: /(^|\/)bitnami[a-z]*\/mysql$/, kind: 'mysql', dataPath: '/bitnami/mysql/data' },
  { names: /(^|\/)bitnami[a-z]*\/mongodb$/, kind: 'mongo', dataPath: '/bitnami/mongodb' },
  { names: /(^|\/)bitnami[a-z]*\/(redis|valkey|keydb)$/, kind: 'redis', dataPath: '/bitnami' },
  { names: /(^|\/)bitnami[a-z]*\/clickhouse$/, kind: 'clickhouse', dataPath: '/bitnami/clickhouse' },
  { names: /(^|\/)linuxserver\/mariadb$/, kind: 'mariadb', dataPath: '/config' },
  { names: /(^|\/)pgautoupgrade$/, kind: 'postgres', upgradesItself: true },
  { names: /(^|\/)timescaledb-ha$/, kind: 'postgres', tags: 'pg', dataPath: '/home/postgres/pgdata/data' },
  {
    names: /(^|\/)(pgvector|pgvecto-rs|timescaledb|vchord-postgres|vchord-suite)$/,
    kind: 'postgres',
    tags: 'pg',
  },
  { names: /(^|\/)(postgres|postgresql|postgis|postgres-[a-z]*vector[a-z]*)$/, kind: 'postgres' },
  { names: /(^|\/)mariadb$/, kind: 'mariadb' },
  { names: /(^|\/)(mysql|mysql-server|percona|percona-server)$/, kind: 'mysql' },
  { names: /(^|\/)(mongo|mongodb|mongodb-community-server|percona-server-mongodb)$/, kind: 'mongo' },
  { names: /(^|\/)(redis|redis-stack|redis-stack-server|valkey|keydb|dragonfly)$/, kind: 'redis' },
  { names: /(^|\/)(clickhouse|clickhouse-server)$/, kind: 'clickhouse' },
  { names: /(^|\/)elasticsearch$/, kind: 'elasticsearch' },
  { names: /(^|\/)opensearch$/, kind: 'opensearch' },
  { names: /(^|\/)meilisearch(-enterprise)?$/, kind: 'meilisearch' },
];

function versionOf(tag: string, tags: 'leading' | 'pg'): string | undefined {
  const behind = /(?:^|[-_.])pg(\d+(?:\.\d+)*)/.exec(tag)?.[1];
  return behind ?? (tags === 'leading' ? /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1] : undefined);
}
