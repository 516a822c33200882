import type { LabImages } from '../open-lab.ts';
import { type RecipeFiles, replace, withFile } from './recipe-files.ts';

/** A change to the recipe as it stands on main, as somebody would propose it. */
export interface Change {
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  readonly edit: (main: RecipeFiles, images: LabImages) => RecipeFiles;
}

/** The two published releases. */
export const OLD_RELEASE = '1.0.0+1.22.0';
export const NEW_RELEASE = '1.1.0+1.22.1';

export type ChangeName = 'good' | 'backup-label' | 'volume-renamed' | 'broken-image';

/** The pull requests of the demo: one that is in order, and three that each have one real fault. */
export const CHANGES: Readonly<Record<ChangeName, Change>> = {
  good: {
    branch: 'good',
    title: 'Upgrade nginx to 1.23.0 and cache style sheets and pictures',
    body: 'nginx 1.23.0, and browsers may keep style sheets and pictures for an hour.\n\nThe configuration changed, so its version is raised too.',
    edit: (main, images) => {
      const upgraded = raised(withImage(main, images.nginx.new, images.nginx.next), '1.2.0+1.23.0');
      const cached = replace(
        upgraded,
        'server.conf.tmpl',
        '  location = /healthz {',
        `${CACHE}  location = /healthz {`,
      );
      return replace(cached, 'abra.sh', 'SERVER_CONF_VERSION=v1', 'SERVER_CONF_VERSION=v2');
    },
  },
  'backup-label': {
    branch: 'backup-label',
    title: 'Keep the backup label with the service',
    body: 'The labels under `deploy` are for the proxy. The backup label is about the service, so it moves there.',
    edit: (main) => {
      const taken = replace(raised(main, '1.1.1+1.22.1'), 'compose.yml', `        - ${BACKUP_LABEL}\n`, '');
      return replace(
        taken,
        'compose.yml',
        '    deploy:\n',
        `    labels:\n      - ${BACKUP_LABEL}\n    deploy:\n`,
      );
    },
  },
  'volume-renamed': {
    branch: 'volume-renamed',
    title: 'Call the volume what it is: the site',
    body: '`content` says little; the other recipes for static pages call it `site`.',
    edit: (main) => {
      const mounted = replace(raised(main, '1.1.1+1.22.1'), 'compose.yml', '- content:/usr', '- site:/usr');
      return replace(mounted, 'compose.yml', '\n  content:\n', '\n  site:\n');
    },
  },
  'broken-image': {
    branch: 'broken-image',
    title: 'Try the release candidate of nginx 1.23',
    body: 'The release candidate has the fix for large uploads that we wait for.',
    edit: (main, images) =>
      raised(withImage(main, images.nginx.new, images.nginx.broken), '1.2.0+1.23.0-rc1'),
  },
};

const BACKUP_LABEL = '"backupbot.backup=${ENABLE_BACKUPS:-true}"';

const CACHE = `  location ~ \\.(css|js|png|jpg|svg|woff2)$ {
    expires 1h;
  }

`;

export function withImage(files: RecipeFiles, from: string, to: string): RecipeFiles {
  return replace(files, 'compose.yml', `image: ${from}\n`, `image: ${to}\n`);
}

/** As a careful author would: the version label raised and a release note written. */
export function raised(files: RecipeFiles, version: string): RecipeFiles {
  const labelled = replace(files, 'compose.yml', `.version=${NEW_RELEASE}"`, `.version=${version}"`);
  return withFile(labelled, `release/${version}`, 'Nothing to do.\n');
}
