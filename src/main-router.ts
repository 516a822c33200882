import { readFile } from 'node:fs/promises';
import { createCaddyRouter } from './adapters/caddy/router.ts';
import { createDirectRouter } from './adapters/direct/router.ts';
import { createTraefikRouter } from './adapters/traefik/router.ts';
import type { Settings } from './config/settings.ts';
import type { Engine } from './ports/engine.ts';
import type { Router } from './ports/router.ts';
import { systemClock } from './shared/clock.ts';
import { SeatrialError } from './shared/errors.ts';

const IMAGE = 'caddy:2.10-alpine';
const ASK_MS = 5000;

export interface RouterParts {
  readonly settings: Pick<Settings, 'router' | 'routerImage'>;
  readonly engine: Engine;
  /** An image that has caddy too, where the engine has it already. */
  readonly tools: string | undefined;
}

/** The router that the settings choose. Throws `input` error `configuration` where its authority cannot be read. */
export async function openRouter({ settings, engine, tools }: RouterParts): Promise<Router> {
  const { router } = settings;
  switch (router.kind) {
    case 'caddy':
      return createCaddyRouter({ engine, image: settings.routerImage ?? tools ?? IMAGE, clock: systemClock });
    case 'direct':
      return createDirectRouter(engine);
    case 'traefik':
      return createTraefikRouter({ ...router, ca: await readAuthority(router.caFile) });
  }
}

/** Says in a few words what the chosen router has to work with; throws what it lacks. */
export async function examineRouter(
  parts: RouterParts,
  baseDomain: string,
  signal: AbortSignal,
): Promise<string> {
  const { settings, engine, tools } = parts;
  const { router } = settings;
  switch (router.kind) {
    case 'caddy': {
      const image = settings.routerImage ?? tools ?? IMAGE;
      const here = await engine.hasImage(image, signal);
      return `a Caddy for each run, from ${image}${here ? '' : ', which the first run pulls'}`;
    }
    case 'direct':
      return 'none: apps are asked on this node, and have no https address';
    case 'traefik': {
      const names = (await engine.networks({}, signal)).map(({ name }) => name);
      if (!names.includes(router.network)) throw new Error(`the swarm has no network ${router.network}`);
      await askNobody(await openRouter(parts), baseDomain, signal);
      return `Traefik at ${router.address.host}:${router.address.port}, on the network ${router.network}`;
    }
  }
}

/** No app has this name, so Traefik itself has to answer, with a certificate that is good for it. */
async function askNobody(router: Router, baseDomain: string, signal: AbortSignal): Promise<void> {
  const open = await (await router.prepare('doctor', 0)).open([], {}, signal);
  const host = `seatrial-doctor.${baseDomain}`;
  const answer = await open.ask({ host, path: '/', deadline: ASK_MS, maxBytes: 10_000 }, signal);
  if (answer.from !== 'router')
    throw new Error(`https://${host} is answered with ${answer.status} by an app`);
}

async function readAuthority(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SeatrialError({
      kind: 'input',
      code: 'configuration',
      sentence: `The file ${file} of \`ca_file\` cannot be read.`,
      remedy: 'Name a file with the PEM of what signed the certificate, or leave it out.',
      facts: { file },
      cause,
    });
  });
}
