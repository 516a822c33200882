import type { RunId } from '../shared/brand.ts';
import { SeatrialError } from '../shared/errors.ts';
import type { ServeOptions } from './options.ts';
import { pollOn } from './polling.ts';
import { publishAll, publishOn } from './publishing.ts';
import { reapOn, recover } from './reaping.ts';
import { workOn } from './working.ts';

const LAST_WORDS_MS = 15_000;

/** The daemon: poll, admit, run, publish. Returns once it has been stopped and nothing runs any more. */
export async function serve(options: ServeOptions): Promise<void> {
  const own = new Set<RunId>();
  await recover(options, own);
  const broken = new AbortController();
  const all = { ...options, signal: AbortSignal.any([options.signal, broken.signal]) };
  const loops = [
    ...all.forges.flatMap((watched) => watched.repositories.map((path) => pollOn(all, watched, path))),
    workOn(all, own),
    publishOn(all),
    reapOn(all, own),
  ];
  // A loop that breaks takes the others with it, but not before what runs has been taken away.
  for (const loop of loops) loop.catch((error: unknown) => broken.abort(error));
  const ended = await Promise.allSettled(loops);
  // Verdicts of cancelled runs still have to reach the forge.
  await publishAll(options, AbortSignal.timeout(LAST_WORDS_MS));
  const failed = ended.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

export function noForges(): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'no-forges',
    sentence: 'No forge is configured, so there is nothing to serve.',
    remedy: 'Add a [[forge]] with url, token_env and repositories to seatrial.toml.',
  });
}
