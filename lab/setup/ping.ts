import { request } from 'node:http';

/** What listens at an engine's socket: an engine, somebody who does not answer, nobody, or nothing at all. */
export type Ping = 'answers' | 'silent' | 'refused' | 'absent' | 'forbidden';

/** Asks `/_ping` at a unix socket, without any docker client. */
export function pingEngine(socket: string, milliseconds: number, signal: AbortSignal): Promise<Ping> {
  return new Promise((resolve) => {
    const asked = request({
      socketPath: socket,
      path: '/_ping',
      signal: AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]),
    });
    asked.on('response', (response) => {
      response.resume();
      response.on('error', () => resolve('silent'));
      response.on('end', () => resolve(response.statusCode === 200 ? 'answers' : 'silent'));
    });
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(meaning(error.code)));
    asked.end();
  });
}

function meaning(code: string | undefined): Ping {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'absent';
    case 'ECONNREFUSED':
    case 'ENOTSOCK':
    // Connecting to a directory or a plain file.
    case 'EISDIR':
      return 'refused';
    case 'EACCES':
    case 'EPERM':
      return 'forbidden';
    default:
      return 'silent';
  }
}
