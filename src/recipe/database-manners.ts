import type { DatabaseKind } from './database-image.ts';

/** How a kind of server is told what to be; the first variable that is set counts. */
interface Manner {
  /** Names of the programs that serve. */
  readonly programs: RegExp;
  readonly port: string;
  readonly user: readonly string[];
  readonly defaultUser: string | undefined;
  readonly database: readonly string[];
  /** Of `user`, where one is set. */
  readonly password: readonly string[];
  /** Of the administrator. */
  readonly adminPassword: readonly string[];
  /** The variable that moves the data elsewhere. */
  readonly dataPath?: string;
}

const MYSQL_LIKE = {
  user: ['MARIADB_USER', 'MYSQL_USER'],
  defaultUser: 'root',
  database: ['MARIADB_DATABASE', 'MYSQL_DATABASE'],
  password: ['MARIADB_PASSWORD', 'MYSQL_PASSWORD'],
  adminPassword: ['MARIADB_ROOT_PASSWORD', 'MYSQL_ROOT_PASSWORD'],
  port: '3306',
} as const;

export const MANNERS: Readonly<Record<DatabaseKind, Manner>> = {
  postgres: {
    programs: /^(postgres|postmaster)$/,
    port: '5432',
    user: ['POSTGRES_USER', 'POSTGRESQL_USERNAME', 'POSTGRESQL_USER'],
    defaultUser: 'postgres',
    database: ['POSTGRES_DB', 'POSTGRESQL_DATABASE'],
    password: ['POSTGRES_PASSWORD', 'POSTGRESQL_PASSWORD'],
    adminPassword: ['POSTGRES_PASSWORD', 'POSTGRESQL_POSTGRES_PASSWORD', 'POSTGRESQL_PASSWORD'],
    dataPath: 'PGDATA',
  },
  mariadb: { ...MYSQL_LIKE, programs: /^(mariadbd(-safe)?)$/ },
  mysql: { ...MYSQL_LIKE, programs: /^(mysqld(_safe)?)$/ },
  mongo: {
    programs: /^mongod$/,
    port: '27017',
    user: ['MONGO_INITDB_ROOT_USERNAME', 'MONGODB_ROOT_USER'],
    defaultUser: undefined,
    database: ['MONGO_INITDB_DATABASE', 'MONGODB_DATABASE'],
    password: ['MONGO_INITDB_ROOT_PASSWORD', 'MONGODB_ROOT_PASSWORD'],
    adminPassword: ['MONGO_INITDB_ROOT_PASSWORD', 'MONGODB_ROOT_PASSWORD'],
  },
  redis: {
    programs: /^(redis|valkey|keydb)-server$/,
    port: '6379',
    user: [],
    defaultUser: undefined,
    database: [],
    password: [],
    adminPassword: ['REDIS_PASSWORD', 'VALKEY_PASSWORD'],
  },
  clickhouse: {
    programs: /^clickhouse(-server)?$/,
    port: '8123',
    user: ['CLICKHOUSE_USER', 'CLICKHOUSE_ADMIN_USER'],
    defaultUser: 'default',
    database: ['CLICKHOUSE_DB'],
    password: ['CLICKHOUSE_PASSWORD', 'CLICKHOUSE_ADMIN_PASSWORD'],
    adminPassword: ['CLICKHOUSE_PASSWORD', 'CLICKHOUSE_ADMIN_PASSWORD'],
  },
  elasticsearch: {
    programs: /^elasticsearch$/,
    port: '9200',
    user: [],
    defaultUser: 'elastic',
    database: [],
    password: [],
    adminPassword: ['ELASTIC_PASSWORD'],
  },
  opensearch: {
    programs: /^opensearch(-docker-entrypoint\.sh)?$/,
    port: '9200',
    user: [],
    defaultUser: 'admin',
    database: [],
    password: [],
    adminPassword: ['OPENSEARCH_INITIAL_ADMIN_PASSWORD'],
  },
  meilisearch: {
    programs: /^meilisearch$/,
    port: '7700',
    user: [],
    defaultUser: undefined,
    database: [],
    password: [],
    adminPassword: ['MEILI_MASTER_KEY'],
    dataPath: 'MEILI_DB_PATH',
  },
};
