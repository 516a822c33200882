import { splitImage } from '../../ports/image-name.ts';
import type { Finding } from '../finding.ts';
import { variablesIn } from '../interpolate.ts';
import type { RecipeService } from '../services.ts';
import { type DatabaseVersion, databaseOf } from './images.ts';
import { found, isOffered, type View } from './view.ts';

const MOVING =
  /^(latest|stable|main|master|nightly|edge|dev|devel|develop|development|rolling|unstable|testing|canary|next|lts|mainline|snapshot)([-.].*)?$/i;

/** Images that are not the same tomorrow, or cannot be had everywhere. */
export function imageFindings(view: View): readonly Finding[] {
  return view.services.flatMap((service) => {
    const { image } = service;
    if (image === undefined || image.raw === '') return [];
    const empty = variablesIn(image.raw).find(
      ({ name, fallback }) => fallback === undefined && (view.env[name] ?? '') === '',
    );
    if (empty !== undefined) {
      if (isOffered(view.recipe, empty.name) && view.overlay !== undefined) return [];
      return [
        found(
          'image-unset',
          'error',
          image,
          `The image of service \`${service.name}\` comes from \`${empty.name}\`, which has no value in .env.sample and no default.`,
          `Write \`\${${empty.name}:-<image>:<tag>}\`, or better the image itself.`,
        ),
      ];
    }
    return [...moving(service, image), ...oddities(service, image), ...oldPath(service, image)];
  });
}

type Image = NonNullable<RecipeService['image']>;

/** B47 (R003, R004 of abra's lint) */
function moving(service: RecipeService, image: Image): Finding[] {
  const { tag, digest, repository } = splitImage(image.value);
  if (digest !== undefined) return [];
  if (tag !== undefined && /\d/.test(tag) && !MOVING.test(tag)) return series(service, image, tag);
  const what = tag === undefined ? 'has no tag, which means `latest`' : `has the moving tag \`${tag}\``;
  return [
    found(
      'B47',
      'warning',
      image,
      `The image ${repository} of service \`${service.name}\` ${what}: what is tested today is not what is deployed tomorrow.`,
      'Write the tag of one release.',
    ),
  ];
}

/**
 * B47 as it broke every release of a recipe at once: the tag names a series, and a script of the
 * recipe starts a file of the image by its name.
 */
function series(service: RecipeService, image: Image, tag: string): Finding[] {
  const script = service.entrypoint?.words.find((word) =>
    service.configs.some(({ target }) => target === word),
  );
  // Databases keep their files where they are within a series.
  if (script === undefined || databaseOf(image.value) !== undefined || !/^v?(0\.)?\d+([-_].*)?$/.test(tag))
    return [];
  return [
    found(
      'B47',
      'warning',
      image,
      `The tag \`${tag}\` of service \`${service.name}\` names a series, and ${script} is the recipe's own: a new image under this tag may have its files elsewhere, and no release starts any more.`,
      'Write the tag of one release.',
    ),
  ];
}

/** B48, B83, B85 */
function oddities(service: RecipeService, image: Image): Finding[] {
  const { repository, tag, digest } = splitImage(image.value);
  const gone = /^(docker\.io\/)?bitnami\//.test(repository);
  return [
    ...(gone
      ? [
          found(
            'B48',
            'warning',
            image,
            `The images of ${repository} (service \`${service.name}\`) were moved away from where they were published; a tag of a release may not be there any more.`,
            'Use the image of the project itself.',
          ),
        ]
      : []),
    ...(tag !== undefined && digest !== undefined
      ? [
          found(
            'B83',
            'note',
            image,
            `The image of service \`${service.name}\` has a tag and a digest; \`abra recipe upgrade\` refuses that, deploying works.`,
            'Keep one of them if maintainers use `abra recipe upgrade`.',
          ),
        ]
      : []),
    ...(/[-_](amd64|x86_64|arm64|aarch64|armv7|arm32v7)$/.test(tag ?? '')
      ? [
          found(
            'B85',
            'note',
            image,
            `The image of service \`${service.name}\` is made for one architecture (\`${tag ?? ''}\`); nodes of another cannot run it.`,
            'Use the tag without an architecture, if there is one.',
          ),
        ]
      : []),
  ];
}

/** B50 */
function oldPath(service: RecipeService, image: Image): Finding[] {
  const database = databaseOf(image.value);
  const major = database?.version[0] ?? 0;
  const mount = service.mounts.find(
    ({ target }) => target.replace(/\/+$/, '') === '/var/lib/postgresql/data',
  );
  const moved = service.environment.some(({ key }) => key === 'PGDATA');
  if (database?.kind !== 'postgres' || major < 18 || mount === undefined || moved) return [];
  const official = /^(docker\.io\/)?(library\/)?postgres$/.test(database.repository);
  return [
    found(
      'B50',
      official ? 'error' : 'warning',
      mount,
      `From major 18 the PostgreSQL image of service \`${service.name}\` keeps its data below /var/lib/postgresql, so a volume at ${mount.target} no longer covers it.`,
      'Mount the volume at /var/lib/postgresql, or set `PGDATA=/var/lib/postgresql/data`.',
    ),
  ];
}

/** B49, B51, B52, B53: what a new image does with data that an older one wrote. */
export function imageStepFindings(view: View, base: View): readonly Finding[] {
  return view.services.flatMap((service) => {
    const before = base.services.find(({ name }) => name === service.name);
    const { image } = service;
    if (image === undefined || before?.image === undefined || image.value === before.image.value) return [];
    const [now, then] = [databaseOf(image.value), databaseOf(before.image.value)];
    if (now === undefined || then === undefined || now.kind !== then.kind)
      return lower(service, before.image.value, image);
    if (!sharesVolume(service, before) || now.version.length === 0 || then.version.length === 0) return [];
    return databaseStep(service, image, now, then);
  });
}

