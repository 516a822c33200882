import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import type { RandomBytes } from '../../shared/ids.ts';
import { createAdmin, type EmbeddedForgeAdmin } from './admin.ts';
import { openBareRepositories } from './bare-repositories.ts';
import { type Core, turns } from './core.ts';
import { openDatabase } from './database.ts';
import { answer } from './server.ts';

export interface EmbeddedForgeOptions {
  /** Where everything is kept; made where it is missing. One running forge for each directory. */
  readonly directory: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: the loopback address. */
  readonly host?: string;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Where git is found: the value of PATH for its processes. */
  readonly path: string;
  /** Default: what a Gitea allows unless its admin says otherwise. */
  readonly allowedReactions?: readonly string[];
  /** Is told of errors that nobody foresaw. Default: a warning of the process. */
  readonly report?: (error: unknown) => void;
}

export interface EmbeddedForge {
  /** Without a slash at the end; the API is below `/api/v1`, repositories are `/O/R.git`. */
  readonly url: string;
  readonly admin: EmbeddedForgeAdmin;
  /** Ends running requests and git processes. What was stored is there after the next start. */
  close(): Promise<void>;
}

const REACTIONS = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'];

/**
 * A small forge in this process that answers like a Gitea 1.26: as much of its API as
 * Seatrial uses, and git over HTTP. Throws the system's error where the port is taken.
 */
export async function startEmbeddedForge(options: EmbeddedForgeOptions): Promise<EmbeddedForge> {
  const { directory, path, clock } = options;
  await mkdir(directory, { recursive: true });
  const closing = new AbortController();
  const git = await openBareRepositories({ directory, path, signal: closing.signal });
  const database = openDatabase(join(directory, 'forge.db'));
  const server = createServer();
  try {
    const core: Core = {
      database,
      git,
      now: () => Math.floor(clock.now() / 1000),
      random: options.random,
      url: await listen(server, options.host ?? '127.0.0.1', options.port ?? 0),
      allowedReactions: options.allowedReactions ?? REACTIONS,
      signal: closing.signal,
      report: options.report ?? warn,
      inTurn: turns(),
    };
    const running = new Set<Promise<void>>();
    server.on('request', (request, response) => {
      const answering = answer(core, request, response).finally(() => running.delete(answering));
      running.add(answering);
    });
    return {
      url: core.url,
      admin: createAdmin(core),
      async close() {
        if (closing.signal.aborted) return;
        closing.abort();
        server.close();
        server.closeAllConnections();
        await Promise.allSettled(running);
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the forge has no port');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
