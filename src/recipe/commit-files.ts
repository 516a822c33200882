import type { CommitSha } from '../shared/brand.ts';
import { plain } from '../shared/text.ts';
import { type Git, ok, repositoryRefused } from './git-command.ts';
import { type Linked, linkedFiles } from './links.ts';
import type { CommitFiles, LeftOut } from './repository-file.ts';

const LIMITS = {
  files: 2000,
  fileBytes: 5 * 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
  /** Bytes of a path, and of one name in it. */
  pathBytes: 300,
  nameBytes: 200,
  depth: 16,
  linkBytes: 1024,
};
/** A line of the listing has a mode, a kind, an id, a size and the path. */
const LISTING_BYTES = LIMITS.files * (LIMITS.pathBytes + 80);

/** All files of a commit, by git's plumbing: nothing is checked out. Throws `input` error `repository-refused`. */
export async function readFiles(git: Git, commit: CommitSha, signal: AbortSignal): Promise<CommitFiles> {
  const listed = await ok(
    git(['ls-tree', '-r', '-z', '--long', '--full-tree', commit], signal, {
      bytes: true,
      maxBytes: LISTING_BYTES,
    }),
    'git ls-tree',
  );
  const lines = listed.stdout.split('\0').filter((line) => line !== '');
  if (lines.length > LIMITS.files) throw repositoryRefused(`more than ${LIMITS.files} files`);
  const entries = lines.map(asEntry);
  for (const entry of entries) checkLimits(entry);
  if (entries.reduce((sum, entry) => sum + entry.size, 0) > LIMITS.totalBytes)
    throw repositoryRefused('more than 64 MiB');
  const nameable = entries.filter((entry) => entry.name === 'plain');
  const regular = nameable.filter(({ mode }) => mode === '100644' || mode === '100755');
  const links = nameable.filter(({ mode, size }) => mode === '120000' && size <= LIMITS.linkBytes);
  const contents = await readBlobs(
    git,
    [...regular, ...links].map(({ object }) => object),
    signal,
  );
  const files = regular.map(({ path, mode }, index) => ({
    path,
    executable: mode === '100755',
    content: contents[index] ?? Buffer.alloc(0),
  }));
  const targets = links.map(({ path }, index): Linked => {
    const target = contents[regular.length + index] ?? Buffer.alloc(0);
    return { path, target: target.toString('utf8') };
  });
  const { followed, leftOut } = linkedFiles(files, targets);
  // What many links show is written as often.
  if ([...files, ...followed].reduce((sum, { content }) => sum + content.length, 0) > LIMITS.totalBytes)
    throw repositoryRefused('more than 64 MiB behind its links');
  return {
    files: [...files, ...followed],
    leftOut: [...leftOut, ...entries.flatMap(unreadable)],
  };
}

interface Entry {
  readonly mode: string;
  readonly object: string;
  readonly size: number;
  readonly path: string;
  readonly name: 'plain' | 'encoding' | 'control';
}

function asEntry(line: string): Entry {
  const tab = line.indexOf('\t');
  const [mode = '', , object = '', size = '0'] = line.slice(0, tab).split(/\s+/);
  const bytes = Buffer.from(line.slice(tab + 1), 'latin1');
  const path = bytes.toString('utf8');
  const name = Buffer.from(path).equals(bytes)
    ? plain(path) === path && !/[\t\n]/.test(path)
      ? 'plain'
      : 'control'
    : 'encoding';
  return { mode, object, size: Number(size) || 0, path, name };
}

function checkLimits({ path, size }: Entry): void {
  const shown = plain(path).slice(0, 80);
  const parts = path.split('/');
  if (size > LIMITS.fileBytes) throw repositoryRefused(`a file as large as ${shown}`);
  if (Buffer.byteLength(path) > LIMITS.pathBytes) throw repositoryRefused(`a path as long as ${shown}`);
  if (parts.some((part) => Buffer.byteLength(part) > LIMITS.nameBytes))
    throw repositoryRefused(`a name as long as ${shown}`);
  if (parts.length > LIMITS.depth) throw repositoryRefused(`a folder as deep as ${shown}`);
  if (parts.some((part) => /^(?:|\.|\.\.|\.git)$/i.test(part)))
    throw repositoryRefused(`a path such as ${shown}`);
}

function unreadable({ path, mode, name, size }: Entry): LeftOut[] {
  const shown = plain(path).replace(/[\t\n]/g, ' ');
  if (name !== 'plain') return [{ path: shown, why: name, target: undefined }];
  if (mode === '160000') return [{ path, why: 'submodule', target: undefined }];
  return mode === '120000' && size > LIMITS.linkBytes ? [{ path, why: 'link-odd', target: undefined }] : [];
}

/** The contents of blobs, in the order in which they are asked for. */
async function readBlobs(git: Git, objects: readonly string[], signal: AbortSignal): Promise<Buffer[]> {
  if (objects.length === 0) return [];
  const input = objects.map((object) => `${object}\n`).join('');
  const batch = await ok(
    git(['cat-file', '--batch'], signal, { bytes: true, input, maxBytes: LIMITS.totalBytes * 2 }),
    'git cat-file',
  );
  const bytes = Buffer.from(batch.stdout, 'latin1');
  const contents: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    // "<object> blob <size>", a newline, the content, a newline.
    const head = bytes.indexOf(0x0a, at);
    const size = Number(bytes.subarray(at, head).toString('latin1').split(' ')[2]);
    contents.push(bytes.subarray(head + 1, head + 1 + size));
    at = head + 1 + size + 1;
  }
  return contents;
}