function sharesVolume(service: RecipeService, before: RecipeService): boolean {
  return service.mounts.some(
    ({ type, source }) =>
      type === 'volume' && source !== undefined && before.mounts.some((mount) => mount.source === source),
  );
}

function databaseStep(
  service: RecipeService,
  image: Image,
  now: DatabaseVersion,
  then: DatabaseVersion,
): Finding[] {
  const order = compare(now.version, then.version);
  const versions = `${then.version.join('.')} to ${now.version.join('.')}`;
  if (order < 0) {
    if (now.kind === 'postgres' && now.version[0] === then.version[0]) return [];
    return [
      found(
        'B53',
        'error',
        image,
        `Database \`${service.name}\` goes back from ${versions}; a server does not read what a newer one wrote.`,
        'Keep the version that is released.',
      ),
    ];
  }
  const step = STEPS[now.kind];
  return step === undefined ? [] : step(service, image, now, then, versions);
}

type Step = (
  service: RecipeService,
  image: Image,
  now: DatabaseVersion,
  then: DatabaseVersion,
  versions: string,
) => Finding[];

const set = (service: RecipeService, variable: RegExp) =>
  service.environment.some(
    ({ key, value }) => variable.test(key) && !['', '0', 'false', 'no'].includes(value ?? ''),
  );

const STEPS: Partial<Record<DatabaseVersion['kind'], Step>> = {
  postgres(service, image, now, then, versions) {
    if (now.version[0] === then.version[0] || now.upgradesItself) return [];
    const own =
      service.entrypoint !== undefined ||
      service.configs.some(({ target }) => /upgrade|entrypoint/i.test(target ?? ''));
    return [
      found(
        'B49',
        own ? 'warning' : 'error',
        image,
        `PostgreSQL of service \`${service.name}\` goes from ${versions} on the same volume: the data directory was made by ${then.version[0]}, and server ${now.version[0]} does not read it.`,
        'Keep the major version, or migrate: a dump and a load in a new volume, or an image that upgrades by itself such as pgautoupgrade/pgautoupgrade.',
      ),
    ];
  },
  mariadb(service, image, now, then, versions) {
    const series = (version: readonly number[]) => version.slice(0, 2).join('.');
    const official = /^(docker\.io\/)?(library\/)?mariadb$/.test(now.repository);
    if (!official || series(now.version) === series(then.version) || set(service, /^MARIADB_AUTO_UPGRADE$/))
      return [];
    return [
      found(
        'B51',
        'warning',
        image,
        `MariaDB of service \`${service.name}\` goes from ${versions} without \`MARIADB_AUTO_UPGRADE\`, so the system tables are not upgraded.`,
        `Add \`- MARIADB_AUTO_UPGRADE=1\` to \`environment:\` of service \`${service.name}\`.`,
      ),
    ];
  },
  meilisearch(service, image, now, then, versions) {
    const same = now.version[0] === then.version[0] && now.version[1] === then.version[1];
    const dumpless =
      set(service, /DUMPLESS_UPGRADE/) ||
      [service.command, service.entrypoint].some((one) => one?.words.join(' ').includes('dumpless') === true);
    if (same || dumpless) return [];
    return [otherFormat(service, image, 'Meilisearch', versions)];
  },
  elasticsearch(service, image, now, then, versions) {
    return (now.version[0] ?? 0) - (then.version[0] ?? 0) > 1
      ? [otherFormat(service, image, 'The search engine', versions)]
      : [];
  },
  mongo(service, image, now, then, versions) {
    return (now.version[0] ?? 0) - (then.version[0] ?? 0) > 1
      ? [otherFormat(service, image, 'MongoDB', versions)]
      : [];
  },
};

/** B52 */
function otherFormat(service: RecipeService, image: Image, name: string, versions: string): Finding {
  return found(
    'B52',
    'warning',
    image,
    `${name} of service \`${service.name}\` goes from ${versions} on the same volume and refuses the format of the older one.`,
    'Go in the steps that its manual allows, or let a hook dump and load the data.',
  );
}

/** B53 for images that are no database: tags that only differ in their numbers. */
function lower(service: RecipeService, before: string, image: Image): Finding[] {
  const [old, now] = [splitImage(before), splitImage(image.value)];
  const [oldParts, parts] = [old, now].map(({ tag }) =>
    /^v?(\d+(?:\.\d+)+)(.*)$/.exec(tag ?? ''),
  ) as (RegExpExecArray | null)[];
  if (old.repository !== now.repository || !oldParts || !parts || oldParts[2] !== parts[2]) return [];
  const numbers = (found: RegExpExecArray) => (found[1] ?? '').split('.').map(Number);
  if (compare(numbers(parts), numbers(oldParts)) >= 0) return [];
  const stored = service.mounts.some(({ type }) => type === 'volume') || service.name === 'app';
  return stored
    ? [
        found(
          'B53',
          'warning',
          image,
          `The image of service \`${service.name}\` goes back from ${old.tag ?? ''} to ${now.tag ?? ''}; an app often refuses data of a newer version.`,
          'Keep the newer version, or say in the release notes why going back is safe.',
        ),
      ]
    : [];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, index) => number !== (b[index] ?? number));
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
