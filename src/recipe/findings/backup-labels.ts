import type { PlacedLabel } from '../compose.ts';
import type { Finding } from '../finding.ts';
import { fillIn } from '../interpolate.ts';
import type { RecipeService } from '../services.ts';
import { nodeAt, textOf } from '../source.ts';
import { bareHook, dumps, isExcluded, scriptOf } from './hooks.ts';
import { databaseOf } from './images.ts';
import { backupLabels, fileText, found, type View } from './view.ts';

const FIRST_GENERATION = 'backupbot.backup.path';
const KNOWN = [
  /^backupbot\.backup(\.pre-hook|\.post-hook)?$/,
  /^backupbot\.restore(\.pre-hook|\.post-hook)?$/,
  /^backupbot\.backup\.volumes\..+$/,
  /^backupbot\.backup\.path$/,
];

/** Backup labels that no bot reads, or that do not do what they say. */
export function backupLabelFindings(view: View): readonly Finding[] {
  return view.services.flatMap((service) => [
    ...misplaced(service),
    ...backupLabels(service).flatMap((label) => [
      ...unknown(service, label),
      ...firstGeneration(view, service, label),
      ...volumeLabel(view, service, label),
      ...quotedHook(service, label),
    ]),
    ...neverLoaded(view, service),
    ...liveFiles(view, service),
  ]);
}

/** B01. One finding a service: the block has to move as a whole. */
function misplaced(service: RecipeService): Finding[] {
  const read = new Set(backupLabels(service).map(({ key }) => key));
  const [first] = service.labels.filter(
    ({ place, key }) => place === 'labels' && key.startsWith('backupbot.') && !read.has(key),
  );
  if (first === undefined) return [];
  return [
    found(
      'B01',
      'error',
      first,
      `The backup labels of service \`${service.name}\` are container labels; the bot reads service labels, which only \`deploy.labels\` sets, so they have no effect.`,
      `Move them from \`labels:\` to \`deploy:\` → \`labels:\` of service \`${service.name}\`.`,
    ),
  ];
}

/** B09 */
function unknown(service: RecipeService, label: PlacedLabel): Finding[] {
  if (KNOWN.some((known) => known.test(label.key))) return [];
  const commands = /command|cmd|exec|hook|script/i.test(label.key);
  return [
    found(
      'B09',
      commands ? 'error' : 'warning',
      label,
      `No label \`${label.key}\` exists, so ${commands ? `the command on service \`${service.name}\` never runs and only the live files are saved` : `it has no effect on service \`${service.name}\``}.`,
      commands
        ? 'Write the command as `backupbot.backup.pre-hook`, let it leave its dump in a volume, and load it again with `backupbot.restore.post-hook`.'
        : 'The bot knows `backupbot.backup`, its `.pre-hook`, `.post-hook` and `.volumes.<volume>[.path]`, and `backupbot.restore.pre-hook` and `.post-hook`.',
    ),
  ];
}

/** B08 */
function firstGeneration(view: View, service: RecipeService, label: PlacedLabel): Finding[] {
  if (label.key !== FIRST_GENERATION) return [];
  const path = fillIn(label.value, view.env);
  const volume = service.mounts.find(
    ({ type, target }) => type === 'volume' && (path === target || path.startsWith(`${trimmed(target)}/`)),
  );
  const instead =
    volume?.source === undefined
      ? 'Let the hook write into a named volume and write `backupbot.backup.volumes.<volume>.path=<path below the volume>`.'
      : path === volume.target
        ? `Leave the label out: volume \`${volume.source}\` is saved whole by default.`
        : `Write \`backupbot.backup.volumes.${volume.source}.path=${path.slice(trimmed(volume.target).length + 1)}\`.`;
  const effect =
    volume === undefined
      ? `takes whole volumes; ${path} of service \`${service.name}\` is in none and is not saved`
      : `takes volume \`${volume.source ?? volume.target}\` of service \`${service.name}\` whole`;
  return [
    found(
      'B08',
      volume === undefined ? 'error' : 'warning',
      label,
      `\`${label.key}\` belongs to the first generation of labels; the present bot does not read it and ${effect}.`,
      instead,
    ),
  ];
}

/** B06 and B07: what a label about a volume names. */
function volumeLabel(view: View, service: RecipeService, label: PlacedLabel): Finding[] {
  const [, key, path] = /^backupbot\.backup\.volumes\.(.+?)(\.path)?$/.exec(label.key) ?? [];
  if (key === undefined || key.includes('$')) return [];
  const mounts = view.anywhere.flatMap((one) => one.mounts.map((mount) => ({ service: one.name, mount })));
  const owners = mounts.filter(
    ({ mount }) =>
      mount.type === 'volume' && mount.source !== undefined && namesOf(view, mount.source).includes(key),
  );
  const own = owners.find((owner) => owner.service === service.name);
  if (own === undefined) {
    const others = [...new Set(owners.map((owner) => `\`${owner.service}\``))];
    const volumes = [
      ...new Set(service.mounts.flatMap(({ type, source }) => (type === 'volume' ? (source ?? []) : []))),
    ];
    return [
      found(
        'B07',
        // By its specification a bot may also look at the main service's labels for all volumes.
        owners.length === 0 ? 'error' : 'note',
        label,
        `The label names volume \`${key}\`, which service \`${service.name}\` does not mount${others.length === 0 ? '' : ` (${others.join(', ')} does)`}, so it has no effect.`,
        others.length > 0
          ? `Put the label on service ${others[0]}.`
          : volumes.length === 0
            ? 'Leave the label out.'
            : `The service mounts ${volumes.map((volume) => `\`${volume}\``).join(', ')}: name one of them.`,
      ),
    ];
  }
  const target = trimmed(own.mount.target);
  const absolute = fillIn(label.value, view.env)
    .split(',')
    .map((part) => part.trim())
    .find((part) => part === target || part.startsWith(`${target}/`));
  if (path === undefined || absolute === undefined || target === '') return [];
  const below = absolute.slice(target.length + 1);
  return [
    found(
      'B06',
      'error',
      label,
      `The label names ${absolute}, but paths are relative to the root of volume \`${key}\`, which is mounted at ${target}: there is no such file in it, and the bot goes on without.`,
      below === ''
        ? 'Leave the label out: the whole volume is saved by default.'
        : `Write \`${label.key}=${below}\`.`,
    ),
  ];
}

