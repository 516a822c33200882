import type { ComposeFile } from '../compose.ts';
import type { Finding } from '../finding.ts';
import { entriesOf, entryOf, nodeAt, textOf } from '../source.ts';
import { found, serviceAnywhere, type View } from './view.ts';

/** What the files say of each other: versions, references, services without an image. */
export function composeSetFindings(view: View, base: View | undefined): readonly Finding[] {
  return [...versions(view), ...withoutImage(view, base), ...undeclared(view)];
}

/** B38 */
function versions(view: View): Finding[] {
  const [first, ...others] = view.files;
  if (first === undefined) return [];
  const candidates = view.overlay === undefined ? others : [view.overlay];
  return candidates
    .filter((file) => versionOf(file) !== versionOf(first))
    .map((file) => {
      const entry = entryOf(file.root, 'version');
      const own =
        entry === undefined
          ? 'has no `version:`, which counts as 3.13'
          : `has version ${textOf(entry.value) ?? ''}`;
      return found(
        'B38',
        'error',
        { file: file.path, line: entry?.line ?? 1 },
        `${file.path} ${own}, ${first.path} has ${textOf(nodeAt(first.root, 'version')) ?? 'none, which counts as 3.13'}: Docker refuses files of different versions (“version mismatched between two composefiles”).`,
        entryOf(first.root, 'version') === undefined
          ? `Take the \`version:\` out of ${file.path}.`
          : `Write \`version: "${textOf(nodeAt(first.root, 'version')) ?? '3.8'}"\` in ${file.path}.`,
      );
    });
}

function versionOf(file: ComposeFile): string {
  const text = textOf(nodeAt(file.root, 'version'));
  return text === undefined || text === '3' || text === '' ? '3.13' : text;
}

/** B65 */
function withoutImage(view: View, base: View | undefined): Finding[] {
  return view.services.flatMap((service) => {
    if (service.image !== undefined && service.image.raw !== '') return [];
    // Another overlay brings it, to which this one belongs.
    if (view.overlay !== undefined && serviceAnywhere(view, service.name)?.image !== undefined) return [];
    const removed =
      base?.services.some(({ name, image }) => name === service.name && image !== undefined) === true;
    const builds = service.parts.some(({ node }) => entryOf(node, 'build') !== undefined);
    return [
      found(
        'B65',
        'error',
        service,
        view.overlay === undefined || builds
          ? `Service \`${service.name}\` has no image${builds ? '; Swarm does not build one' : ''}.`
          : `Overlay ${view.overlay.path} configures service \`${service.name}\`, ${removed ? 'which this change removed' : 'which no compose file brings'}, so it has no image.`,
        builds
          ? 'Publish the image and name it with `image:`.'
          : `Take service \`${service.name}\` out of ${service.file}, or give it an image.`,
      ),
    ];
  });
}

/** Docker refuses a service that names what nothing declares. */
function undeclared(view: View): Finding[] {
  const all = [...view.recipe.compose, ...view.recipe.inactive];
  const declared = (files: readonly ComposeFile[], block: string) =>
    new Set(files.flatMap((file) => entriesOf(nodeAt(file.root, block)).map(({ key }) => key)));
  return (['configs', 'secrets', 'networks', 'volumes'] as const).flatMap((block) => {
    const here = declared(view.files, block);
    const anywhere = declared(all, block);
    return view.services.flatMap((service) => {
      const named =
        block === 'configs' || block === 'secrets'
          ? service[block].map((mount) => ({ ...mount, key: mount.source }))
          : block === 'networks'
            ? service.networks.filter(({ key }) => key !== 'default')
            : service.mounts.flatMap((mount) =>
                mount.type === 'volume' && mount.source !== undefined
                  ? [{ ...mount, key: mount.source }]
                  : [],
              );
      return named
        .filter(({ key }) => !here.has(key) && !key.includes('$') && key !== '')
        .filter(({ key }) => view.overlay === undefined || !anywhere.has(key))
        .map((mount) => {
          const kind = block.slice(0, -1);
          return found(
            `undeclared-${kind}`,
            'error',
            mount,
            `Service \`${service.name}\` names ${kind} \`${mount.key}\`, which no compose file that is switched on declares, so Docker refuses the stack.`,
            `Declare \`${mount.key}\` under \`${block}:\` in ${mount.file}.`,
          );
        });
    });
  });
}

/** What abra cannot do without: the rules of its lint that stop a deployment. */
export function basicFindings(view: View): readonly Finding[] {
  const { recipe } = view;
  const [first] = recipe.compose;
  const sample = recipe.envSample;
  return [
    ...(sample === undefined
      ? [
          found(
            'no-env-sample',
            'error',
            { file: '.env.sample' },
            'There is no .env.sample, from which abra makes the settings of an app.',
            'Add one with at least `TYPE=<recipe>` and `DOMAIN=<recipe>.example.com`.',
          ),
        ]
      : []),
    ...(sample !== undefined && !sample.some(({ key }) => key === 'TYPE' || key === 'RECIPE')
      ? [
          found(
            'no-type',
            'warning',
            { file: '.env.sample', line: 1 },
            '.env.sample has no `TYPE`, by which abra knows the recipe of an app.',
            `Add \`TYPE=${recipe.name}\`.`,
          ),
        ]
      : []),
    ...(view.services.some(({ name }) => name === 'app') || first === undefined
      ? []
      : [
          found(
            'no-app-service',
            'error',
            { file: first.path, line: entryOf(first.root, 'services')?.line ?? 1 },
            'No service is called `app`; abra looks for the labels of the recipe there.',
            'Call the main service `app`.',
          ),
        ]),
    ...commentedFiles(view),
  ];
}

/** B39 behind a `#`: an overlay that cannot be switched on. */
function commentedFiles({ recipe }: View): Finding[] {
  const there = new Set(recipe.files.map(({ path }) => path));
  return recipe.commented
    .filter(({ key }) => key === 'COMPOSE_FILE')
    .flatMap(({ value, line }) =>
      value
        .split(':')
        .map((path) => path.trim().replace(/^\.\//, ''))
        .filter((path) => /\.ya?ml$/.test(path) && !/[$<>*\s]/.test(path) && !there.has(path))
        .map((path) =>
          found(
            'B39',
            'warning',
            { file: '.env.sample', line },
            `${path}, which this line would switch on, does not exist in the recipe.`,
            similar(path, there) ?? 'Correct the name, or take the line out.',
          ),
        ),
    );
}

function similar(path: string, there: ReadonlySet<string>): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const other = [...there].find((candidate) => candidate.endsWith(`/${name}`));
  return other === undefined ? undefined : `Write ${other}.`;
}
