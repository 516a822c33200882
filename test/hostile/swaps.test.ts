import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeFiles } from '../../src/recipe/write-files.ts';
import { parseStackFile } from '../../src/stack/document.ts';
import { inputsOf, verifyInputs } from '../../src/stack/inputs.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { errorOf, thrownBy } from '../support/errors.ts';

const FILES = [{ path: 'conf/app.conf', executable: false, content: Buffer.from('as committed') }];

describe('requirement 26: a file that is another one when it is read than when it was checked', () => {
  test('is what it was as long as nobody touches it', async () => {
    const { inputs } = await written();
    expect(await verifyInputs(inputs)).toBeUndefined();
  });

  test.each<[string, (file: string, directory: string) => void]>([
    ['has other content', (file) => writeFileSync(file, 'something else')],
    ['is a link to a file of the host', (file) => replaced(file, () => symlinkSync('/etc/hostname', file))],
    [
      'is a link to the same content',
      (file) => {
        renameSync(file, `${file}.old`);
        symlinkSync(`${file}.old`, file);
      },
    ],
    [
      'lies in a directory that is a link now',
      (_, directory) => {
        cpSync(join(directory, 'conf'), join(directory, 'elsewhere'), { recursive: true });
        replaced(join(directory, 'conf'), () =>
          symlinkSync(join(directory, 'elsewhere'), join(directory, 'conf')),
        );
      },
    ],
    ['is a directory', (file) => replaced(file, () => mkdirSync(file))],
    ['is a pipe that never ends', (file) => replaced(file, () => execFileSync('mkfifo', [file]))],
    ['is gone', (file) => rmSync(file)],
  ])('is refused when it %s', async (_, swap) => {
    const { inputs, directory } = await written();
    swap(join(directory, 'conf/app.conf'), directory);
    const error = await errorOf(verifyInputs(inputs));
    expect(error).toMatchObject({
      kind: 'environment',
      code: 'file-swapped',
      facts: { file: 'conf/app.conf' },
    });
  });
});

test('requirement 26: a document that names a file which is none of ours is our own error', async () => {
  const directory = temporaryDirectory();
  const file = parseStackFile('services: {app: {image: x}}\nconfigs: {c: {file: /etc/passwd}}\n');
  const error = await thrownBy(() => inputsOf(file, directory, FILES));
  expect(error).toMatchObject({ kind: 'internal', code: 'stack-unguarded' });
});

test('requirement 26: a document that names a file which the recipe does not have is the recipe’s fault', async () => {
  const directory = temporaryDirectory();
  for (const path of [directory, join(directory, 'missing')]) {
    const file = parseStackFile(`services: {app: {image: x}}\nconfigs: {c: {file: ${path}}}\n`);
    const error = await thrownBy(() => inputsOf(file, directory, FILES));
    expect(error).toMatchObject({ kind: 'recipe', code: 'path-missing' });
  }
});

async function written() {
  const directory = temporaryDirectory();
  await writeFiles(directory, FILES);
  const file = parseStackFile(
    `services: {app: {image: x}}\nconfigs: {c: {file: ${join(directory, 'conf/app.conf')}}}\n`,
  );
  const inputs = inputsOf(file, directory, FILES);
  expect(inputs).toHaveLength(1);
  return { directory, inputs };
}

function replaced(path: string, make: () => void): void {
  rmSync(path, { recursive: true });
  make();
}
