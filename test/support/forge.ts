import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DemoForge, type DemoWorld, openDemoWorld } from '../../lab/demo/world.ts';
import { startEmbeddedForge } from '../../src/adapters/embedded-forge/embedded-forge.ts';
import { createGiteaForge } from '../../src/adapters/gitea/gitea-forge.ts';
import type { Forge } from '../../src/ports/forge.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { PATH } from './git.ts';
import type { TestLab } from './lab.ts';

/** The demo's forge with its four pull requests, for a daemon that is another process. */
export interface ServedForge {
  readonly world: DemoWorld;
  /** As the bot sees it. */
  readonly forge: Forge;
  /** Flags and variables with which `serve` watches it. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export async function serveForge(lab: TestLab, directory: string): Promise<ServedForge> {
  const world = await openDemoWorld({
    ...{ directory: join(directory, 'world'), images: lab.images, environment: lab.environment },
    signal: AbortSignal.timeout(60_000),
    startForge,
  });
  const { owner, name } = world.repository;
  const { url } = world.forge;
  const config = join(directory, 'seatrial.toml');
  const keys = [`url = "${url}"`, 'kind = "gitea"', 'token_env = "BOT_TOKEN"', 'poll_interval = 1'];
  writeFileSync(config, `[[forge]]\n${keys.join('\n')}\nrepositories = ["${owner}/${name}"]\n`);
  return {
    world,
    forge: createGiteaForge({ name: 'served', url, token: world.botToken }),
    args: ['--config', config, '--state-dir', join(directory, 'state'), '--max-tests', '20'],
    env: { BOT_TOKEN: world.botToken },
  };
}

async function startForge(directory: string): Promise<DemoForge> {
  const random = (count: number) => randomBytes(count);
  const { url, admin, close } = await startEmbeddedForge({
    directory,
    clock: systemClock,
    random,
    path: PATH,
  });
  return {
    ...{ url, close },
    createUser: (login, fullName) => admin.createUser({ login, fullName }),
    async createRepository(path, source) {
      await admin.createRepository({ ...path, source });
    },
    setAccess: (path, login, access) => admin.setAccess(path, login, access),
    createPullRequest: (path, author, pull) => admin.createPullRequest(path, author, pull),
    createComment: (path, number, author, body) => String(admin.createComment(path, number, author, body)),
  };
}
