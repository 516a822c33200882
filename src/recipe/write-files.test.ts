import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { errorOf } from '../../test/support/errors.ts';
import { writeFiles } from './write-files.ts';

describe('writing files', () => {
  test('keeps what is executable executable', async () => {
    const directory = temporaryDirectory();
    await writeFiles(directory, [
      { path: 'run.sh', executable: true, content: Buffer.from('x') },
      { path: 'plain', executable: false, content: Buffer.from('y') },
    ]);
    expect(statSync(join(directory, 'run.sh')).mode & 0o111).not.toBe(0);
    expect(statSync(join(directory, 'plain')).mode & 0o111).toBe(0);
  });

  test.each(['../out', 'a/../../out', '/out', 'a//b', './a', ''])('refuses the path “%s”', async (path) => {
    const parent = temporaryDirectory();
    const directory = join(parent, 'inside');
    const file = { path, executable: false, content: Buffer.from('x') };
    expect(await errorOf(writeFiles(directory, [file]))).toMatchObject({ code: 'repository-refused' });
    expect(readdirSync(parent)).toEqual([]);
  });
});
