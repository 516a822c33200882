import type { ComposeFile } from '../compose.ts';
import type { Finding } from '../finding.ts';
import { entriesOf, entryOf, itemsOf, type SourceNode, type SourceScalar, textOf } from '../source.ts';
import { found, type View } from './view.ts';

/**
 * What Docker's reader refuses by the form of a value or the age of the format, tried with its
 * `stack config`. Of the files that count here, only the last is looked at.
 */
export function composeFormatFindings(view: View): readonly Finding[] {
  const files = view.overlay === undefined ? view.files : [view.overlay];
  return files.flatMap((file) => [...newerKeys(file), ...otherForms(file), ...otherTypes(file)]);
}

/** The number behind `3.` of a file's format. Without a version, or with `3` alone, it is the newest. */
function formatOf(file: ComposeFile): number {
  const text = textOf(entryOf(file.root, 'version')?.value) ?? '';
  return Number(/^3\.(\d+)$/.exec(text)?.[1] ?? NEWEST);
}

const NEWEST = 13;
/** Keys with the version of the format that brought them. */
const SINCE: readonly (readonly [path: string, minor: number])[] = [
  ['services.*.init', 7],
  ['services.*.deploy.rollback_config', 7],
  ['configs.*.template_driver', 8],
  ['secrets.*.template_driver', 8],
  ['services.*.deploy.placement.max_replicas_per_node', 8],
  ['services.*.deploy.resources.limits.pids', 9],
  ['services.*.healthcheck.start_interval', 12],
  ['services.*.oom_score_adj', 13],
  ['services.*.group_add', Number.POSITIVE_INFINITY],
];

function newerKeys(file: ComposeFile): Finding[] {
  const own = formatOf(file);
  return SINCE.filter(([, minor]) => minor > own).flatMap(([path, minor]) =>
    entriesAt(file.root, path).map(({ line }) => {
      const key = path.slice(path.lastIndexOf('.') + 1);
      const never = minor > NEWEST;
      return found(
        'not-in-format',
        'error',
        { file: file.path, line },
        `Docker refuses \`${key}\`: the format of stacks ${never ? 'does not have it' : `has it from version 3.${minor} on, and ${file.path} has 3.${own}`} (“Additional property ${key} is not allowed”).`,
        never
          ? 'Leave it out.'
          : `Leave it out, or write \`version: "3.${minor}"\` in every compose file of the recipe.`,
      );
    }),
  );
}

/** Forms of newer Compose files, which stacks do not have. */
function otherForms(file: ComposeFile): Finding[] {
  const dependencies = entriesAt(file.root, 'services.*.depends_on').filter(
    ({ value }) => value.kind === 'map',
  );
  const envFiles = entriesAt(file.root, 'services.*.env_file').filter(({ value }) =>
    itemsOf(value).some(({ kind }) => kind === 'map'),
  );
  return [
    ...dependencies.map(({ line }) => ({
      ...{ line, key: 'depends_on', form: 'a map, with conditions' },
      remedy: 'Write a list of names, or leave it out: Swarm ignores it anyway.',
    })),
    ...envFiles.map(({ line }) => ({
      ...{ line, key: 'env_file', form: 'a list of maps' },
      remedy: 'Write a list of paths.',
    })),
  ].map(({ line, key, form, remedy }) =>
    found(
      'not-in-format',
      'error',
      { file: file.path, line },
      `Docker refuses \`${key}\` as ${form}: the format of stacks does not have that form.`,
      remedy,
    ),
  );
}

type Kind = 'no-switch' | 'text' | 'number' | 'switch';
const KINDS: Readonly<Record<Kind, readonly string[]>> = {
  'no-switch': [
    ...['environment.*', 'labels.*', 'deploy.labels.*', 'sysctls.*', 'logging.options.*'].map(inService),
    ...['networks', 'volumes'].map((block) => `${block}.*.driver_opts.*`),
    ...['networks', 'volumes', 'configs', 'secrets'].map((block) => `${block}.*.labels.*`),
  ],
  text: [
    ...['stop_grace_period', 'deploy.restart_policy.delay', 'deploy.restart_policy.window'],
    ...['interval', 'timeout', 'start_period', 'start_interval'].map((key) => `healthcheck.${key}`),
    ...['delay', 'monitor'].flatMap((key) => [
      `deploy.update_config.${key}`,
      `deploy.rollback_config.${key}`,
    ]),
    ...['deploy.resources.limits.cpus', 'deploy.resources.reservations.cpus'],
  ].map(inService),
  number: [
    ...['deploy.replicas', 'deploy.update_config.parallelism', 'deploy.restart_policy.max_attempts'],
    ...[
      'healthcheck.retries',
      'deploy.resources.limits.pids',
      'ulimits.*',
      'ulimits.*.soft',
      'ulimits.*.hard',
    ],
    ...['ports.*.target', 'ports.*.published', 'configs.*.mode', 'secrets.*.mode'],
  ].map(inService),
  switch: [
    ...['init', 'tty', 'stdin_open', 'read_only', 'healthcheck.disable', 'volumes.*.read_only'].map(
      inService,
    ),
    ...['networks.*.internal', 'networks.*.attachable'],
  ],
};

function inService(path: string): string {
  return `services.*.${path}`;
}

/** Values whose type is not the one that Docker wants; those with a variable are another fault. */
function otherTypes(file: ComposeFile): Finding[] {
  return (Object.keys(KINDS) as Kind[]).flatMap((kind) =>
    KINDS[kind].flatMap((path) =>
      entriesAt(file.root, path).flatMap(({ key, line, value }) => {
        if (value.kind !== 'scalar' || !isWrong(kind, value)) return [];
        return [
          found(
            'value-type',
            'error',
            { file: file.path, line },
            `Docker refuses \`${key}: ${written(value)}\`: ${WANTED[kind]}`,
            value.bare ? `Write \`${key}: "${value.text}"\`.` : `Write \`${key}: ${value.text}\`.`,
          ),
        ];
      }),
    ),
  );
}

const WANTED: Readonly<Record<Kind, string>> = {
  'no-switch': 'it takes texts and numbers here, no bare true or false (“must be a string, number or null”).',
  text: 'it takes a text here (“must be a string”).',
  number: 'it takes a number without quotes here (“must be a integer”).',
  switch: 'it takes true or false without quotes here (“must be a boolean”).',
};

function isWrong(kind: Kind, { value, text }: SourceScalar): boolean {
  if (kind === 'no-switch') return typeof value === 'boolean';
  if (kind === 'text') return typeof value === 'number' || typeof value === 'boolean';
  if (typeof value !== 'string') return false;
  return kind === 'number' ? /^-?\d+$/.test(text) : /^(true|false)$/i.test(text);
}

function written({ text, bare }: SourceScalar): string {
  return bare ? text : `"${text}"`;
}

/** What stands at a path of keys; `*` is any key of a map, or any item of a list. */
function entriesAt(
  root: SourceNode,
  path: string,
): readonly { readonly key: string; readonly line: number; readonly value: SourceNode }[] {
  const [first = '', ...rest] = path.split('.');
  const here =
    first !== '*'
      ? [entryOf(root, first)].flatMap((entry) => entry ?? [])
      : root.kind === 'list'
        ? itemsOf(root).map((value) => ({ key: '', line: value.line, value }))
        : entriesOf(root);
  return rest.length === 0 ? here : here.flatMap(({ value }) => entriesAt(value, rest.join('.')));
}
