/** Labels of a service as the swarm carries them. */
export type ServiceLabels = Readonly<Record<string, string>>;

/** What the backup labels of one service ask for, in the second generation of backup-bot's labels. */
export interface BackupLabels {
  readonly enabled: boolean;
  readonly preHook: string | undefined;
  readonly postHook: string | undefined;
  readonly restorePreHook: string | undefined;
  readonly restorePostHook: string | undefined;
  /** By compose key of the volume: left out, or only these paths. */
  readonly volumes: Readonly<Record<string, 'excluded' | readonly string[]>>;
  /** Keys of the first generation, which today's bot does not read: `backupbot.backup.path`, `backupbot.restore`. */
  readonly old: readonly string[];
  /** Keys that no bot has ever read. */
  readonly unknown: readonly string[];
}

export function parseBackupLabels(labels: ServiceLabels): BackupLabels {
  const keys = Object.keys(labels).filter((key) => /^backupbot(\.|$)/i.test(key));
  return {
    enabled: labels['backupbot.backup'] === 'true',
    preHook: labels['backupbot.backup.pre-hook'],
    postHook: labels['backupbot.backup.post-hook'],
    restorePreHook: labels['backupbot.restore.pre-hook'],
    restorePostHook: labels['backupbot.restore.post-hook'],
    volumes: Object.fromEntries(keys.flatMap((key) => volumeChoice(key, labels[key] ?? ''))),
    old: keys.filter((key) => OLD_KEYS.has(key)),
    unknown: keys.filter((key) => !OLD_KEYS.has(key) && !KEYS.has(key) && !VOLUME_KEY.test(key)),
  };
}

const KEYS = new Set([
  'backupbot.backup',
  'backupbot.backup.pre-hook',
  'backupbot.backup.post-hook',
  'backupbot.restore.pre-hook',
  'backupbot.restore.post-hook',
]);
const OLD_KEYS = new Set(['backupbot.backup.path', 'backupbot.restore']);
/** Names of volumes may have dots, so that only a `.path` at the very end is not part of one. */
const VOLUME_KEY = /^backupbot\.backup\.volumes\.(.+?)(\.path)?$/;

function volumeChoice(
  key: string,
  value: string,
): [volume: string, choice: 'excluded' | readonly string[]][] {
  const [, volume, path] = VOLUME_KEY.exec(key) ?? [];
  if (volume === undefined) return [];
  if (path === undefined) return value === 'false' ? [[volume, 'excluded']] : [];
  return [
    [
      volume,
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    ],
  ];
}
