import type { Finding } from '../finding.ts';
import { fillIn } from '../interpolate.ts';
import type { Command, RecipeService } from '../services.ts';
import { entriesOf, itemsOf, nodeAt, textOf } from '../source.ts';
import { partsAt } from '../written.ts';
import { isExecutable } from './hooks.ts';
import { found, type View } from './view.ts';

/** What a service mounts that a node may not have, or not in the form that is needed. */
export function mountFindings(view: View): readonly Finding[] {
  return [
    ...view.services.flatMap((service) => [
      ...hostPaths(service),
      ...memory(view, service),
      ...notExecutable(service, service.entrypoint, 'entrypoint'),
      ...(service.entrypoint === undefined ? notExecutable(service, service.command, 'command') : []),
      ...notExecutable(service, service.healthcheck?.test, 'health check'),
    ]),
    ...foreignVolumes(view),
  ];
}

/** Every node that runs Docker on Linux has these. */
const ON_EVERY_NODE =
  /^(\/var)?\/run\/docker\.sock$|^\/(proc|sys|dev|boot|lib\/modules|etc\/localtime|etc\/hosts|etc\/hostname|etc\/resolv\.conf|etc\/passwd|etc\/group|var\/lib\/docker)(\/|$)|^\/$/;

/** B73 */
function hostPaths(service: RecipeService): Finding[] {
  return service.mounts.flatMap((mount) => {
    const { type, source } = mount;
    if (type !== 'bind' || source === undefined || source.includes('$') || ON_EVERY_NODE.test(source))
      return [];
    const relative = !source.startsWith('/');
    return [
      found(
        'B73',
        relative ? 'error' : 'warning',
        mount,
        relative
          ? `Service \`${service.name}\` mounts ${source} of the recipe, which is not on the node: the task is rejected (“bind source path does not exist”).`
          : `Service \`${service.name}\` mounts ${source} of the node; a node that lacks it rejects the task (“bind source path does not exist”).`,
        relative
          ? 'Deliver files as `configs:`, keep data in a named volume.'
          : 'Use a config, an environment variable or a named volume.',
      ),
    ];
  });
}

const MEMORY_OPTION =
  /^(size=\d+(\.\d+)?([kmgt]i?b?|%)?|mode=[0-7]+|(uid|gid|nr_inodes|nr_blocks)=\d+[kmg]?|mpol=\S+|huge=\w+|[a-z_]+(=\w+)?)$/i;
const MEMORY_VALUES = /^(size|mode|uid|gid|nr_inodes|nr_blocks)=/i;

/** B46 */
function memory(view: View, service: RecipeService): Finding[] {
  return partsAt(service.parts, 'tmpfs').flatMap(({ file, node }) =>
    (node.kind === 'list' ? itemsOf(node) : [node]).flatMap((item) => {
      const text = fillIn(textOf(item) ?? '', view.env);
      const options = text.includes(':') ? text.slice(text.indexOf(':') + 1).split(',') : [];
      const wrong = options.find((option) => MEMORY_VALUES.test(option) && !MEMORY_OPTION.test(option));
      // A variable without a value is another fault, if it is one.
      if (wrong === undefined || /=[kmgt]?b?$/i.test(wrong) || wrong.includes('$')) return [];
      return [
        found(
          'B46',
          'error',
          { file, line: item.line },
          `The option \`${wrong}\` of the tmpfs of service \`${service.name}\` cannot be read, so the container cannot be made.`,
          'Write for example `size=64m`: a number with k, m or g.',
        ),
      ];
    }),
  );
}

const WRAPPERS =
  /^(tini|dumb-init|\/sbin\/tini|\/usr\/bin\/tini|\/usr\/bin\/dumb-init|\/init|exec|env|CMD|--|-[a-z]+|[A-Z_]+=\S*)$/;

/** B76 */
function notExecutable(service: RecipeService, command: Command | undefined, what: string): Finding[] {
  if (command === undefined) return [];
  const words =
    command.form === 'text' || command.words[0] === 'CMD-SHELL'
      ? command.words
          .join(' ')
          .replace(/^CMD-SHELL\s+/, '')
          .split(/\s+/)
      : command.words;
  const program = words.find((word) => !WRAPPERS.test(word));
  const config = service.configs.find(({ target, source }) => (target ?? `/${source}`) === program);
  if (config === undefined || isExecutable(config.mode)) return [];
  return [
    found(
      'B76',
      what === 'command' ? 'warning' : 'error',
      config,
      `The ${what} of service \`${service.name}\` is ${program ?? ''}, which config \`${config.source}\` puts there with mode ${config.mode ?? '0444'}: it is not executable.`,
      'Add `mode: 0555` to this entry.',
    ),
  ];
}

/** B74 */
function foreignVolumes(view: View): Finding[] {
  return view.files.flatMap((file) =>
    entriesOf(nodeAt(file.root, 'volumes')).flatMap(({ key, line, value }) => {
      const external = nodeAt(value, 'external');
      if (external === undefined || textOf(external) === 'false') return [];
      const name = textOf(nodeAt(value, 'name')) ?? textOf(nodeAt(external, 'name')) ?? key;
      if (name.includes('STACK_NAME')) return [];
      return [
        found(
          'B74',
          view.overlay === undefined ? 'warning' : 'note',
          { file: file.path, line },
          `Volume \`${fillIn(name, view.env)}\` is external: it belongs to another stack, and without that one it is missing or empty.`,
          'Keep what the recipe needs in a volume of its own.',
        ),
      ];
    }),
  );
}
