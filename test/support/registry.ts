import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { localReference, REGISTRY } from '../../lab/images/definitions.ts';
import { type Docker, docker } from '../../lab/setup/docker.ts';
import { findCli } from '../../lab/setup/docker-cli.ts';
import { readMachine } from '../../lab/setup/machine.ts';
import { elapsed, until } from '../../src/shared/wait.ts';
import type { Corner, TestLab } from './lab.ts';

/** A registry of a test's own, the program that others run too. */
export interface TestRegistry {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** Makes an image of this many random bytes and pushes it; the engine keeps nothing of it. */
  push(repository: string, bytes?: number): Promise<void>;
  close(): Promise<void>;
}

export const LOGIN = { username: 'u', password: 'open sesame' };
/** The line of an htpasswd file for it. */
const HTPASSWD = 'u:$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW';

export async function startRegistry(
  lab: TestLab,
  corner: Corner,
  access: 'open' | 'login',
): Promise<TestRegistry> {
  const client = await clientOf(lab);
  const name = corner.name('registry');
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-registry-'));
  const config = join(directory, 'client');
  writeFileSync(join(directory, 'htpasswd'), `${HTPASSWD}\n`);
  const auth = [
    '-e',
    'REGISTRY_AUTH_HTPASSWD_REALM=test',
    '-e',
    'REGISTRY_AUTH_HTPASSWD_PATH=/auth/htpasswd',
  ];
  const labels = Object.entries(corner.labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
  await docker(
    client,
    [
      ...['run', '--detach', '--name', name, '--publish', '127.0.0.1::5000', ...labels],
      ...(access === 'login' ? ['--volume', `${directory}:/auth:ro`, ...auth] : []),
      localReference(REGISTRY),
    ],
    { name: 'starting a registry' },
  );
  const port = await docker(client, ['port', name, '5000/tcp'], { name: 'its port' });
  const address = `127.0.0.1:${port.split(':').at(-1)}`;
  const wait = { name: 'a registry', deadline: 20_000, every: 50, signal: AbortSignal.timeout(20_000) };
  await until(wait, async () =>
    (await answers(address)) ? { done: true, value: undefined } : { done: false, missing: 'its answer' },
  );
  return {
    address,
    async push(repository, bytes = 20_000) {
      const reference = `${address}/${repository}`;
      const archive = join(directory, 'image.tar');
      writeFileSync(archive, await archiveOf(bytes));
      await docker(client, ['import', archive, reference], { name: 'making an image' });
      if (access === 'login') {
        const { username, password } = LOGIN;
        const args = ['--config', config, 'login', '-u', username, '-p', password, address];
        await docker(client, args, { name: 'logging in' });
      }
      await docker(client, ['--config', config, 'push', '--quiet', reference], { name: 'pushing an image' });
      await docker(client, ['image', 'rm', reference], { name: 'forgetting an image' });
    },
    async close() {
      await docker({ ...client, signal: AbortSignal.timeout(30_000) }, ['rm', '-fv', name], {
        name: 'stopping a registry',
      });
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function clientOf({ environment, host }: TestLab): Promise<Docker> {
  const signal = AbortSignal.timeout(120_000);
  const cli = await findCli({ environment, signal, progress: () => undefined }, await readMachine());
  return { cli, host, environment, signal };
}

async function answers(address: string): Promise<boolean> {
  const signal = AbortSignal.timeout(1000);
  return await fetch(`http://${address}/v2/`, { signal }).then(
    ({ status }) => status === 200 || status === 401,
    () => false,
  );
}

async function archiveOf(bytes: number): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'content' }, randomBytes(bytes));
  tar.finalize();
  const parts: Buffer[] = [];
  for await (const part of tar) parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts);
}

/** A host that talks like a registry in trouble: the first part of a repository's path says in which. */
export async function startTroubledRegistry(): Promise<{ address: string; close(): Promise<void> }> {
  const over = new AbortController();
  const server = createServer(async (request, response) => {
    const [, , trouble = ''] = (request.url ?? '').split('/');
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    const answer = TROUBLES[trouble];
    if (trouble === 'slow') await elapsed(30_000, over.signal);
    if (answer === undefined) response.end('{}');
    else answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    async close() {
      over.abort();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const TROUBLES: Readonly<Record<string, (response: ServerResponse) => void>> = {
  limit: (response) => refuse(response, 429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit.'),
  denied: (response) => refuse(response, 403, 'DENIED', 'requested access to the resource is denied'),
  broken: (response) => refuse(response, 503, 'UNAVAILABLE', 'service unavailable'),
  elsewhere(response) {
    const platform = { architecture: 's390x', os: 'linux' };
    const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
    response.setHeader('content-type', 'application/vnd.docker.distribution.manifest.list.v2+json');
    response.end(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.docker.distribution.manifest.list.v2+json',
        manifests: [{ mediaType, size: 100, digest: `sha256:${'1'.repeat(64)}`, platform }],
      }),
    );
  },
};

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}
