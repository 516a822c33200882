import { type Change, raised, withImage } from './changes.ts';
import { replace, withFile, without } from './recipe-files.ts';

export type MutantName =
  | 'missing-tag'
  | 'not-yaml'
  | 'no-compose'
  | 'default-page'
  | 'never-healthy'
  | 'config-not-versioned';

/** Faults for tests, each alone in an otherwise careful change; add one to a repository with `addChange`. */
export const MUTANTS: Readonly<Record<MutantName, Change>> = {
  'missing-tag': mutant('missing-tag', 'Image tag that the registry does not have', (main, images) =>
    withImage(main, images.nginx.new, images.nginx.missing),
  ),
  'not-yaml': mutant('not-yaml', 'Compose file that is no YAML', (main) =>
    withFile(main, 'compose.yml', 'services:\n  app:\n   image: [nginx\n  ports: {\n'),
  ),
  'no-compose': mutant('no-compose', 'No compose file at all', (main) => without(main, 'compose.yml')),
  'default-page': mutant('default-page', "nginx's own welcome page instead of the content", (main) => {
    const root = replace(main, 'server.conf.tmpl', 'root /usr/share/nginx/html;', 'root /var/www/html;');
    const page = replace(root, 'server.conf.tmpl', 'index index.html;', 'index index.nginx-debian.html;');
    return replace(page, 'abra.sh', '=v1', '=v2');
  }),
  'never-healthy': mutant('never-healthy', 'Health check at a port where nothing listens', (main) =>
    replace(main, 'compose.yml', 'http://127.0.0.1/healthz', 'http://127.0.0.1:8080/healthz'),
  ),
  'config-not-versioned': mutant('config-not-versioned', 'Configuration changed under its old name', (main) =>
    replace(main, 'server.conf.tmpl', '  index index.html;', '  index index.html index.htm;'),
  ),
};

function mutant(branch: MutantName, title: string, edit: Change['edit']): Change {
  const careful: Change['edit'] = (main, images) => edit(raised(main, '1.1.1+1.22.1'), images);
  return { branch, title, body: '', edit: careful };
}
