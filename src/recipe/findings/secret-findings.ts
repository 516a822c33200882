import { list } from '../../shared/text.ts';
import type { Finding, Severity } from '../finding.ts';
import { variablesIn } from '../interpolate.ts';
import type { SecretWish } from '../secrets.ts';
import { fileMountsOf } from '../service-parts.ts';
import type { RecipeService } from '../services.ts';
import type { Written } from '../written.ts';
import { fileText, found, isOffered, serviceAnywhere, type View } from './view.ts';

/** Characters that Swarm allows for the name of a secret or config. */
const LONGEST_NAME = 64;
/** Our own stacks, one called after a domain such as cloud.housing-coop.example.org, and the longest that abra makes. */
const OUR_STACK = 24;
const ORDINARY_STACK = 30;
const LONGEST_STACK = 45;

/** Secrets that will not be there, or not under the name that is looked for. */
export function secretFindings(view: View): readonly Finding[] {
  return [
    ...view.secrets.flatMap((secret) => [...withoutVersion(view, secret), ...mountedNowhere(view, secret)]),
    ...tooLong(view),
    ...view.services.flatMap((service) => otherTarget(view, service)),
    ...strangers(view),
  ];
}

/** B29 and B31 */
function withoutVersion(view: View, secret: SecretWish): Finding[] {
  const { name, mountedBy } = secret;
  if (name === undefined || mountedBy.length === 0) return [];
  const variable = variablesIn(name.raw).find(
    (use) => use.fallback === undefined && (view.env[use.name] ?? '') === '',
  )?.name;
  if (variable === undefined) return [];
  const commented = view.recipe.commented.findLast(({ key }) => key === variable);
  if (commented !== undefined) {
    return [
      found(
        'B31',
        'error',
        { file: '.env.sample', line: commented.line },
        `\`${variable}\` is commented out, though ${mountedBy[0]?.file ?? secret.file}, which is switched on, mounts secret \`${secret.key}\` in service \`${mountedBy[0]?.service ?? ''}\`.`,
        `Take the \`#\` away from \`${variable}\`, or switch the overlay off.`,
      ),
    ];
  }
  return [
    found(
      'B29',
      'error',
      name,
      `The name of secret \`${secret.key}\` lacks its version: \`${variable}\` is not in .env.sample.`,
      `Add \`${variable}=v1\` to .env.sample${view.overlay === undefined ? '' : ', behind a `#` like the overlay'}.`,
    ),
  ];
}

/** B30 */
function mountedNowhere(view: View, secret: SecretWish): Finding[] {
  const mounted = view.anywhere.some(({ secrets }) => secrets.some(({ source }) => source === secret.key));
  const asked = secret.versionVariable !== undefined && isOffered(view.recipe, secret.versionVariable);
  if (mounted || !asked) return [];
  return [
    found(
      'B30',
      'warning',
      secret,
      `Secret \`${secret.key}\` is declared, but no service mounts it, so abra does not make it.`,
      'List it under `secrets:` of the service that reads it, or take it out here and in .env.sample.',
    ),
  ];
}

