import { type RecipeFiles, replace } from '../custom-html/recipe-files.ts';
import {
  type Definition,
  MARIADB,
  MINIFLUX_NEW,
  MINIFLUX_OLD,
  MUMBLE_NEW,
  MUMBLE_OLD,
  NGINX_NEW,
  NGINX_NEXT,
  POSTGRES,
  POWERDNS_NEW,
  POWERDNS_OLD,
  REDIS,
  WEBDIS_NEW,
  WEBDIS_OLD,
} from '../images/definitions.ts';

export type RecipeName = 'reader' | 'powerdns' | 'webdis' | 'mumble' | 'noticeboard';

/** One commit in the history of a recipe, told by what it does to the files before it. */
export interface Step {
  /** Version label, and tag where it is a release. */
  readonly version: string;
  readonly message: string;
  /** Release note. */
  readonly note: string;
  /** Image by the name that stands for it in the files, `APP` for `__APP_IMAGE__`. */
  readonly images: Readonly<Record<string, Definition>>;
  readonly edit?: (before: RecipeFiles) => RecipeFiles;
}

/** Two releases on `main`, and a proposed change: what an operator had, has, and is offered. */
export interface History {
  readonly releases: readonly [Step, Step];
  readonly head: Step;
}

const reader = { DB: POSTGRES };
const powerdns = { DB: MARIADB };
const webdis = { REDIS };

/** The files in the directories beside this one are those of each first release. */
export const RECIPES: Readonly<Record<RecipeName, History>> = {
  reader: {
    releases: [
      {
        ...{ version: '1.0.0+2.2.6', message: 'Read feeds with Miniflux', note: 'The first release.' },
        images: { ...reader, APP: MINIFLUX_OLD },
      },
      {
        version: '1.1.0+2.2.6',
        message: 'Write the dump beside the last one, so that a failed dump does not cost it',
        note: 'Nothing to do.',
        images: { ...reader, APP: MINIFLUX_OLD },
        edit: (before) => {
          const aside = replace(
            before,
            'pg_backup.sh',
            '"$POSTGRES_DB" >"$dump"\n',
            '"$POSTGRES_DB" >"$dump.new"\n    test -s "$dump.new"\n    mv "$dump.new" "$dump"\n',
          );
          return raised(aside, 'PG_BACKUP_VERSION');
        },
      },
    ],
    head: {
      version: '2.0.0+2.3.4',
      message: 'Upgrade Miniflux to 2.3.4',
      note: 'Miniflux changes its tables at the first start; there is no way back but a backup.',
      images: { ...reader, APP: MINIFLUX_NEW },
    },
  },
  powerdns: {
    releases: [
      {
        ...{ version: '0.9.0+4.7.3', message: 'Serve zones from MariaDB', note: 'The first release.' },
        images: { ...powerdns, APP: POWERDNS_OLD },
      },
      {
        ...{ version: '1.0.0+4.7.3', message: 'Log less', note: 'Nothing to do.' },
        images: { ...powerdns, APP: POWERDNS_OLD },
        edit: (before) => {
          const quiet = replace(before, 'pdns.conf.tmpl', 'api=yes\n', 'loglevel=3\napi=yes\n');
          return raised(quiet, 'PDNS_CONF_VERSION');
        },
      },
    ],
    head: {
      version: '1.0.1+4.7.4',
      message: 'Upgrade PowerDNS to 4.7.4',
      note: 'Nothing to do.',
      images: { ...powerdns, APP: POWERDNS_NEW },
    },
  },
  webdis: {
    releases: [
      {
        ...{ version: '0.1.0+0.1.9', message: 'Offer Redis over HTTP', note: 'The first release.' },
        images: { ...webdis, APP: WEBDIS_OLD },
      },
      {
        ...{ version: '0.2.0+0.1.9', message: 'Keep more connections to Redis', note: 'Nothing to do.' },
        images: { ...webdis, APP: WEBDIS_OLD },
        edit: (before) =>
          raised(
            replace(before, 'webdis.json.tmpl', '"pool_size": 4', '"pool_size": 16'),
            'WEBDIS_JSON_VERSION',
          ),
      },
    ],
    head: {
      version: '0.2.1+0.1.10',
      message: 'Upgrade Webdis to 0.1.10, and save what Redis has more often',
      note: 'Nothing to do.',
      images: { ...webdis, APP: WEBDIS_NEW },
      // So that the service with the data is replaced too.
      edit: (before) => replace(before, 'compose.yml', '--save 3600 1', '--save 600 1'),
    },
  },
  mumble: {
    releases: [
      {
        ...{ version: '0.1.0+1.3.4', message: 'Talk', note: 'The first release.' },
        images: { APP: MUMBLE_OLD },
      },
      {
        ...{
          version: '0.1.1+1.3.4',
          message: 'Give the server time to say good-bye',
          note: 'Nothing to do.',
        },
        images: { APP: MUMBLE_OLD },
        edit: (before) => replace(before, 'compose.yml', 'stop_grace_period: 20s', 'stop_grace_period: 30s'),
      },
    ],
    head: {
      version: '0.1.2+1.3.5',
      message: 'Upgrade Mumble to 1.3.5',
      note: 'Nothing to do.',
      images: { APP: MUMBLE_NEW },
    },
  },
  noticeboard: {
    releases: [
      {
        ...{ version: '0.3.0+1.22.1', message: 'Pin notices', note: 'The first release.' },
        images: { APP: NGINX_NEW },
      },
      {
        ...{ version: '0.4.0+1.22.1', message: 'Show members where they are', note: 'Nothing to do.' },
        images: { APP: NGINX_NEW },
        edit: (before) =>
          raised(
            replace(before, 'overlays/members.conf.tmpl', '  add_header', '  autoindex on;\n  add_header'),
            'MEMBERS_CONF_VERSION',
          ),
      },
    ],
    head: {
      version: '0.4.1+1.23.0',
      message: 'Upgrade nginx to 1.23.0',
      note: 'Nothing to do.',
      images: { APP: NGINX_NEXT },
    },
  },
};

/** All images that the history of a recipe names. */
export function imagesOf(name: RecipeName): readonly Definition[] {
  const { releases, head } = RECIPES[name];
  return [...new Set([...releases, head].flatMap(({ images }) => Object.values(images)))];
}

/** A config whose content changed needs a new name. */
function raised(files: RecipeFiles, variable: string): RecipeFiles {
  return replace(files, 'abra.sh', `${variable}=v1`, `${variable}=v2`);
}
