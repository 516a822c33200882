import { describe, expect, test } from 'vitest';
import { parseBackupLabels } from './labels.ts';

describe('backup labels', () => {
  test('switch the backup on with the word true alone', () => {
    expect(parseBackupLabels({ 'backupbot.backup': 'true' }).enabled).toBe(true);
    for (const value of ['false', 'TRUE', '1', 'yes', ''])
      expect(parseBackupLabels({ 'backupbot.backup': value }).enabled).toBe(false);
    expect(parseBackupLabels({}).enabled).toBe(false);
  });

  test('name hooks, volumes that are left out, and paths in volumes', () => {
    const labels = parseBackupLabels({
      'backupbot.backup': 'true',
      'backupbot.backup.pre-hook': 'dump',
      'backupbot.backup.post-hook': 'tidy',
      'backupbot.restore.pre-hook': 'stop',
      'backupbot.restore.post-hook': 'load',
      'backupbot.backup.volumes.cache': 'false',
      'backupbot.backup.volumes.media': 'true',
      'backupbot.backup.volumes.db.path': 'dump.sql, more/of it ,',
    });
    expect(labels).toEqual({
      enabled: true,
      preHook: 'dump',
      postHook: 'tidy',
      restorePreHook: 'stop',
      restorePostHook: 'load',
      volumes: { cache: 'excluded', db: ['dump.sql', 'more/of it'] },
      old: [],
      unknown: [],
    });
  });

  test('of the first generation and inventions mean nothing, and are told apart', () => {
    const labels = parseBackupLabels({
      'backupbot.backup.path': '/data',
      'backupbot.restore': 'true',
      'backupbot.backup.command': 'pg_dump',
      'backupbot.backup.volumes': 'false',
      'backupbot.backup.pre_hook': 'dump',
      'backupbot.backups': 'true',
      backupbottle: 'true',
    });
    expect(labels).toMatchObject({ enabled: false, volumes: {}, preHook: undefined });
    expect(labels.old).toEqual(['backupbot.backup.path', 'backupbot.restore']);
    expect(labels.unknown).toEqual([
      'backupbot.backup.command',
      'backupbot.backup.volumes',
      'backupbot.backup.pre_hook',
      'backupbot.backups',
    ]);
  });

  test('name volumes that have dots in their names, and one that is called path', () => {
    const labels = parseBackupLabels({
      'backupbot.backup.volumes.my.data': 'false',
      'backupbot.backup.volumes.v1.db.path': 'dump.sql',
      'backupbot.backup.volumes.path': 'false',
    });
    expect(labels.volumes).toEqual({ 'my.data': 'excluded', 'v1.db': ['dump.sql'], path: 'excluded' });
  });
});
