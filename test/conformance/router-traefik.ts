import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { traefikImage } from '../../lab/images/traefik.ts';
import { type Docker, docker } from '../../lab/setup/docker.ts';
import { findCli } from '../../lab/setup/docker-cli.ts';
import { readMachine } from '../../lab/setup/machine.ts';
import { createAuthority } from '../../src/adapters/caddy/authority.ts';
import { createTraefikRouter } from '../../src/adapters/traefik/router.ts';
import { createCorner, openTestLab } from '../support/lab.ts';
import { namesOf, type RouterWorld } from './router-scene.ts';

/** All hosts of an app of the scene, as an operator's wildcard name has them on the network too. */
const WORDS = ['', 'www.', 'secure.', 'closed.', 'ws.'];

/** Others on this swarm are none of its business: services without such a label it does not see. */
const OF_TESTS = 'LabelRegex(`seatrial-tests`, `.+`)';

export interface Operator {
  /** Which services Traefik looks at. */
  readonly constraint?: string;
  /** Name of its network; recipes that name one in their labels say `proxy`. */
  readonly network?: string;
}

/** An operator's Traefik with a certificate of its own authority, on a network that all apps share. */
export async function openTraefikWorld(operator: Operator = {}): Promise<RouterWorld> {
  const { constraint = OF_TESTS } = operator;
  const { engine, images, ...lab } = await openTestLab();
  const signal = AbortSignal.timeout(120_000);
  const context = { environment: lab.environment, signal, progress: () => undefined };
  const cli = await findCli(context, await readMachine());
  const client: Docker = { cli, host: lab.host, environment: lab.environment, signal };
  const corner = createCorner();
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-test-'));
  const close = async () => {
    await corner.clear(engine);
    await lab.close();
    rmSync(directory, { recursive: true });
  };
  try {
    const image = await traefikImage(context, client);
    const network = operator.network ?? corner.name('proxy');
    await engine.createOverlay({ name: network, labels: corner.labels, internal: false }, signal);
    const names = namesOf(corner);
    const hosts = names.domains.flatMap((domain) => WORDS.map((word) => `${word}${domain}`));
    const ca = await writeFiles(directory, [...hosts, `*.${names.baseDomain}`]);
    const id = await docker(
      client,
      [
        ...['run', '--detach', `--name=${corner.name('traefik')}`, `--network=${network}`],
        ...Object.entries(corner.labels).map(([name, value]) => `--label=${name}=${value}`),
        ...hosts.map((host) => `--network-alias=${host}`),
        `--volume=${lab.host.replace('unix://', '')}:/var/run/docker.sock:ro`,
        `--volume=${directory}:/etc/traefik:ro`,
        ...['--publish=127.0.0.1::443', image],
        ...[
          ...OPTIONS,
          `--providers.swarm.network=${network}`,
          `--providers.swarm.constraints=${constraint}`,
        ],
      ],
      { name: 'starting Traefik' },
    );
    const port = await engine.publishedPort(id, 443, signal);
    if (port === undefined) throw new Error(`Traefik ended: ${await engine.logs(id, 5, signal)}`);
    const router = createTraefikRouter({ network, address: { host: '127.0.0.1', port }, ca });
    return { ...lab, ...names, engine, router, image: images.tools, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As the traefik recipe sets it up, but for how soon it sees new labels. */
const OPTIONS = [
  '--entrypoints.web.address=:80',
  '--entrypoints.web.http.redirections.entrypoint.to=web-secure',
  '--entrypoints.web-secure.address=:443',
  '--providers.swarm=true',
  '--providers.swarm.exposedbydefault=false',
  '--providers.swarm.refreshseconds=1',
  '--providers.file.filename=/etc/traefik/certificates.yml',
  '--serverstransport.insecureskipverify=true',
];

/** Writes a certificate for the hosts where Traefik looks for it, and returns what signed it. */
async function writeFiles(directory: string, hosts: readonly string[]): Promise<string> {
  const now = Date.now();
  const authority = await createAuthority('operator', now, Math.ceil(now / 1000) + 3600);
  const { chain, key } = await authority.issue(hosts);
  const certificate = { certFile: '/etc/traefik/chain.pem', keyFile: '/etc/traefik/key.pem' };
  writeFileSync(join(directory, 'chain.pem'), chain);
  writeFileSync(join(directory, 'key.pem'), key);
  writeFileSync(join(directory, 'certificates.yml'), stringify({ tls: { certificates: [certificate] } }));
  return authority.trust.ca;
}
