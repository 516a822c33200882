import type { RepositoryPath } from '../ports/forge.ts';
import { asSeatrialError } from '../shared/errors.ts';
import { elapsed } from '../shared/wait.ts';
import { pollRepository } from '../trigger/poll.ts';
import type { TestRequest } from '../trigger/request.ts';
import { type ServeOptions, titleOf, type WatchedForge } from './options.ts';

/** Looks at one repository again and again. One forge's outage stops nobody else. */
export async function pollOn(
  options: ServeOptions,
  { forge, interval }: WatchedForge,
  path: RepositoryPath,
): Promise<void> {
  const { signal, triggers: store, house, say } = options;
  const where = `${forge.name} ${path.owner}/${path.name}`;
  let last = '';
  while (!signal.aborted) {
    try {
      await pollRepository({
        ...{ forge, path, store, signal, clock: house.clock },
        accepted: (request) =>
          say(`${titleOf(request)}: ${request.head.slice(0, 10)} asked for by ${requester(request)}`),
        trouble: (error) => say(`${where}: ${error.message}`),
      });
      last = '';
    } catch (error) {
      if (signal.aborted) return;
      // The same words are said once.
      const { message } = asSeatrialError(error);
      if (message !== last) say(`${where}: ${message}`);
      last = message;
    }
    await elapsed(interval, signal);
  }
}

function requester({ origin }: TestRequest): string {
  return origin.kind === 'forge' ? origin.requester : 'the command line';
}
