import type Docker from 'dockerode';
import type { Engine, LocalImage, PullOptions } from '../../ports/engine.ts';
import { DOCKER_HUB, splitImage } from '../../ports/image-name.ts';
import type { RegistryLogin } from '../../ports/registry.ts';
import { SeatrialError } from '../../shared/errors.ts';
import { oneLine } from '../../shared/text.ts';
import type { Connection } from './connection.ts';

type ImageCalls = Pick<
  Engine,
  'pull' | 'hasImage' | 'digest' | 'image' | 'images' | 'tagImage' | 'removeImage'
>;

export function imageCalls(connection: Connection): ImageCalls {
  const { call, find } = connection;
  const inspect = async (name: string, signal: AbortSignal) => {
    try {
      return await find(`inspect ${name}`, signal, (docker) => docker.getImage(name).inspect());
    } catch (error) {
      // No image goes by a name that is none.
      if (error instanceof SeatrialError && error.code === 'engine-400') return undefined;
      throw error;
    }
  };
  return {
    async pull(image, signal, options = {}) {
      await call(`pull ${image}`, signal, async (docker) => {
        const { login } = options;
        const stream = await docker.pull(image, {
          abortSignal: signal,
          ...(login === undefined ? {} : { authconfig: asAuth(login) }),
        });
        await followed(docker, image, stream, options);
      });
    },

    hasImage: async (image, signal) => (await inspect(image, signal)) !== undefined,

    async digest(image, signal) {
      const found = await inspect(image, signal);
      const named = (found?.RepoDigests ?? []).find((name) => sameRepository(name, image));
      return named === undefined ? undefined : splitImage(named).digest;
    },

    async image(name, signal) {
      const found = await inspect(name, signal);
      return found === undefined ? undefined : asImage(found);
    },

    async images(signal) {
      const found = await call('list images', signal, (docker) => docker.listImages({ abortSignal: signal }));
      return found.map(asImage);
    },

    async tagImage(image, name, signal) {
      const { repository: repo, tag = 'latest' } = splitImage(name);
      await call(`name ${name}`, signal, (docker) =>
        docker.getImage(image).tag({ repo, tag, abortSignal: signal }),
      );
    },

    async removeImage(image, signal) {
      try {
        await find(`remove ${image}`, signal, (docker) =>
          docker.getImage(image).remove({ abortSignal: signal }),
        );
        return true;
      } catch (error) {
        if (error instanceof SeatrialError && error.code === 'engine-409') return false;
        throw error;
      }
    },
  };
}

function asAuth({ host, username, password }: RegistryLogin): Docker.AuthConfig {
  return { username, password, serveraddress: host === DOCKER_HUB ? 'https://index.docker.io/v1/' : host };
}

interface PullEvent {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** Resolves when all of it is there. A refusal in the middle comes as an event, long after the engine said 200. */
async function followed(
  docker: Docker,
  image: string,
  stream: NodeJS.ReadableStream,
  { progress }: PullOptions,
): Promise<void> {
  const layers = new Map<string, { readonly current: number; readonly total: number }>();
  let refused: string | undefined;
  const see = ({ id, status, error, progressDetail }: PullEvent) => {
    refused ??= error;
    if (id === undefined || status !== 'Downloading' || progressDetail?.total === undefined) return;
    layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total });
    const sum = (of: 'current' | 'total') => [...layers.values()].reduce((all, layer) => all + layer[of], 0);
    progress?.(sum('current'), sum('total'));
  };
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()), see);
  });
  if (refused !== undefined) throw refusedMidway(image, oneLine(refused));
}

function refusedMidway(image: string, words: string): SeatrialError {
  const what = `pull ${image}`;
  return new SeatrialError({
    kind: 'environment',
    code: 'engine-pull',
    sentence: `Docker refused (${what}): ${words}`,
    facts: { what, words },
  });
}

interface RawImage {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | undefined | null;
  readonly RepoDigests?: readonly string[] | undefined | null;
  readonly Size: number;
}

function asImage({ Id, RepoTags, RepoDigests, Size }: RawImage): LocalImage {
  const names = [...(RepoTags ?? []), ...(RepoDigests ?? [])].filter((name) => !name.startsWith('<none>'));
  return { id: Id, names, bytes: Size };
}

/** Two names of one repository: Docker's own registry has several. */
function sameRepository(one: string, other: string): boolean {
  const [a, b] = [splitImage(one), splitImage(other)];
  return a.host === b.host && a.path === b.path;
}
