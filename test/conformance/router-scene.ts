import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import type { Deployer } from '../../src/ports/deployer.ts';
import type { Engine, ExecResult, Labels } from '../../src/ports/engine.ts';
import type { Address, OpenRouter, Router, RunRouter } from '../../src/ports/router.ts';
import { parseStackName, type StackName } from '../../src/shared/brand.ts';
import { until } from '../../src/shared/wait.ts';
import type { AppPlace } from '../../src/stack/adjust/adjustment.ts';
import { avoidVirtualIps } from '../../src/stack/adjust/endpoint-mode.ts';
import { replaceProxy } from '../../src/stack/adjust/network.ts';
import { trustRouter } from '../../src/stack/adjust/trust.ts';
import { parseStackFile, printStackFile } from '../../src/stack/document.ts';
import { routingOf } from '../../src/stack/routes.ts';
import { writeTrustFiles } from '../../src/stack/trust-files.ts';
import { type Corner, createCorner } from '../support/lab.ts';
import { shaOf } from '../support/requests.ts';

export interface RouterWorld {
  readonly engine: Engine;
  readonly deployer: Deployer;
  readonly router: Router;
  readonly nodeId: string;
  readonly ipvs: boolean;
  /** With caddy, curl and perl in it: the apps of these tests. */
  readonly image: string;
  /** Below it all hosts are. */
  readonly baseDomain: string;
  /** Of the two apps. */
  readonly domains: readonly [string, string];
  close(): Promise<void>;
}

/** Names that nobody else on this swarm has. */
export function namesOf({ run }: Corner): Pick<RouterWorld, 'baseDomain' | 'domains'> {
  const baseDomain = `${run}.router.test`;
  return { baseDomain, domains: [`one.${baseDomain}`, `two.${baseDomain}`] };
}

/** One app of a run of its own, deployed with the adjustments of a run. */
export interface SceneApp {
  readonly domain: string;
  readonly labels: Labels;
  readonly stack: StackName;
  readonly router: RunRouter;
  readonly open: OpenRouter;
}

export interface Scene {
  readonly world: RouterWorld;
  readonly apps: readonly [SceneApp, SceneApp];
  /** Runs curl within the app's own container. */
  curl(app: SceneApp, args: readonly string[]): Promise<ExecResult>;
  /** The options with which curl trusts this address there; none where that was seen to already. */
  trustedInside(app: SceneApp, address: Address): Promise<readonly string[]>;
  /** The app's address on its own network. */
  addressInside(app: SceneApp): Promise<string>;
  close(): Promise<void>;
}

const SECONDS_LEFT = 3600;

