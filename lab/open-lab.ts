import { join } from 'node:path';
import { type Built, buildImages, removeReplaced } from './images/build.ts';
import {
  DEFINITIONS,
  type Definition,
  MISSING_TAG,
  NGINX_BROKEN,
  NGINX_NEW,
  NGINX_NEXT,
  NGINX_OLD,
  REGISTRY,
  TOOLS,
} from './images/definitions.ts';
import { pushedReference, pushImages } from './images/push.ts';
import {
  defaultRegistry,
  ensureRegistry,
  type Registry,
  type RegistryPlace,
  removeRegistry,
} from './images/registry.ts';
import { enter, leave } from './images/users.ts';
import { type Context, trouble } from './setup/context.ts';
import type { Docker } from './setup/docker.ts';
import { alone } from './setup/lock.ts';
import { readMachine } from './setup/machine.ts';
import type { Ready } from './setup/set-up.ts';

/** Full references, `127.0.0.1:<port>/<repository>:<tag>`. */
export interface LabImages {
  readonly nginx: {
    readonly old: string;
    readonly new: string;
    readonly next: string;
    /** Ends at its start: `[emerg] … unknown directive "worker_proceses"`. */
    readonly broken: string;
    /** Its tag is not in the registry. */
    readonly missing: string;
  };
  /** caddy, restic and curl. */
  readonly tools: string;
}

/** Images in a real registry on loopback. */
export interface Lab {
  readonly registry: Registry;
  readonly images: LabImages;
  /** The full reference of an image; only those that this lab was opened with are in its registry. */
  reference(definition: Definition): string;
  /** Removes the registry's container once nobody uses it. Images and the registry's data stay, as cache. */
  close(): Promise<void>;
}

export interface LabOptions extends Context {
  readonly ready: Ready;
  /** Where the registry is; the usual place unless said. */
  readonly place?: RegistryPlace;
  /** Further images than every lab has: built and pushed only for those who ask. */
  readonly further?: readonly Definition[];
}

/** Builds what is missing of the lab's images, starts its registry and pushes them. A second call finds all done. */
export async function openLab(options: LabOptions): Promise<Lab> {
  const { ready, environment, signal } = options;
  const client: Docker = { ...ready, environment, signal };
  const place = options.place ?? defaultRegistry(options);
  const wanted = [...DEFINITIONS, ...(options.further ?? [])];
  const users = join(environment.cacheDir, `users of ${place.container}`);
  const note = await enter(users);
  const close = async (): Promise<void> => {
    // Closing has to work after the run's own signal has fired.
    const late: Docker = { ...client, signal: AbortSignal.timeout(60_000) };
    const context = { ...options, signal: late.signal };
    await alone(context, 'lab', async () => {
      if (await leave(users, note)) await removeRegistry(late, place);
    });
  };
  try {
    const machine = await readMachine();
    return await alone(options, 'lab', async () => {
      const built = await buildImages(options, client, machine, wanted);
      const registry = await ensureRegistry(options, client, registryImage(built.current), place);
      await pushImages(options, client, built.current, registry);
      await removeReplaced(client, built);
      const reference = (definition: Definition) => pushedReference(definition, registry);
      return { registry, images: references(reference), reference, close };
    });
  } catch (error) {
    await leave(users, note);
    throw error;
  }
}

function registryImage(built: readonly Built[]): Built {
  const image = built.find(({ definition }) => definition === REGISTRY);
  if (image !== undefined) return image;
  throw trouble('image-gone', 'The image of the registry vanished while it was needed.', 'Run again.');
}

function references(reference: (definition: Definition) => string): LabImages {
  const nginx = {
    old: reference(NGINX_OLD),
    new: reference(NGINX_NEW),
    next: reference(NGINX_NEXT),
    broken: reference(NGINX_BROKEN),
    missing: reference({ ...NGINX_NEW, tag: MISSING_TAG }),
  };
  return { nginx, tools: reference(TOOLS) };
}
