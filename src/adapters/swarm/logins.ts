import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DOCKER_HUB } from '../../ports/image-name.ts';
import type { RegistryLogin } from '../../ports/registry.ts';

const PREFIX = 'with-logins-';
/** No call of the client is allowed to last this long: whoever left such a directory is dead. */
const LEFT_MS = 600_000;
/** The name under which Docker's client keeps the login of Docker Hub. */
const HUB_KEY = 'https://index.docker.io/v1/';

/**
 * Calls with a directory of client settings that has nothing but these logins in it, readable
 * for us alone and gone afterwards.
 */
export async function withLogins<T>(
  parent: string,
  logins: readonly RegistryLogin[],
  call: (directory: string) => Promise<T>,
): Promise<T> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  await sweep(parent);
  const directory = await mkdtemp(join(parent, PREFIX));
  try {
    await writeFile(join(directory, 'config.json'), JSON.stringify({ auths: authsOf(logins) }), {
      mode: 0o600,
    });
    return await call(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function authsOf(logins: readonly RegistryLogin[]): Record<string, { auth: string }> {
  return Object.fromEntries(
    logins.map(({ host, username, password }) => [
      host === DOCKER_HUB ? HUB_KEY : host,
      { auth: Buffer.from(`${username}:${password}`, 'utf8').toString('base64') },
    ]),
  );
}

/** What a process left that was killed in the middle of a call. */
async function sweep(parent: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(PREFIX));
  for (const directory of names.map((name) => join(parent, name))) {
    const made = await stat(directory).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > LEFT_MS) {
      await rm(directory, { recursive: true, force: true });
    }
  }
}
