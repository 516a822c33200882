import { localReference, TOOLS } from '../lab/images/definitions.ts';
import { clisOnPath, newest } from '../lab/setup/docker-cli.ts';
import { requireSpace } from '../lab/setup/space.ts';
import { abraVersion } from './adapters/abra/call.ts';
import { versionNote } from './adapters/abra/version.ts';
import { createDockerEngine } from './adapters/docker-engine/engine.ts';
import { createGiteaForge } from './adapters/gitea/gitea-forge.ts';
import { createNftFirewall } from './adapters/nft-firewall/firewall.ts';
import type { Found } from './cli/parts.ts';
import type { Environment } from './config/environment.ts';
import { type ForgeSettings, type Settings, STATE_BYTES } from './config/settings.ts';
import { examineRouter } from './main-router.ts';
import type { Engine, EngineInfo } from './ports/engine.ts';
import { asSeatrialError } from './shared/errors.ts';
import { runProcess } from './shared/process.ts';
import { oneLine } from './shared/text.ts';

const EACH_MS = 10_000;

/** Looks at everything that a run needs, without changing anything. */
export async function examine(
  settings: Settings,
  environment: Environment,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const found: Found[] = [
    { what: 'Node', state: 'good', detail: process.version },
    {
      what: 'configuration',
      state: 'good',
      detail: settings.file ?? 'defaults; there is no seatrial.toml here',
    },
    { what: 'MAX_TESTS', state: 'good', detail: `${settings.maxTests} apps at once` },
    { what: 'policy', state: 'good', detail: policy(settings) },
  ];
  const stop = () => AbortSignal.any([signal, AbortSignal.timeout(EACH_MS)]);
  found.push(await look('git', 'apt-get install git', async () => await git(environment, stop())));
  found.push(
    await look(
      'docker client',
      'Install a docker client from version 23 on; `seatrial demo` takes one from Debian.',
      () => client(environment, stop()),
    ),
  );
  if (settings.deployer === 'abra') found.push(await abra(settings, environment, stop()));
  const engine = createDockerEngine(settings.dockerHost);
  let info: EngineInfo | undefined;
  found.push(
    await look(
      'docker engine',
      'Start Docker, or set DOCKER_HOST; `seatrial demo` installs and starts one on Debian.',
      async () => {
        info = await engine.info(stop());
        return `${info.version} at ${settings.dockerHost}`;
      },
    ),
  );
  if (info !== undefined) {
    found.push(swarm(info), balancing(info));
    found.push(await firewall(engine, settings, stop()));
    found.push(
      await look('router', 'See [router] in docs/configuration.md.', () => router(settings, engine, stop())),
    );
  }
  found.push(
    await look('state directory', 'Free some space, or choose another with --state-dir.', () =>
      space(settings.stateDir),
    ),
  );
  for (const forge of settings.forges) {
    found.push(
      await look(
        `forge ${forge.name}`,
        `See that ${forge.tokenVariable} holds a valid token for ${forge.url}.`,
        () => forgeOf(forge, environment, stop()),
      ),
    );
  }
  if (settings.forges.length === 0)
    found.push({
      what: 'forges',
      state: 'note',
      detail: 'none configured: `seatrial run` works, `seatrial serve` has nothing to do',
    });
  return found;
}

function policy({ policy: { egress, egressForks, directory } }: Settings): string {
  const forks = egressForks === egress ? '' : `, of forks ${egressForks}`;
  return `egress ${egress}${forks}; what single recipes are allowed is read from ${directory}`;
}

async function look(what: string, remedy: string, run: () => Promise<string>): Promise<Found> {
  try {
    return { what, state: 'good', detail: await run() };
  } catch (error) {
    const known = asSeatrialError(error);
    return { what, state: 'missing', detail: known.message, remedy };
  }
}

async function git(environment: Environment, signal: AbortSignal): Promise<string> {
  const result = await runProcess('git', ['--version'], {
    env: { PATH: environment.path },
    signal,
    name: 'git',
    deadline: EACH_MS,
  });
  return oneLine(result.stdout);
}

