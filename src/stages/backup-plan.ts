import type { Cause } from '../journal/check.ts';
import type { VolumeSelection } from '../ports/backup.ts';
import type { PlacedLabel } from '../recipe/compose.ts';
import { list } from '../shared/text.ts';
import type { Stack, StackService } from '../stack/stack.ts';

/** What a backup of this stack takes, by the labels that a backup bot reads. */
export type BackupPlan =
  | {
      readonly kind: 'takes';
      readonly volumes: readonly VolumeSelection[];
      readonly excluded: readonly string[];
      readonly hooks: readonly BackupHooks[];
    }
  /** Labels or an earlier release promise a backup that does not happen. */
  | { readonly kind: 'broken'; readonly cause: Cause }
  | { readonly kind: 'none' };

export interface BackupHooks {
  readonly service: string;
  readonly pre: string | undefined;
  readonly post: string | undefined;
  readonly restorePre: string | undefined;
  readonly restorePost: string | undefined;
}

/** Decides from the labels of the head and of the release before it. */
export function backupPlan(head: Stack, previous: Stack | undefined): BackupPlan {
  if (!head.services.some((service) => service.backup.enabled)) return withoutBackup(head, previous);
  const labels = head.services.map((service) => service.backup);
  const volumes: VolumeSelection[] = [];
  const excluded: string[] = [];
  // One enabled service takes the whole stack part: all named volumes of all services, unless labels say otherwise.
  for (const [key, name] of mounted(head)) {
    const choices = labels.map((label) => label.volumes[key]).filter((choice) => choice !== undefined);
    const paths = choices.filter((choice) => choice !== 'excluded').flat();
    if (choices.includes('excluded')) excluded.push(key);
    else volumes.push({ volume: name, paths });
  }
  return { kind: 'takes', volumes, excluded, hooks: head.services.flatMap(hooksOf) };
}

function mounted(head: Stack): [key: string, name: string][] {
  return Object.entries(head.volumes).filter(([key]) =>
    head.services.some((service) => service.mounts.some((mount) => mount.volume === key)),
  );
}

/** Whether a file of a volume goes into the backup: neither left out nor beside the paths that are taken. */
export function isTaken(
  { volumes, excluded }: Extract<BackupPlan, { kind: 'takes' }>,
  file: { readonly volume: string; readonly name: string; readonly path: string },
): boolean {
  if (excluded.includes(file.volume)) return false;
  const paths = volumes.find(({ volume }) => volume === file.name)?.paths ?? [];
  return paths.length === 0 || paths.some((path) => within(file.path, path));
}

function within(file: string, path: string): boolean {
  const root = path.replace(/^\/+|\/+$/g, '');
  return root === '' || root === '.' || file === root || file.startsWith(`${root}/`);
}

function hooksOf(service: StackService): BackupHooks[] {
  const { preHook, postHook, restorePreHook, restorePostHook } = service.backup;
  if ([preHook, postHook, restorePreHook, restorePostHook].every((hook) => hook === undefined)) return [];
  return [
    {
      service: service.name,
      pre: preHook,
      post: postHook,
      restorePre: restorePreHook,
      restorePost: restorePostHook,
    },
  ];
}

function withoutBackup(head: Stack, previous: Stack | undefined): BackupPlan {
  const misplaced = head.recipe.compose
    .flatMap((file) => file.labels)
    .filter((label) => label.place === 'labels' && label.key.startsWith('backupbot.'));
  const [first] = misplaced;
  if (first !== undefined) return { kind: 'broken', cause: misplacedLabels(first, misplaced) };
  if (previous?.services.some((service) => service.backup.enabled) === true) {
    return {
      kind: 'broken',
      cause: {
        code: 'B20',
        sentence: `No service carries \`backupbot.backup=true\` any more, though ${previous.recipe.version ?? 'the previous release'} had it: operators' backups would stop without a word.`,
        evidence: [],
      },
    };
  }
  return { kind: 'none' };
}

function misplacedLabels(first: PlacedLabel, all: readonly PlacedLabel[]): Cause {
  const keys = [...new Set(all.map((label) => `\`${label.key}\``))];
  return {
    code: 'B01',
    sentence: `The backup ${keys.length === 1 ? 'label' : 'labels'} ${list(keys)} of service \`${first.service}\` ${keys.length === 1 ? 'stands' : 'stand'} under \`labels:\`, which only containers get; backup bots read \`deploy.labels\`, so nothing is backed up and nobody is told.`,
    where: { file: first.file, line: first.line },
    evidence: all.map((label) => `${label.file} line ${label.line}: ${label.key}=${label.value}`),
  };
}
