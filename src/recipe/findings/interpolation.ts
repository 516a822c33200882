import type { ComposeFile } from '../compose.ts';
import type { Finding } from '../finding.ts';
import { fillIn, variablesIn } from '../interpolate.ts';
import { entriesOf, nodeAt, pairsOf, type SourceNode, textOf } from '../source.ts';
import type { Env, Place } from '../written.ts';
import { fileText, found, isOffered, type View } from './view.ts';

const FILLED_IN = ['services', 'volumes', 'networks', 'configs', 'secrets'];
const NESTED = /\$\{([A-Za-z_][A-Za-z0-9_]*):?-[^}]*\$\{/;
const VALID = /\$(?:\$|[a-z_][a-z0-9_]*|\{[a-z_][a-z0-9_]*(?::?[-?][^}]*)?\})/gi;
const LOST_DOLLAR = /(?:^|[^$\w{])\{([A-Z][A-Z0-9_]*):?-[^{}]*\}/;

/** Texts in which Docker sees other variables than their author meant. Of the files that count here, only the last is looked at. */
export function interpolationFindings(view: View): readonly Finding[] {
  const files = view.overlay === undefined ? view.files : [view.overlay];
  return files.flatMap((file) => [
    ...FILLED_IN.flatMap((block) => textsBelow(nodeAt(file.root, block))).flatMap((text) => [
      ...invalid(view, file, text),
      ...nested(view, file, text),
      ...lostDollar(view, file, text),
    ]),
    ...entriesOf(nodeAt(file.root, 'services')).flatMap((service) => [
      ...keys(file, service.key, service.value),
      ...shellVariables(view, file, service.key, service.value),
    ]),
  ]);
}

interface Text {
  readonly text: string;
  readonly line: number;
}

function textsBelow(node: SourceNode | undefined): Text[] {
  if (node === undefined) return [];
  if (node.kind === 'map') return node.entries.flatMap(({ value }) => textsBelow(value));
  if (node.kind === 'list') return node.items.flatMap(textsBelow);
  return typeof node.value === 'string' ? [{ text: node.text, line: node.line }] : [];
}

/** B40 */
function invalid(view: View, file: ComposeFile, { text, line }: Text): Finding[] {
  const left = text.replace(VALID, '');
  const at = left.indexOf('$');
  if (at < 0 || NESTED.test(text)) return [];
  return [
    found(
      'B40',
      'error',
      exact(view, file, line, left.slice(at, at + 8)),
      `The \`$\` of \`${left.slice(at, at + 20).split('\n')[0]}\` begins no variable that Docker knows, so the file is refused.`,
      'Write `$$` for a dollar that the container should see.',
    ),
  ];
}

/** B41 */
function nested(view: View, file: ComposeFile, { text, line }: Text): Finding[] {
  const [, variable] = NESTED.exec(text) ?? [];
  if (variable === undefined) return [];
  return [
    found(
      'B41',
      'error',
      exact(view, file, line, `{${variable}`),
      `The default of \`${variable}\` has a variable inside, and braces do not nest: they end at the first \`}\`, so the value is cut off there and what follows is kept as it is.`,
      `Set \`${variable}\` in .env.sample, or write the inner value without braces around it.`,
    ),
  ];
}

function lostDollar(view: View, file: ComposeFile, { text, line }: Text): Finding[] {
  const [, variable] = LOST_DOLLAR.exec(text) ?? [];
  if (variable === undefined) return [];
  return [
    found(
      'missing-dollar',
      'warning',
      exact(view, file, line, `{${variable}`),
      `\`{${variable}:-…}\` has no \`$\` in front, so it reaches the container as it is written.`,
      `Write \`\${${variable}:-…}\`.`,
    ),
  ];
}

/** A block of several lines begins before the line that is wrong. */
function exact(view: View, file: ComposeFile, line: number, fragment: string): Place {
  const lines = (fileText(view.recipe, file.path) ?? '').split('\n');
  const [part = ''] = fragment.split('\n');
  const at = lines.findIndex((text, index) => index >= line - 1 && text.includes(part));
  return { file: file.path, line: at < 0 ? line : at + 1 };
}

/** Keys of maps are never filled in. */
function keys(file: ComposeFile, service: string, node: SourceNode): Finding[] {
  const blocks = [['labels'], ['deploy', 'labels'], ['environment']];
  return blocks.flatMap((path) =>
    pairsOf(nodeAt(node, ...path))
      .filter(({ key, form }) => form === 'map' && variablesIn(key).length > 0)
      .map(({ key, line }) =>
        found(
          'variable-in-key',
          'error',
          { file: file.path, line },
          `Docker fills in values, never keys: service \`${service}\` gets \`${key}\` as it is written.`,
          `Write the block as a list: \`- "${key}=…"\`.`,
        ),
      ),
  );
}

/** B40: a variable of the container's shell, which Docker fills in with nothing. */
function shellVariables(view: View, file: ComposeFile, service: string, node: SourceNode): Finding[] {
  const own = new Set(view.services.find(({ name }) => name === service)?.environment.map(({ key }) => key));
  const places = [
    ...[['healthcheck', 'test'], ['command'], ['entrypoint']].flatMap((path) =>
      textsBelow(nodeAt(node, ...path)),
    ),
    ...pairsOf(nodeAt(node, 'deploy', 'labels'))
      .filter(({ key }) => key.startsWith('backupbot.') && key.endsWith('-hook'))
      .map(({ value, line }) => ({ text: value ?? '', line })),
  ];
  return places.flatMap(({ text, line }) => {
    const lost = variablesIn(text).find(
      ({ name, fallback }) =>
        fallback === undefined &&
        own.has(name) &&
        view.env[name] === undefined &&
        !isOffered(view.recipe, name),
    );
    if (lost === undefined) return [];
    return [
      found(
        'B40',
        'error',
        { file: file.path, line },
        `\`$${lost.name}\` is a variable of service \`${service}\`'s own environment, but Docker fills it in when it deploys, with nothing.`,
        `Write \`$$${lost.name}\`, so that the shell in the container fills it in.`,
      ),
    ];
  });
}

const DURATIONS = [
  'healthcheck.interval',
  'healthcheck.timeout',
  'healthcheck.start_period',
  'healthcheck.start_interval',
  'stop_grace_period',
  'deploy.update_config.delay',
  'deploy.update_config.monitor',
  'deploy.rollback_config.delay',
  'deploy.rollback_config.monitor',
  'deploy.restart_policy.delay',
  'deploy.restart_policy.window',
];
const NUMBERS = [
  'healthcheck.retries',
  'deploy.replicas',
  'deploy.update_config.parallelism',
  'deploy.update_config.max_failure_ratio',
  'deploy.rollback_config.parallelism',
  'deploy.restart_policy.max_attempts',
  'deploy.resources.limits.memory',
  'deploy.resources.limits.pids',
  'deploy.resources.reservations.memory',
];
const SWITCHES = ['init', 'tty', 'stdin_open', 'read_only', 'healthcheck.disable'];

/** B37: abra also reads the files without filling anything in, and their schema wants the real thing here. */
export function typedFieldFindings(view: View): readonly Finding[] {
  const files = view.overlay === undefined ? view.files : [view.overlay];
  return files.flatMap((file) =>
    entriesOf(nodeAt(file.root, 'services')).flatMap(({ key: service, value }) => {
      const fields = [
        ...DURATIONS.map((path) => ({ path, wanted: "a duration (“Does not match format 'duration'”)" })),
        ...NUMBERS.map((path) => ({ path, wanted: 'a number (“must be a integer”)' })),
        ...SWITCHES.map((path) => ({ path, wanted: '`true` or `false` (“must be a boolean”)' })),
      ];
      return [
        ...fields.flatMap(({ path, wanted }) => {
          const node = nodeAt(value, ...path.split('.'));
          return typed(file, service, path, wanted, node, view.env);
        }),
        ...ports(file, service, nodeAt(value, 'ports'), view.env),
      ];
    }),
  );
}

function typed(
  file: ComposeFile,
  service: string,
  path: string,
  wanted: string,
  node: SourceNode | undefined,
  env: Env,
): Finding[] {
  const text = textOf(node);
  if (node === undefined || text === undefined || variablesIn(text).length === 0) return [];
  const value = fillIn(text, env);
  return [
    found(
      'B37',
      'error',
      { file: file.path, line: node.line },
      `\`${path}\` of service \`${service}\` holds a variable; abra reads the file once without filling variables in, and then it is not ${wanted}.`,
      value === ''
        ? 'Write the value itself.'
        : `Write \`${value}\` itself; an overlay can change it where somebody needs another.`,
    ),
  ];
}

function ports(file: ComposeFile, service: string, node: SourceNode | undefined, env: Env): Finding[] {
  if (node?.kind !== 'list') return [];
  return node.items.flatMap((item) => {
    if (item.kind === 'map')
      return ['published', 'target'].flatMap((key) =>
        typed(file, service, `ports.${key}`, 'a number (“must be a integer”)', nodeAt(item, key), env),
      );
    return typed(file, service, 'ports', 'a port', item, env);
  });
}