/** Whether the program is there, and whether its version is one that the deployer knows. */
async function abra(settings: Settings, environment: Environment, signal: AbortSignal): Promise<Found> {
  const remedy = 'Install abra, or name its path as `abra` in [deployer]; the deployer `swarm` needs none.';
  let note: string | undefined;
  const seen = await look('abra', remedy, async () => {
    const text = oneLine(await abraVersion({ program: settings.abra, path: environment.path }, signal));
    note = versionNote(text);
    return text;
  });
  return note === undefined ? seen : { ...seen, state: 'note', detail: `${seen.detail}: ${note}` };
}

async function client(environment: Environment, signal: AbortSignal): Promise<string> {
  const best = newest(await clisOnPath({ environment, signal, progress: () => undefined }));
  if (best === undefined) throw new Error('none on PATH');
  if (Number.parseInt(best.version, 10) < 23)
    throw new Error(`${best.version} at ${best.path} has no \`docker stack config\``);
  return `${best.version} at ${best.path}`;
}

/** Tries it for a moment: what a kernel lets be set cannot be read anywhere. */
async function firewall(engine: Engine, settings: Settings, signal: AbortSignal): Promise<Found> {
  const what = 'firewall';
  const tools = localReference(TOOLS);
  const image = settings.policy.guardImage ?? ((await engine.hasImage(tools, signal)) ? tools : undefined);
  const remedy =
    "Set guard_image under [policy] to an image with nft 1.0; until then apps can reach the node's own addresses.";
  if (image === undefined || !(await engine.hasImage(image, signal)))
    return {
      what,
      state: 'note',
      detail: `no image with nft is here${image === undefined ? '' : ` (${image})`}`,
      remedy,
    };
  const guard = await createNftFirewall({ engine, image }).open('doctor', { mode: 'open' }, {}, signal);
  const why = await guard.standing(signal).finally(() => guard.close(signal));
  if (why !== undefined) return { what, state: 'note', detail: why, remedy };
  return { what, state: 'good', detail: "nftables keep apps from the node's own and link-local addresses" };
}

function swarm({ swarm: state }: EngineInfo): Found {
  if (state.kind === 'manager')
    return {
      what: 'swarm',
      state: 'good',
      detail: `manager of ${state.nodes === 1 ? '1 node' : `${state.nodes} nodes`}`,
    };
  const remedy =
    state.kind === 'inactive'
      ? 'docker swarm init --advertise-addr 127.0.0.1'
      : 'Point DOCKER_HOST at a manager.';
  return {
    what: 'swarm',
    state: 'missing',
    detail: state.kind === 'broken' ? state.why : state.kind,
    remedy,
  };
}

function balancing({ ipvs }: EngineInfo): Found {
  if (ipvs) return { what: 'virtual IPs', state: 'good', detail: 'the kernel has IPVS' };
  return {
    what: 'virtual IPs',
    state: 'note',
    detail: 'the kernel has no IPVS: services get endpoint mode dnsrr here, which each report names',
  };
}

async function router(settings: Settings, engine: Engine, signal: AbortSignal): Promise<string> {
  const reference = localReference(TOOLS);
  const tools = (await engine.hasImage(reference, signal)) ? reference : undefined;
  return await examineRouter({ settings, engine, tools }, settings.baseDomain, signal);
}

async function space(directory: string): Promise<string> {
  await requireSpace(directory, 'the state directory', STATE_BYTES);
  return directory;
}

async function forgeOf(
  { name, url, tokenVariable, repositories }: ForgeSettings,
  environment: Environment,
  signal: AbortSignal,
): Promise<string> {
  const forge = createGiteaForge({ name, url, token: environment.variable(tokenVariable) ?? '' });
  const self = await forge.whoAmI(signal);
  for (const path of repositories) await forge.repository(path, signal);
  return `${url} as ${self.login}, ${repositories.length} repositories`;
}
