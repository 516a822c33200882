import { randomBytes } from 'node:crypto';
import { createResticBackup } from '../../src/adapters/restic/backup.ts';
import { createRedactor } from '../../src/shared/redact.ts';
import { openTestLab } from '../support/lab.ts';
import { backupConformance } from './backup.ts';

backupConformance('restic', async () => {
  const { engine, images, close } = await openTestLab();
  const redactor = createRedactor();
  const random = (count: number) => randomBytes(count);
  const backup = createResticBackup({ engine, image: images.tools, random, redactor });
  return { engine, backup, image: images.tools, close };
});
