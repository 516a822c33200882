import {
  type DatabaseImage,
  type DatabaseKind,
  databaseImage,
  defaultDataPath,
  majorOf,
} from './database-image.ts';
import { MANNERS } from './database-manners.ts';
import type { RecipeService } from './services.ts';

/** A database server that a recipe brings along, as far as its compose files tell. */
export interface Database {
  readonly service: string;
  readonly kind: DatabaseKind;
  /** Of the server, not of an extension; undefined where the tag does not say. */
  readonly version: string | undefined;
  /** The first number of `version`. */
  readonly major: number | undefined;
  readonly user: string | undefined;
  /** The database that is made at the first start. */
  readonly database: string | undefined;
  /** Undefined where the server asks for none, or nothing here says where it comes from. */
  readonly password: PasswordSource | undefined;
  /** Where the server keeps its data in the container. */
  readonly dataPath: string;
  /** Compose key of the volume that holds `dataPath`; undefined where none does. */
  readonly volume: string | undefined;
  /** The server raises the data of an older major version by itself. */
  readonly upgradesItself: boolean;
}

/** Where a client inside the container finds the password. */
export type PasswordSource =
  | { readonly kind: 'secret'; readonly target: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'env'; readonly variable: string };

/**
 * Recognises a server by its image, else by the program that its command starts, else by a
 * volume at the place where such a server keeps its data together with its own variables or
 * port. A SQLite file in a volume is none of these.
 */
export function databasesOf(services: readonly RecipeService[]): readonly Database[] {
  return services.flatMap((service) => {
    const image = recognise(service);
    return image === undefined ? [] : [describe(service, image)];
  });
}

/** Programs that talk to a server: a service that starts one is no server, whatever its image. */
const CLIENTS =
  /(?:^|[\s/;&|(])(?:pg_dump|pg_dumpall|pg_restore|pg_basebackup|psql|mysqldump|mariadb-dump|mongodump|mongosh|redis-cli|createbuckets)(?:\s|$)/;

function recognise(service: RecipeService): DatabaseImage | undefined {
  const words = [...(service.entrypoint?.words ?? []), ...(service.command?.words ?? [])];
  const program = programOf(words);
  const byProgram = KINDS.find((kind) => MANNERS[kind].programs.test(program));
  const image = databaseImage(service.image?.value ?? '');
  if (byProgram === undefined && CLIENTS.test(words.join(' '))) return undefined;
  if (image !== undefined) return image;
  const kind = byProgram ?? KINDS.find((candidate) => looksLike(candidate, service));
  if (kind === undefined) return undefined;
  return { kind, version: undefined, dataPath: defaultDataPath(kind, undefined), upgradesItself: false };
}

const KINDS: readonly DatabaseKind[] = [
  'postgres',
  'mariadb',
  'mysql',
  'mongo',
  'redis',
  'clickhouse',
  'elasticsearch',
  'opensearch',
  'meilisearch',
];

/** The first word that is no shell or wrapper, without its folder. */
function programOf(words: readonly string[]): string {
  const all = words.flatMap((word) => word.split(/[\s"']+/)).filter((word) => word !== '');
  const first = all.find(
    (word) => !/(^|\/)(sh|bash|ash|exec|tini|dumb-init|docker-entrypoint\.sh|gosu|env)$|^-/.test(word),
  );
  return (first ?? '').replace(/^.*\//, '');
}

function looksLike(kind: DatabaseKind, service: RecipeService): boolean {
  const { password, adminPassword, database, port } = MANNERS[kind];
  const path = defaultDataPath(kind, undefined);
  // `/data` is anybody's.
  const mounted = kind !== 'redis' && service.mounts.some((mount) => mount.target === path);
  const variables = new Set([...password, ...adminPassword, ...database]);
  const told = service.environment.some(({ key }) => variables.has(key.replace(/_FILE$/, '')));
  return mounted && (told || service.ports.some((one) => one.target === port));
}

function describe(service: RecipeService, image: DatabaseImage): Database {
  const manner = MANNERS[image.kind];
  const value = (names: readonly string[]) => settingOf(service, names);
  const user = value(manner.user);
  const major = majorOf(image.version);
  const ownPath = manner.dataPath === undefined ? undefined : value([manner.dataPath]);
  const dataPath = ownPath?.startsWith('/') === true ? ownPath : image.dataPath;
  return {
    service: service.name,
    kind: image.kind,
    version: image.version,
    major,
    user: user ?? manner.defaultUser,
    // PostgreSQL names its first database after the user.
    database:
      value(manner.database) ?? (image.kind === 'postgres' ? (user ?? manner.defaultUser) : undefined),
    password: passwordOf(service, user === undefined ? manner.adminPassword : manner.password),
    dataPath,
    volume: volumeOver(service, dataPath),
    upgradesItself: image.upgradesItself || autoUpgrades(service),
  };
}

/** A variable's value; one that is given by `_FILE` is not known. */
function settingOf(service: RecipeService, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = service.environment.find(({ key }) => key === name)?.value;
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

function passwordOf(service: RecipeService, names: readonly string[]): PasswordSource | undefined {
  for (const name of names) {
    const path = settingOf(service, [`${name}_FILE`]);
    if (path !== undefined) return secretAt(service, path) ?? { kind: 'file', path };
    if (service.environment.some(({ key }) => key === name)) return { kind: 'env', variable: name };
  }
  return undefined;
}

function secretAt(service: RecipeService, path: string): PasswordSource | undefined {
  const targets = service.secrets.map(({ source, target }) => target ?? source);
  const target = targets.find((one) => one === path || `/run/secrets/${one}` === path);
  return target === undefined ? undefined : { kind: 'secret', target };
}

/** Of several mounts the one nearest to the path holds it. */
function volumeOver(service: RecipeService, path: string): string | undefined {
  const over = service.mounts
    .filter(({ target }) => path === target || path.startsWith(`${target.replace(/\/$/, '')}/`))
    .sort((a, b) => b.target.length - a.target.length)[0];
  return over?.type === 'volume' ? over.source : undefined;
}

function autoUpgrades(service: RecipeService): boolean {
  const asked = settingOf(service, ['MARIADB_AUTO_UPGRADE', 'MEILI_EXPERIMENTAL_DUMPLESS_UPGRADE']);
  return asked !== undefined && !/^(0|no|false)$/i.test(asked);
}
