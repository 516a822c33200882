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
}

export function parseBackupLabels(labels: ServiceLabels): BackupLabels {
  const volumes: Record<string, 'excluded' | readonly string[]> = {};
  for (const [key, value] of Object.entries(labels)) {
    const [, volume, path] = /^backupbot\.backup\.volumes\.([^.]+)(\.path)?$/.exec(key) ?? [];
    if (volume === undefined) continue;
    if (path !== undefined)
      volumes[volume] = value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    else if (value === 'false') volumes[volume] = 'excluded';
  }
  return {
    enabled: labels['backupbot.backup'] === 'true',
    preHook: labels['backupbot.backup.pre-hook'],
    postHook: labels['backupbot.backup.post-hook'],
    restorePreHook: labels['backupbot.restore.pre-hook'],
    restorePostHook: labels['backupbot.restore.post-hook'],
    volumes,
  };
}

/** Where the labels of one service send requests, by the conventions of the traefik recipe. */
export interface RouterLabels {
  readonly hosts: readonly string[];
  readonly port: number | undefined;
}

/** Undefined where the labels ask for no HTTP route. */
export function parseRouterLabels(labels: ServiceLabels): RouterLabels | undefined {
  if (labels['traefik.enable'] !== 'true') return undefined;
  const hosts = new Set<string>();
  let port: number | undefined;
  for (const [key, value] of Object.entries(labels)) {
    if (/^traefik\.http\.routers\.[^.]+\.rule$/.test(key)) {
      for (const [, inner = ''] of value.matchAll(/Host\(([^)]*)\)/g)) {
        for (const [, host] of inner.matchAll(/[`"']([^`"']+)[`"']/g))
          if (host !== undefined) hosts.add(host.toLowerCase());
      }
    }
    if (/^traefik\.http\.services\.[^.]+\.loadbalancer\.server\.port$/.test(key))
      port ??= Number(value) || undefined;
  }
  return hosts.size === 0 ? undefined : { hosts: [...hosts], port };
}
