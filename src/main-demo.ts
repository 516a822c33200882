import { randomBytes } from 'node:crypto';
import { type DemoForge, openDemoWorld } from '../lab/demo/world.ts';
import { openLab } from '../lab/open-lab.ts';
import type { Context } from '../lab/setup/context.ts';
import { setUp } from '../lab/setup/set-up.ts';
import { startEmbeddedForge } from './adapters/embedded-forge/embedded-forge.ts';
import { createGiteaForge } from './adapters/gitea/gitea-forge.ts';
import type { OpenDemo } from './cli/parts.ts';
import { systemClock } from './shared/clock.ts';

const POLL_MS = 1000;

/** Wires the lab and the embedded forge into the demo's world. */
export async function openDemo(context: Context, directory: string): Promise<OpenDemo> {
  const { environment, signal } = context;
  const ready = await setUp(context);
  const lab = await openLab({ ready, ...context });
  try {
    const world = await openDemoWorld({
      directory,
      images: lab.images,
      environment,
      signal,
      startForge: (at) => startForge(context, at),
    });
    const forge = createGiteaForge({ name: 'embedded', url: world.forge.url, token: world.botToken });
    return {
      world,
      watched: { forge, repositories: [world.repository], interval: POLL_MS },
      settings: (base) => ({
        ...base,
        dockerHost: ready.host,
        router: { kind: 'caddy' },
        routerImage: lab.images.tools,
        backupImage: lab.images.tools,
      }),
      async close() {
        await world.forge.close();
        await lab.close();
      },
    };
  } catch (error) {
    await lab.close();
    throw error;
  }
}

async function startForge({ environment }: Context, directory: string): Promise<DemoForge> {
  const random = (count: number) => randomBytes(count);
  const { url, admin, close } = await startEmbeddedForge({
    directory,
    clock: systemClock,
    random,
    path: environment.path,
  });
  return {
    url,
    close,
    createUser: (login, fullName) => admin.createUser({ login, fullName }),
    async createRepository(path, source) {
      await admin.createRepository({ ...path, source });
    },
    setAccess: (path, login, access) => admin.setAccess(path, login, access),
    createPullRequest: (path, author, pull) => admin.createPullRequest(path, author, pull),
    createComment: (path, number, author, body) => String(admin.createComment(path, number, author, body)),
  };
}
