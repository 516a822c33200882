import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract as tarExtract, pack as tarPack } from 'tar-stream';
import type { ArchiveFile, Engine } from '../../ports/engine.ts';
import { SeatrialError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';

/** Files in and out of containers, through volumes too, with no program inside the container. */
export function archiveCalls(connection: Connection): Pick<Engine, 'putFiles' | 'getFile'> {
  const { call, find } = connection;
  return {
    async putFiles(id, directory, files, signal) {
      const archive = await packed(files);
      await call(`put files into ${directory}`, signal, (docker) =>
        docker.getContainer(id).putArchive(archive, { path: directory, abortSignal: signal }),
      );
    },

    async getFile(id, path, maxBytes, signal) {
      const stream = await find(`get ${path}`, signal, (docker) =>
        docker.getContainer(id).getArchive({ path, abortSignal: signal }),
      );
      return stream === undefined ? undefined : await firstFile(stream, path, maxBytes);
    },
  };
}

async function packed(files: readonly ArchiveFile[]): Promise<Buffer> {
  const tar = tarPack();
  for (const file of files) {
    tar.entry(
      { name: file.path, mode: file.mode, uid: file.uid, gid: file.gid, mtime: new Date(file.mtime * 1000) },
      Buffer.from(file.content),
    );
  }
  tar.finalize();
  return await buffer(tar);
}

async function firstFile(
  stream: NodeJS.ReadableStream,
  path: string,
  maxBytes: number,
): Promise<ArchiveFile | undefined> {
  const extract = tarExtract();
  stream.once('error', (error: Error) => extract.destroy(error));
  stream.pipe(extract);
  try {
    for await (const entry of extract) {
      const { header } = entry;
      if (header.type !== 'file' && header.type !== 'contiguous-file') return undefined;
      if ((header.size ?? 0) > maxBytes) throw tooLarge(path, header.size ?? 0, maxBytes);
      const content = await buffer(entry);
      return {
        path,
        content,
        mode: (header.mode ?? 0) & 0o7777,
        uid: header.uid ?? 0,
        gid: header.gid ?? 0,
        mtime: Math.floor((header.mtime?.getTime() ?? 0) / 1000),
      };
    }
    return undefined;
  } finally {
    // As long as somebody may go on reading, the engine keeps the container from being removed.
    if (stream instanceof Readable) stream.destroy();
  }
}

function tooLarge(path: string, size: number, maxBytes: number): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code: 'file-too-large',
    sentence: `${path} has ${size} bytes where at most ${maxBytes} are read.`,
    facts: { path, size, maxBytes },
  });
}