export async function openScene(world: RouterWorld): Promise<Scene> {
  const { engine, deployer } = world;
  const corners = [createCorner(), createCorner()] as const;
  const made: SceneApp[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-test-'));
  const close = async () => {
    for (const { open, stack } of made) {
      await open.close(soon());
      await deployer.remove(stack, soon());
    }
    for (const corner of corners) await corner.clear(engine);
    await world.close();
    rmSync(directory, { recursive: true });
  };
  try {
    const [first, second] = await Promise.all(
      corners.map((corner, index) =>
        openApp(world, corner, world.domains[index] ?? '', join(directory, corner.run)),
      ),
    );
    if (first === undefined || second === undefined) return expect.fail('no apps');
    made.push(first, second);
    const container = async ({ stack }: SceneApp) => await containerOf(engine, `${stack}_app`);
    return {
      world,
      apps: [first, second],
      curl: async (app, args) =>
        await engine.exec(await container(app), ['curl', '-sS', '--max-time', '8', ...args], soon()),
      async trustedInside(app, { trust }) {
        if (app.router.trust !== undefined || trust === undefined) return [];
        const content = Buffer.from(trust.ca);
        const file = { path: 'ca.pem', content, mode: 0o644, uid: 0, gid: 0, mtime: 0 };
        await engine.putFiles(await container(app), '/tmp', [file], soon());
        return ['--cacert', '/tmp/ca.pem'];
      },
      async addressInside(app) {
        const { stdout } = await engine.exec(
          await container(app),
          ['getent', 'ahostsv4', `${app.stack}_app`],
          soon(),
        );
        return stdout.split(/\s/)[0] ?? '';
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openApp(
  world: RouterWorld,
  corner: Corner,
  domain: string,
  directory: string,
): Promise<SceneApp> {
  const { engine, deployer, router } = world;
  const { run, labels } = corner;
  const stack = parseStackName(`router-${run}`);
  if (stack === undefined) return expect.fail('no stack name');
  const network = router.network ?? corner.name('net');
  if (router.network === undefined)
    await engine.createOverlay({ name: network, labels, internal: false }, soon());
  const expires = Math.ceil(Date.now() / 1000) + SECONDS_LEFT;
  const prepared = await router.prepare(run, expires);
  const trust = prepared.trust && (await writeTrustFiles(join(directory, 'trust'), prepared.trust));
  const place: AppPlace = {
    ...{ run, stack, app: 'live', controller: 'tests', expires, sha: shaOf('a'), network },
    ...{ nodeId: world.nodeId, ipvs: world.ipvs },
    ...(router.network === undefined ? {} : { operatorsRouter: true }),
    ...(trust === undefined ? {} : { trust }),
  };
  const file = parseStackFile(composeOf(world.image, domain, stack, directory, labels));
  for (const change of [trustRouter, replaceProxy, avoidVirtualIps]) change(file, place);
  const services = Object.entries(file.services).map(([name, service]) => ({
    name,
    labels: service.deploy?.labels ?? {},
  }));
  const { routes, faults } = routingOf({ stack, domain, network, services });
  expect(faults).toEqual([]);
  const open = await prepared.open(routes, labels, soon());
  const origin = {
    ...{ recipe: 'none', sha: place.sha, domain, repository: '', supplement: '' },
    ...{ env: {}, compose: [], files: [] },
  };
  await deployer.deploy({ stack, document: printStackFile(file), secrets: [], origin }, soon());
  await containerOf(engine, `${stack}_app`);
  return { domain, labels, stack, router: prepared, open };
}

async function containerOf(engine: Engine, service: string): Promise<string> {
  const signal = soon();
  return await until({ name: service, deadline: 40_000, every: 200, signal }, async () => {
    const all = await engine.containers({ 'com.docker.swarm.service.name': service }, signal);
    const running = all.find((container) => container.running);
    return running === undefined
      ? { done: false, missing: 'a container' }
      : { done: true, value: running.id };
  });
}

/** A recipe's stack with every kind of route, as its labels ask for them. */
function composeOf(image: string, domain: string, stack: StackName, directory: string, own: Labels): string {
  const site = join(directory, 'Caddyfile');
  mkdirSync(directory, { recursive: true });
  writeFileSync(site, caddyfile(domain));
  const http = 'traefik.http';
  const router = (name: string, rule: string, backend: string) => ({
    [`${http}.routers.${stack}${name}.rule`]: rule,
    [`${http}.routers.${stack}${name}.entrypoints`]: 'web-secure',
    [`${http}.routers.${stack}${name}.tls`]: 'true',
    [`${http}.routers.${stack}${name}.service`]: `${stack}${backend}`,
  });
  const backend = (name: string, port: number) => ({
    [`${http}.services.${stack}${name}.loadbalancer.server.port`]: String(port),
  });
  const labels = {
    ...own,
    'traefik.enable': 'true',
    ...router('', `Host(\`${domain}\`) || Host(\`www.${domain}\`)`, ''),
    ...backend('', 8080),
    ...router('-api', `Host(\`${domain}\`) && PathPrefix(\`/api\`)`, '-api'),
    ...backend('-api', 8081),
    // Without it the rule of the site, which is longer, would have its requests.
    [`${http}.routers.${stack}-api.priority`]: '1000',
    [`${http}.routers.${stack}-api.middlewares`]: `${stack}-strip`,
    [`${http}.middlewares.${stack}-strip.stripprefix.prefixes`]: '/api',
    ...router('-secure', `Host(\`secure.${domain}\`)`, '-secure'),
    ...backend('-secure', 8443),
    [`${http}.services.${stack}-secure.loadbalancer.server.scheme`]: 'https',
    ...router('-closed', `Host(\`closed.${domain}\`)`, '-closed'),
    ...backend('-closed', 9),
  };
  const socket = {
    ...own,
    'traefik.enable': 'true',
    ...router('-ws', `Host(\`ws.${domain}\`)`, '-ws'),
    ...backend('-ws', 8090),
  };
  const common = { image, networks: ['proxy'], stop_grace_period: '1s' };
  return stringify({
    version: '3.8',
    services: {
      app: {
        ...common,
        entrypoint: ['caddy'],
        command: ['run', '--config', '/etc/app/Caddyfile', '--adapter', 'caddyfile'],
        configs: [{ source: 'site', target: '/etc/app/Caddyfile' }],
        deploy: { labels },
      },
      socket: { ...common, entrypoint: ['perl'], command: ['-e', ECHO], deploy: { labels: socket } },
    },
    networks: { proxy: { external: true, name: 'proxy' } },
    configs: { site: { file: site, labels: own } },
  });
}

function caddyfile(domain: string): string {
  return `{
  admin off
  auto_https disable_redirects
  skip_install_trust
}
http://:8080 {
  header x-app ${domain}
  respond /missing "no such page" 404
  respond /broken "my own trouble" 502
  handle /claims {
    header seatrial-answer-from router
    respond "I am the router" 200
  }
  map {header.x-forwarded-proto} {asked_by} {
    "" http
    default {header.x-forwarded-proto}
  }
  respond "asked as {host} for {uri} asked by {asked_by}" 200
}
http://:8081 {
  respond "the interface, asked for {uri}" 200
}
https://:8443 {
  tls internal {
    on_demand
  }
  respond "behind https" 200
}
`;
}

/** Answers like a web server, and to the handshake of RFC 6455's example with an echo of all that follows. */
const ECHO = `
use IO::Socket::INET;
$SIG{CHLD} = 'IGNORE';
my $listening = IO::Socket::INET->new(LocalPort => 8090, Listen => 5, ReuseAddr => 1) or die;
while (my $peer = $listening->accept) {
  if (fork) { close $peer; next }
  my $upgrade = 0;
  while (my $line = <$peer>) { $upgrade = 1 if $line =~ /^upgrade:/i; last if $line =~ /^\\r?$/ }
  if ($upgrade) {
    syswrite $peer, join "\\r\\n", 'HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket',
      'Connection: Upgrade', 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', '', '';
    while (sysread $peer, my $bytes, 4096) { syswrite $peer, $bytes }
  } else {
    syswrite $peer, join "\\r\\n", 'HTTP/1.1 200 OK', 'Content-Length: 5', 'Connection: close', '', 'plain';
  }
  exit;
}
`;

function soon(): AbortSignal {
  return AbortSignal.timeout(60_000);
}
