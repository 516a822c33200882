import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repositoryRefused } from './git-command.ts';
import type { RepositoryFile } from './repository-file.ts';

/** Writes files below a directory; paths that would lead out of it are refused with `repository-refused`. */
export async function writeFiles(directory: string, files: readonly RepositoryFile[]): Promise<void> {
  for (const file of files) {
    if (file.path.split('/').some((part) => part === '' || part === '.' || part === '..'))
      throw repositoryRefused(`a path such as ${file.path}`);
    const target = join(directory, file.path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, file.content, { mode: file.executable ? 0o755 : 0o644 });
  }
}