/** The bot knows a volume by its name without the stack's. */
function namesOf(view: View, source: string): readonly string[] {
  const named = view.recipe.compose
    .concat(view.recipe.inactive)
    .map((file) => textOf(nodeAt(file.root, 'volumes', source, 'name')))
    .find((name) => name !== undefined);
  if (named === undefined) return [source];
  return [source, fillIn(named, view.env).replace(`${view.env['STACK_NAME']}_`, '')];
}

/** B14 */
function quotedHook(service: RecipeService, label: PlacedLabel): Finding[] {
  if (!label.key.endsWith('-hook') || !bareHook(label.value).includes("'")) return [];
  return [
    found(
      'B14',
      'warning',
      label,
      `The hook of service \`${service.name}\` has a single quote inside; the bot wraps hooks in single quotes, so the command ends early.`,
      'Use double quotes inside, or put the command into a script that a config mounts with `mode: 0555`.',
    ),
  ];
}

/** B03 */
function neverLoaded(view: View, service: RecipeService): Finding[] {
  const labels = backupLabels(service);
  const hook = labels.find(({ key }) => key === 'backupbot.backup.pre-hook');
  if (hook === undefined || labels.some(({ key }) => /^backupbot\.restore\..*hook$/.test(key))) return [];
  if (!dumps(scriptOf(view, service, hook.value)?.text ?? hook.value)) return [];
  const elsewhere = view.services.some((other) =>
    backupLabels(other).some(({ key }) => /^backupbot\.restore\..*hook$/.test(key)),
  );
  const only = labels.some(({ key }) => /^backupbot\.backup\.volumes\..+\.path$/.test(key));
  return [
    found(
      'B03',
      only && !elsewhere ? 'error' : 'warning',
      hook,
      `The dump of service \`${service.name}\` is restored as a file, but nothing loads it into the running database, so the old live state stays.`,
      'Add a `backupbot.restore.post-hook` that loads the dump, such as `psql -v ON_ERROR_STOP=1 --single-transaction -f <dump>`.',
    ),
  ];
}

/** B04 */
function liveFiles(view: View, service: RecipeService): Finding[] {
  const database = databaseOf(service.image?.value ?? '');
  if (database === undefined || !['postgres', 'mariadb', 'mysql'].includes(database.kind)) return [];
  if (!view.services.some((one) => isEnabled(view, one))) return [];
  const hooked = view.services.some((one) =>
    backupLabels(one).some(
      ({ key, value }) =>
        key.endsWith('.pre-hook') && (one === service || dumps(scriptOf(view, one, value)?.text ?? value)),
    ),
  );
  // A hook that does not run for another reason is told there.
  const told = service.labels.some(
    ({ key, place }) =>
      key.startsWith('backupbot.') && (place === 'labels' || /command|cmd|exec|script/i.test(key)),
  );
  const volume = service.mounts.find(
    ({ type, source }) => type === 'volume' && source !== undefined && !isExcluded(view, source),
  );
  if (hooked || told || volume === undefined) return [];
  return [
    found(
      'B04',
      'warning',
      volume,
      `The live data directory of database \`${service.name}\` is saved and restored as files under a running server; no hook dumps the database.`,
      'Dump it with `backupbot.backup.pre-hook`, save only the dump with `backupbot.backup.volumes.<volume>.path`, load it with `backupbot.restore.post-hook`.',
    ),
  ];
}

function isEnabled(view: View, service: RecipeService): boolean {
  return backupLabels(service).some(
    ({ key, value }) =>
      key === 'backupbot.backup' && !['', 'false', 'no', '0'].includes(fillIn(value, view.env).toLowerCase()),
  );
}

/** B20 */
export function lostBackup(view: View, base: View | undefined): readonly Finding[] {
  const enabled = (one: View) => one.services.some((service) => isEnabled(one, service));
  if (enabled(view)) return [];
  const app = view.services.find(({ name }) => name === 'app');
  if (base !== undefined && enabled(base)) {
    return [
      found(
        'B20',
        'error',
        app,
        'No service carries `backupbot.backup=true` any more, though one did before this change.',
        'Put `backupbot.backup=${ENABLE_BACKUPS:-true}` back under `deploy.labels` of service `app`.',
      ),
    ];
  }
  if (
    !view.services.some(({ mounts }) =>
      mounts.some(({ type, source }) => type === 'volume' && source !== undefined),
    )
  )
    return [];
  const mentioned = view.services.some(({ labels }) =>
    labels.some(({ key }) => key.startsWith('backupbot.')),
  );
  const claims = /\*\*Backups\*\*:\s*(yes|\d)/i.test(fileText(view.recipe, 'README.md') ?? '');
  return [
    found(
      'B20',
      claims || mentioned ? 'warning' : 'note',
      app,
      `The recipe keeps data in volumes and has no backup configuration: no service carries \`backupbot.backup=true\`${claims ? ', though the README says that backups work' : ''}.`,
      'Put `backupbot.backup=${ENABLE_BACKUPS:-true}` under `deploy.labels` of service `app`.',
    ),
  ];
}

function trimmed(path: string): string {
  return path.replace(/\/+$/, '');
}
