import Docker from 'dockerode';
import { SeatrialError } from '../../shared/errors.ts';
import { oneLine } from '../../shared/text.ts';

/** A connection to one engine whose failures speak our language. */
export interface Connection {
  readonly docker: Docker;
  /**
   * Runs one call. Throws the signal's reason when aborted, `engine-unreachable` without an
   * engine and `engine-<status>` with the engine's own words where it refuses.
   */
  call<T>(what: string, signal: AbortSignal, run: (docker: Docker) => Promise<T>): Promise<T>;
  /** Like call, but "no such object" gives undefined. */
  find<T>(what: string, signal: AbortSignal, run: (docker: Docker) => Promise<T>): Promise<T | undefined>;
}

/** `host` as in DOCKER_HOST: unix:///path or tcp://host:port. */
export function connect(host: string): Connection {
  const docker = new Docker(clientOptions(host));
  async function call<T>(what: string, signal: AbortSignal, run: (docker: Docker) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    try {
      return await abortable(run(docker), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw engineError(what, error);
    }
  }
  return {
    docker,
    call,
    async find(what, signal, run) {
      try {
        return await call(what, signal, run);
      } catch (error) {
        if (error instanceof SeatrialError && error.code === 'engine-404') return undefined;
        throw error;
      }
    },
  };
}

/** Not every call of the client can be aborted: then its answer is no longer waited for. */
function abortable<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function clientOptions(host: string): Docker.DockerOptions {
  const url = new URL(host);
  if (url.protocol === 'unix:') return { socketPath: url.pathname };
  if (url.protocol === 'tcp:' || url.protocol === 'http:') {
    return { host: url.hostname, port: Number(url.port || 2375), protocol: 'http' };
  }
  throw new SeatrialError({
    kind: 'input',
    code: 'docker-host',
    sentence: `The Docker host ${host} is of a kind that Seatrial cannot talk to.`,
    remedy: 'Use unix:///path/to/docker.sock or tcp://host:port.',
  });
}

function engineError(what: string, error: unknown): SeatrialError {
  if (error instanceof SeatrialError) return error;
  const { statusCode, words } = refusalOf(error);
  if (statusCode === undefined) {
    return new SeatrialError({
      kind: 'environment',
      code: 'engine-unreachable',
      sentence: `Docker did not answer (${what}): ${words}`,
      remedy:
        'Start the Docker engine, or point DOCKER_HOST at one; `seatrial doctor` shows what else is missing.',
      facts: { what, words },
      transient: true,
      cause: error,
    });
  }
  return new SeatrialError({
    kind: 'environment',
    code: `engine-${statusCode}`,
    sentence: `Docker refused (${what}): ${words}`,
    facts: { what, words, status: statusCode },
    cause: error,
  });
}

function refusalOf(error: unknown): { statusCode: number | undefined; words: string } {
  if (!(error instanceof Error)) return { statusCode: undefined, words: String(error) };
  const statusCode =
    'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
  const json = 'json' in error ? error.json : undefined;
  const message =
    typeof json === 'object' && json !== null && 'message' in json ? String(json.message) : error.message;
  // Where the answer was to be a stream, the client gives its message instead of the engine's alone.
  const words = oneLine(message.replace(/^\(HTTP code \d+\) [a-z ]+ - /, ''));
  // Networks that vanish between two looks are reported as a fault of the server.
  const vanished = statusCode === 500 && /^(network|service|volume|config|secret) \S+ not found$/.test(words);
  return { statusCode: vanished ? 404 : statusCode, words };
}
