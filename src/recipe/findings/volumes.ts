import { splitImage } from '../../ports/image-name.ts';
import type { Finding } from '../finding.ts';
import { fillIn } from '../interpolate.ts';
import type { ServiceMount } from '../service-parts.ts';
import type { RecipeService } from '../services.ts';
import { nodeAt, textOf } from '../source.ts';
import type { Place } from '../written.ts';
import { databaseOf } from './images.ts';
import { found, serviceAnywhere, type View } from './view.ts';

/** Data that an upgrade leaves behind, service by service. */
export function volumeStepFindings(view: View, base: View): readonly Finding[] {
  return base.services.flatMap((before) => {
    const service = view.services.find(({ name }) => name === before.name);
    return service === undefined
      ? removed(view, before)
      : named(before).flatMap((mount) => left(view, base, service, before, mount));
  });
}

function named(service: RecipeService): readonly ServiceMount[] {
  return service.mounts.filter(({ type, source }) => type === 'volume' && source !== undefined);
}

/** B66 */
function removed(view: View, before: RecipeService): Finding[] {
  const [first] = view.files;
  const overlay = serviceAnywhere(view, before.name);
  return [
    found(
      'B66',
      'warning',
      overlay ??
        (first === undefined ? undefined : { file: first.path, line: first.serviceLines['app'] ?? 1 }),
      `Service \`${before.name}\` is ${overlay === undefined ? 'gone from the compose files' : 'now in an overlay that is off by default'}; a deployment does not remove services, so installed apps keep it running.`,
      `Tell operators in release/next to remove it: \`docker service rm <stack>_${before.name}\`.`,
    ),
  ];
}

/** B54, B55 and `volume-dropped` */
function left(
  view: View,
  base: View,
  service: RecipeService,
  before: RecipeService,
  mount: ServiceMount,
): Finding[] {
  const volume = mount.source ?? '';
  const now = service.mounts.find(({ target }) => plain(target) === plain(mount.target));
  const old = dockerName(base, volume);
  const same = named(service).filter(({ source }) => dockerName(view, source ?? '') === old);
  if (now !== undefined && same.includes(now)) return [];
  if (now?.type === 'volume' && now.source !== undefined && same.length === 0) {
    const renamed = volume === now.source;
    return [
      found(
        'B54',
        'error',
        (renamed ? namePlace(view, volume) : topLevel(view, now.source)) ?? now,
        `Service \`${service.name}\` now mounts volume \`${dockerName(view, now.source)}\` at ${now.target}, where it mounted \`${old}\`: the new one is empty, and the data stays in the old one.`,
        renamed
          ? 'Keep the `name:` that the volume has.'
          : `Keep the name \`${volume}\`, or give the new key the old volume: \`name: \${STACK_NAME}_${volume}\`.`,
      ),
    ];
  }
  const moved = same[0];
  if (moved !== undefined)
    return isDatabaseStep(service, before) ? [] : [elsewhere(service, before, mount, moved)];
  if (
    view.services.some((other) => named(other).some(({ source }) => dockerName(view, source ?? '') === old))
  )
    return [];
  return [
    found(
      'volume-dropped',
      'warning',
      service,
      `Service \`${service.name}\` no longer mounts volume \`${volume}\`, which it had at ${mount.target}: its data is out of the app's reach.`,
      'Keep the mount, or tell operators in release/next what becomes of the data.',
    ),
  ];
}

function elsewhere(
  service: RecipeService,
  before: RecipeService,
  old: ServiceMount,
  now: ServiceMount,
): Finding {
  const sameImage =
    splitImage(service.image?.value ?? '').repository === splitImage(before.image?.value ?? '').repository;
  return found(
    'B55',
    service.image?.value === before.image?.value ? 'error' : sameImage ? 'warning' : 'note',
    now,
    `Service \`${service.name}\` mounts volume \`${now.source ?? ''}\` at ${now.target} instead of ${old.target}: what the app still writes to ${old.target} is outside of any volume and lost at the next restart.`,
    `Keep ${old.target}, unless this version of the app keeps its data at ${now.target}.`,
  );
}

/** The place moves with the major version of PostgreSQL; that step is told by itself. */
function isDatabaseStep(service: RecipeService, before: RecipeService): boolean {
  const [now, then] = [databaseOf(service.image?.value ?? ''), databaseOf(before.image?.value ?? '')];
  return now !== undefined && then !== undefined && now.version[0] !== then.version[0];
}

function dockerName(view: View, key: string): string {
  const name = view.files
    .map((file) => textOf(nodeAt(file.root, 'volumes', key, 'name')))
    .findLast((text) => text !== undefined);
  const stack = view.env['STACK_NAME'] ?? '';
  const full = name === undefined ? `${stack}_${key}` : fillIn(name, view.env);
  return full.startsWith(`${stack}_`) ? full.slice(stack.length + 1) : full;
}

function topLevel(view: View, key: string): Place | undefined {
  const file = view.files.findLast(({ volumeLines }) => volumeLines[key] !== undefined);
  const line = file?.volumeLines[key];
  return file === undefined || line === undefined ? undefined : { file: file.path, line };
}

function namePlace(view: View, key: string): Place | undefined {
  for (const file of view.files) {
    const node = nodeAt(file.root, 'volumes', key, 'name');
    if (node !== undefined) return { file: file.path, line: node.line };
  }
  return topLevel(view, key);
}

function plain(path: string): string {
  return path.replace(/\/+$/, '');
}
