import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { until } from '../../src/shared/wait.ts';
import type { Context } from './context.ts';

const DEADLINE = 15 * 60_000;

/**
 * Does the work while no other process of this machine does work under the same name for the
 * same cache: two set-ups at once would build everything twice. The lock is a name in Linux's
 * abstract socket space, so it ends with its process, however that ends. Elsewhere there is none.
 */
export async function alone<T>(context: Context, name: string, work: () => Promise<T>): Promise<T> {
  const lock = process.platform === 'linux' ? await acquire(context, name) : undefined;
  try {
    return await work();
  } finally {
    lock?.close();
  }
}

async function acquire(context: Context, name: string): Promise<Server> {
  const cache = createHash('sha256').update(context.environment.cacheDir).digest('hex').slice(0, 16);
  let said = false;
  return until({ name: `lock ${name}`, deadline: DEADLINE, every: 200, signal: context.signal }, async () => {
    const server = await listening(`\0seatrial-${cache}-${name}`);
    if (server !== undefined) return { done: true, value: server };
    if (!said) context.progress('Waiting for another process that is setting up the same things');
    said = true;
    return { done: false, missing: 'the end of another process that is setting up the same things' };
  });
}

/** Undefined where somebody else listens under this name. */
function listening(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => {
      server.unref();
      resolve(server);
    });
  });
}