/** B28. What only the longest of all names of stacks is too much for is told once a file. */
function tooLong(view: View): Finding[] {
  const stack = view.env['STACK_NAME'] ?? '';
  const named = [
    ...view.secrets.map(({ key, name }) => ({ kind: 'secret', key, name })),
    ...view.configs.map(({ key, name }) => ({ kind: 'config', key, name })),
  ];
  const objects = named.flatMap(({ kind, key, name }) => {
    if (name === undefined || !/\$\{?STACK_NAME/.test(name.raw)) return [];
    if (view.overlay !== undefined && name.file !== view.overlay.path) return [];
    return [{ name, what: `${kind} \`${key}\``, own: name.value.length - stack.length }];
  });
  const over = (length: number) => objects.filter(({ own }) => own + length > LONGEST_NAME);
  const ours = over(Math.max(OUR_STACK, stack.length));
  const ordinary = over(ORDINARY_STACK).filter((one) => !ours.includes(one));
  const longest = over(LONGEST_STACK).filter((one) => !ours.includes(one) && !ordinary.includes(one));
  const files = [...new Set(longest.map(({ name }) => name.file))];
  return [
    ...ours.flatMap((one) => longName('error', [one], OUR_STACK)),
    ...ordinary.flatMap((one) => longName('warning', [one], ORDINARY_STACK)),
    ...files.flatMap((file) =>
      longName(
        'note',
        longest.filter(({ name }) => name.file === file),
        LONGEST_STACK,
      ),
    ),
  ];
}

interface LongName {
  readonly name: Written;
  readonly what: string;
  /** Its length without the stack's. */
  readonly own: number;
}

function longName(severity: Severity, names: readonly LongName[], stack: number): Finding[] {
  const told = list(names.map(({ what, own }) => `${what} (${stack + own})`));
  return [
    found(
      'B28',
      severity,
      names[0]?.name,
      `For a stack whose name has ${stack} characters the full name${names.length === 1 ? '' : 's'} of ${told} would have more than the ${LONGEST_NAME} characters that Swarm allows.`,
      'Choose a shorter name; twelve characters fit everywhere.',
    ),
  ];
}

/** B44 */
function otherTarget(view: View, service: RecipeService): Finding[] {
  const targets = service.secrets.map(({ target, source }) => target ?? source);
  const anywhere =
    serviceAnywhere(view, service.name)?.secrets.map(({ target, source }) => target ?? source) ?? [];
  return service.environment.flatMap((pair) => {
    const [, name] = /^\/run\/secrets\/([\w.-]+)$/.exec(pair.value ?? '') ?? [];
    if (name === undefined || targets.includes(name) || targets.includes(`/run/secrets/${name}`)) return [];
    if (anywhere.includes(name)) return [];
    const near = targets.find((target) => plain(target) === plain(name));
    const declared = view.secrets.some(({ key }) => key === name);
    const readers = view.services.filter(({ secrets }) =>
      secrets.some(({ target, source }) => (target ?? source) === name),
    );
    // Variables that several services share by an anchor are not all read by each of them.
    const shared = readers.some(({ environment }) =>
      environment.some(({ file, line }) => file === pair.file && line === pair.line),
    );
    return [
      found(
        'B44',
        shared ? 'note' : readers.length > 0 ? 'warning' : 'error',
        pair,
        `Service \`${service.name}\` reads \`${pair.key}\` from /run/secrets/${name}, ${near === undefined ? 'but mounts no secret of that name' : `but its secret is mounted as \`${near}\``}.`,
        near === undefined
          ? `Add ${declared ? `\`${name}\`` : 'the secret'} to \`secrets:\` of service \`${service.name}\`.`
          : `Write /run/secrets/${near}, or mount the secret with \`target: ${name}\`.`,
      ),
    ];
  });
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]/g, '');
}

/** B32: a secret that an overlay mounts and does not use, while another feature's does. */
function strangers(view: View): Finding[] {
  const { overlay } = view;
  if (overlay === undefined) return [];
  return view.services.flatMap((service) =>
    service.secrets
      .filter(({ file }) => file === overlay.path)
      .flatMap((mount) => {
        const target = mount.target ?? mount.source;
        const others = view.recipe.inactive.filter(
          (file) =>
            file.path !== overlay.path &&
            uses(view, file.path, target) &&
            mountsIt(file.path, view, mount.source),
        );
        const inBase = view.recipe.compose.some((file) => uses(view, file.path, target));
        if (others.length === 0 || inBase || uses(view, overlay.path, target)) return [];
        return [
          found(
            'B32',
            'warning',
            mount,
            `${overlay.path} asks for secret \`${mount.source}\`, which belongs to ${others[0]?.path ?? 'another overlay'} and is used nowhere here: who enables only this feature never made it.`,
            `Take \`${mount.source}\` out of \`secrets:\` in ${overlay.path}.`,
          ),
        ];
      }),
  );
}

function mountsIt(file: string, view: View, source: string): boolean {
  return view.anywhere.some(({ parts }) =>
    fileMountsOf(
      parts.filter((part) => part.file === file),
      'secrets',
      view.env,
    ).some((mount) => mount.source === source),
  );
}

/** Whether a compose file, or a config that it brings, reads the secret. */
function uses(view: View, file: string, target: string): boolean {
  const text = fileText(view.recipe, file) ?? '';
  if (text.includes(`/run/secrets/${target}`)) return true;
  return view.recipe.files.some(
    ({ path, content }) => text.includes(path) && path !== file && content.includes(target),
  );
}
