import type { Engine } from '../../ports/engine.ts';
import { elapsed } from '../../shared/wait.ts';
import type { Connection } from './connection.ts';

// After a broken event stream nobody is woken early for a while; the polls behind it go on.
const RECONNECT_MS = 1000;

/** One event stream shared by everybody who waits; it is open only while somebody does. */
export function eventCalls(connection: Connection): Pick<Engine, 'nextEvent'> {
  const waiting = new Set<() => void>();
  let open = false;

  return {
    async nextEvent(signal) {
      if (signal.aborted) return;
      const next = new Promise<void>((resolve) => {
        const done = () => {
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
      if (!open) void listen();
      await next;
    },
  };

  async function listen(): Promise<void> {
    open = true;
    const ended = new AbortController();
    try {
      const stream = await connection.docker.getEvents({
        filters: { type: ['container', 'service', 'network', 'volume'] },
        abortSignal: ended.signal,
      });
      const idle = () => waiting.size === 0 && ended.abort();
      await new Promise<void>((resolve) => {
        const check = setInterval(idle, RECONNECT_MS);
        check.unref();
        stream.on('data', wakeAll);
        const done = () => {
          clearInterval(check);
          resolve();
        };
        stream.once('close', done).once('end', done).once('error', done);
        ended.signal.addEventListener('abort', () => (stream as unknown as { destroy(): void }).destroy());
      });
    } catch {
      // Events only hasten polls: without them the polls' own bound decides.
      await elapsed(RECONNECT_MS, new AbortController().signal);
    }
    open = false;
  }

  function wakeAll(): void {
    for (const wake of [...waiting]) wake();
  }
}
