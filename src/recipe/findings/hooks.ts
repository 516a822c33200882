import type { Finding } from '../finding.ts';
import { fillIn } from '../interpolate.ts';
import type { RecipeService } from '../services.ts';
import { backupLabels, fileText, found, type View } from './view.ts';

const DUMP = /\b(pg_dump(all)?|mysqldump|mariadb-dump|mongodump|mariabackup|mariadb-backup)\b/;

export function dumps(text: string): boolean {
  return DUMP.test(text);
}

/** A hook as the bot runs it: without a shell of its own and the quotes around. */
export function bareHook(value: string): string {
  const [, inner] = /^\s*(?:\/bin\/|\/usr\/bin\/)?(?:ba|a|da)?sh\s+-l?e?u?c\s+(.*?)\s*$/s.exec(value) ?? [];
  const text = (inner ?? value).trim();
  return /^(['"]).*\1$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}

/** The program that a hook calls by its path: its first word, or the script that a shell is given. */
function calledPath(hook: string): { readonly path: string; readonly byShell: boolean } | undefined {
  const words = bareHook(hook).split(/\s+/);
  const byShell = /^(\/\S*\/)?(ba|a|da|z)?sh$/.test(words[0] ?? '');
  const path = byShell ? words.slice(1).find((word) => !word.startsWith('-')) : words[0];
  return path?.startsWith('/') === true ? { path: path.replace(/[;&|].*$/, ''), byShell } : undefined;
}

/** The text of a script of the recipe that a hook calls, and the file it is in. */
export function scriptOf(
  view: View,
  service: RecipeService,
  hook: string,
): { readonly path: string; readonly text: string } | undefined {
  const called = calledPath(hook);
  const mount = service.configs.find(({ target, source }) => (target ?? `/${source}`) === called?.path);
  const path = view.configs.find(({ key }) => key === mount?.source)?.path;
  const text = path === undefined ? undefined : fileText(view.recipe, path);
  return path === undefined || text === undefined ? undefined : { path, text };
}

/** Hooks that cannot run, or whose dump is not where the labels look for it. */
export function hookFindings(view: View): readonly Finding[] {
  return view.services.flatMap((service) =>
    backupLabels(service)
      .filter(({ key }) => key.endsWith('-hook'))
      .flatMap((label) => [
        ...notThere(view, service, label),
        ...(label.key === 'backupbot.backup.pre-hook' ? dumpPlace(view, service, label) : []),
      ]),
  );
}

type Label = RecipeService['labels'][number];

/** B11 */
function notThere(view: View, service: RecipeService, label: Label): Finding[] {
  const called = calledPath(label.value);
  if (called === undefined || called.path.includes('$')) return [];
  const { path } = called;
  const config = service.configs.find(({ target, source }) => (target ?? `/${source}`) === path);
  if (config !== undefined) {
    if (called.byShell || isExecutable(config.mode)) return [];
    return [
      found(
        'B11',
        'error',
        label,
        `The hook calls ${path}, which config \`${config.source}\` puts into service \`${service.name}\` with mode ${config.mode ?? '0444'}: it is not executable, so the call ends with 126.`,
        `Add \`mode: 0555\` to the entry of \`${config.source}\` under \`configs:\` of service \`${service.name}\` (${config.file} line ${config.line}).`,
      ),
    ];
  }
  const covered = service.mounts.some(
    ({ target }) => path === target || path.startsWith(`${target.replace(/\/+$/, '')}/`),
  );
  const secret = service.secrets.some(({ target }) => target === path);
  const base = path.slice(path.lastIndexOf('/') + 1);
  const ours = view.recipe.files.some(
    (file) => file.path === base || file.path.endsWith(`/${base}`) || file.path.startsWith(`${base}.`),
  );
  const inSystem = /^\/(usr|bin|sbin|opt|app|etc|home|var)\//.test(path);
  if (covered || secret || (!ours && inSystem) || !(ours || base.endsWith('.sh'))) return [];
  return [
    found(
      'B11',
      ours ? 'error' : 'warning',
      label,
      `The hook of service \`${service.name}\` calls ${path}, which no config or volume of the service puts there, so the call ends with 127.`,
      `Mount it: \`configs:\` of service \`${service.name}\` needs \`source: <config>\`, \`target: ${path}\`, \`mode: 0555\`.`,
    ),
  ];
}

/** Whether a mode gives the right to execute; what cannot be read is taken for good. */
export function isExecutable(mode: string | undefined): boolean {
  if (mode === undefined) return false;
  const text = mode.trim().replace(/^0o/, '0');
  if (!/^\d+$/.test(text)) return true;
  return (Number.parseInt(text, text.startsWith('0') ? 8 : 10) & 0o111) !== 0;
}

/** B05 and B06: the file that the hook writes against the path that is saved. */
function dumpPlace(view: View, service: RecipeService, label: Label): Finding[] {
  const script = scriptOf(view, service, label.value);
  const text = script?.text ?? fillIn(label.value, view.env);
  const literal = script === undefined ? undefined : keptLiteral(script.text);
  if (script !== undefined && literal !== undefined) {
    return [
      found(
        'B05',
        'error',
        { file: script.path, line: literal.line },
        `Single quotes keep \`${literal.variable}\` from being filled in, so the dump goes to a file of that very name and not to where the labels look for it.`,
        'Use double quotes.',
      ),
    ];
  }
  const wishes = wishesOf(view, service);
  if (dumps(text) && isDated(text)) return dated(service, label, wishes);
  const written = outputsOf(text, service);
  const volumes = service.mounts.filter(({ type }) => type === 'volume' || type === 'bind');
  if (!dumps(text) || written === undefined || written.length === 0 || volumes.length === 0) return [];
  const inVolume = (path: string) =>
    volumes.find(({ target }) => path.startsWith(`${target.replace(/\/+$/, '')}/`));
  const place = written.find((path) => inVolume(path) !== undefined);
  if (place === undefined) {
    if (service.labels.some(({ key }) => key === 'backupbot.backup.path')) return [];
    return [
      found(
        'B05',
        'error',
        label,
        `The hook of service \`${service.name}\` writes its dump to ${written[0]}, which is in no volume of the service, so the backup has no dump.`,
        `Let it write below ${volumes.map(({ target }) => target).join(' or ')}.`,
      ),
    ];
  }
  const volume = inVolume(place);
  if (wishes.length === 0 && volume?.source !== undefined && isExcluded(view, volume.source)) {
    return [
      found(
        'B05',
        'error',
        label,
        `The hook of service \`${service.name}\` writes its dump to ${place} in volume \`${volume.source}\`, which a label keeps out of the backup, so the backup has no dump.`,
        `Write \`backupbot.backup.volumes.${volume.source}.path=${place.slice(volume.target.replace(/\/+$/, '').length + 1)}\` instead of \`=false\`.`,
      ),
    ];
  }
  const saved = wishes.flatMap(({ paths }) => paths);
  if (saved.some((path) => written.some((file) => file === path || file.startsWith(`${path}/`))))
    return saved.includes(place) && !/\b(mv|ln)\b/.test(text) ? inPlace(service, label, place) : [];
  if (wishes.length === 0) return [];
  const wish = wishes[0];
  if (wishes.some(({ label: { value } }) => /[*?]/.test(value))) return [];
  if (wish === undefined || volume === undefined) return [];
  return [
    found(
      'B06',
      'error',
      wish.label,
      `The label names \`${wish.label.value}\`, but the hook of service \`${service.name}\` writes ${place}: the bot does not find what the label names and saves no dump.`,
      `Write \`backupbot.backup.volumes.${volume.source ?? '<volume>'}.path=${place.slice(volume.target.replace(/\/+$/, '').length + 1)}\`.`,
    ),
  ];
}

/** B15 */
function inPlace(service: RecipeService, label: Label, place: string): Finding[] {
  return [
    found(
      'B15',
      'note',
      label,
      `The hook of service \`${service.name}\` writes ${place} in place: a dump that fails half-way overwrites the last good one, and the bot saves it all the same.`,
      'Write to another name and `mv` it to its place when the dump has succeeded.',
    ),
  ];
}

/** Whether the name of a file that a script writes has the date in it. */
function isDated(text: string): boolean {
  const script = text.replaceAll('$$', '$');
  const variables = [...script.matchAll(/([A-Za-z_]\w*)=["']?[^\s"']*?(?:\$\(|`)\s*date\b/g)].map(
    ([, name]) => name,
  );
  const stamp = ['\\$\\(\\s*date\\b', '`\\s*date\\b', ...variables.map((name) => `\\$\\{?${name}\\b`)].join(
    '|',
  );
  return new RegExp(`(>|\\s-f|--file[= ])\\s*["']?[^\\s"'|;&]*(${stamp})`).test(script);
}

/** B16 */
function dated(service: RecipeService, label: Label, wishes: ReturnType<typeof wishesOf>): Finding[] {
  const wish = wishes.find(({ label: { value } }) => /\.\w+$/.test(value) && !/[*?]/.test(value));
  return [
    found(
      'B16',
      wish === undefined ? 'warning' : 'error',
      wish?.label ?? label,
      wish === undefined
        ? `The hook of service \`${service.name}\` writes a dump with the date in its name, so one more stays in the volume after every backup.`
        : `The label names \`${wish.label.value}\`, but the hook of service \`${service.name}\` writes a dump with the date in its name: the bot does not find what the label names, and the dumps pile up in the volume.`,
      'Write to one name, which the next dump replaces; the backup itself keeps the older ones.',
    ),
  ];
}

export function isExcluded(view: View, volume: string): boolean {
  return view.services.some((service) =>
    backupLabels(service).some(
      ({ key, value }) => key === `backupbot.backup.volumes.${volume}` && fillIn(value, view.env) === 'false',
    ),
  );
}

/** Paths inside the container that the labels of the service want saved. */
function wishesOf(view: View, service: RecipeService): { label: Label; paths: string[] }[] {
  return backupLabels(service).flatMap((label) => {
    const [, volume] = /^backupbot\.backup\.volumes\.(.+)\.path$/.exec(label.key) ?? [];
    const mount = service.mounts.find(({ source }) => source === volume);
    if (volume === undefined || mount === undefined) return [];
    const root = mount.target.replace(/\/+$/, '');
    const paths = fillIn(label.value, view.env)
      .split(',')
      .map((part) =>
        part
          .trim()
          .replace(/^\.?\/+/, '')
          .replace(/\/+$/, ''),
      );
    return [{ label, paths: paths.map((part) => (part === '' ? root : `${root}/${part}`)) }];
  });
}

/** Absolute paths that a script writes; undefined where one of them cannot be told. */
function outputsOf(text: string, service: RecipeService): string[] | undefined {
  const variables = new Map(
    service.environment.flatMap(({ key, value }): [string, string][] =>
      value === undefined ? [] : [[key, value]],
    ),
  );
  const lines = text
    .replaceAll('$$', '$')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => !/^\s*#/.test(line));
  for (const line of lines) {
    const [, name, value] =
      /^\s*(?:export\s+|local\s+|readonly\s+)?([A-Za-z_]\w*)=["']?([^"'\s;]*)["']?\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) variables.set(name, resolved(value, variables));
  }
  const written = lines
    .flatMap((line) =>
      [
        ...line.matchAll(
          /(?:(?<![0-9&])>{1,2}\|?|\s-f|--file[= ]|--result-file[= ]|--archive=|\stee)\s*["']?([^\s"'|;&)]+)|\b(?:mv|cp)\s+(?:-\w+\s+)*\S+\s+["']?([^\s"'|;&)]+)/g,
        ),
      ].map(([, into, moved]) => resolved(into ?? moved ?? '', variables)),
    )
    .filter((path) => !/^(\/dev\/|&)/.test(path));
  if (
    /(^|[\s;&|])(cd|pushd)\s/.test(text) ||
    written.some((path) => !path.startsWith('/') || /[$`*?]/.test(path))
  )
    return undefined;
  return written;
}

function resolved(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{?([A-Za-z_]\w*)\}?/g, (whole, name: string) => variables.get(name) ?? whole);
}

/** An assignment in single quotes that begins with a variable of the script, and is used as a file. */
function keptLiteral(text: string): { readonly line: number; readonly variable: string } | undefined {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const [, name, inner, variable] =
      /^\s*(?:export\s+|local\s+)?([A-Za-z_]\w*)='(\$\{?([A-Za-z_]\w*)\}?\/[^']*)'\s*$/.exec(line) ?? [];
    if (name === undefined || inner === undefined || variable === undefined) continue;
    const assigned = new RegExp(`^\\s*(?:export\\s+|local\\s+)?${variable}=`, 'm').test(text);
    if (assigned && !/\beval\b/.test(text)) return { line: index + 1, variable: `$${variable}` };
  }
  return undefined;
}
