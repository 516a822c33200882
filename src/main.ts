import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localReference, TOOLS } from '../lab/images/definitions.ts';
import { findCli } from '../lab/setup/docker-cli.ts';
import { readMachine } from '../lab/setup/machine.ts';
import { requireSpace } from '../lab/setup/space.ts';
import { createAbraDeployer } from './adapters/abra/deployer.ts';
import { createDockerEngine } from './adapters/docker-engine/engine.ts';
import { createNftFirewall } from './adapters/nft-firewall/firewall.ts';
import { unguarded } from './adapters/nft-firewall/unguarded.ts';
import { createResticBackup } from './adapters/restic/backup.ts';
import { openDatabase } from './adapters/sqlite/database.ts';
import { imageStore } from './adapters/sqlite/image-store.ts';
import { jobStore } from './adapters/sqlite/job-store.ts';
import { outboxStore } from './adapters/sqlite/outbox-store.ts';
import { runStore } from './adapters/sqlite/run-store.ts';
import { triggerStore } from './adapters/sqlite/trigger-store.ts';
import { createSwarmDeployer } from './adapters/swarm/deployer.ts';
import { createSwarmLeases } from './adapters/swarm-leases/leases.ts';
import type { OpenHouse, Parts, SeeEvent } from './cli/parts.ts';
import { runProgram } from './cli/program.ts';
import { readEnvironment } from './config/environment.ts';
import { readSettings, type Settings, STATE_BYTES } from './config/settings.ts';
import { registryAccess, watchedForges } from './main-accounts.ts';
import { openRouter } from './main-router.ts';
import type { Deployer } from './ports/deployer.ts';
import type { Engine } from './ports/engine.ts';
import type { Firewall } from './ports/firewall.ts';
import type { RegistryAccess } from './ports/registry.ts';
import type { RunSettings } from './run/house.ts';
import type { RunStore } from './run/store.ts';
import { systemClock } from './shared/clock.ts';
import { cancellation, SeatrialError } from './shared/errors.ts';
import { createRedactor } from './shared/redact.ts';

/** The only place where adapters are chosen and wired. */
const root = fileURLToPath(new URL('..', import.meta.url));
const environment = readEnvironment();
const redactor = createRedactor();
const out = redactor.stream((text) => void process.stdout.write(text));
const err = redactor.stream((text) => void process.stderr.write(text));
const secrets = { environment, redactor };
const stop = new AbortController();
let ending: 130 | 143 | undefined;

const parts: Omit<Parts, 'exit'> = {
  environment,
  streams: {
    out: out.write,
    err: err.write,
    live: process.stderr.isTTY === true && !environment.ci,
    color: process.stdout.isTTY === true && !environment.noColor,
    ...(process.stderr.isTTY === true ? { columns: process.stderr.columns } : {}),
  },
  signal: stop.signal,
  version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
  settings: (flags) => readSettings(environment, flags),
  runSettings,
  openHouse,
  openStores: (settings) => {
    const db = openDatabase(join(settings.stateDir, 'seatrial.db'));
    return { store: runStore(db, systemClock, redactor), runs: runsOf(settings), close: db.close };
  },
  openRenderer,
  forges: (settings) => watchedForges(settings, secrets),
  // What most commands do not need is loaded by those that do.
  openDemo: async (directory, progress) => {
    const { openDemo } = await import('./main-demo.ts');
    return await openDemo({ environment, progress, signal: stop.signal }, directory);
  },
  examine: async (settings) => {
    const { examine } = await import('./main-doctor.ts');
    return await examine(settings, environment, stop.signal);
  },
};

// A reader that went away, such as `| head`, is no reason to leave a run without its teardown.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.on('exit', () => {
  for (const stream of [out, err]) stream.end();
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    if (ending !== undefined) process.exit(code);
    ending = code;
    parts.streams.err(
      `\n${signal}: everything is taken away first; a second one leaves that to \`seatrial reap\`.\n`,
    );
    stop.abort(cancellation('signal', `Stopped by ${signal}.`));
  });
}
const code = await runProgram(process.argv.slice(2), parts);
process.exitCode = ending ?? code;

function runSettings(settings: Settings): RunSettings {
  return {
    controller: settings.controller,
    baseDomain: settings.baseDomain,
    maxTests: settings.maxTests,
    runDeadline: settings.runDeadline,
    admissionDeadline: settings.runDeadline,
    suites: join(root, 'recipes'),
    work: join(settings.stateDir, 'work'),
    policy: settings.policy,
    path: environment.path,
  };
}

/** Throws `environment` errors where Docker cannot carry a run. */
async function openHouse(settings: Settings, see: SeeEvent): Promise<OpenHouse> {
  await makeStateDir(settings.stateDir);
  await requireSpace(settings.stateDir, 'the state directory', STATE_BYTES);
  const engine = createDockerEngine(settings.dockerHost);
  const { swarm } = await engine.info(stop.signal);
  if (swarm.kind !== 'manager') throw noManager(swarm.kind);
  const context = {
    environment,
    progress: (line: string) => parts.streams.err(`${line}\n`),
    signal: stop.signal,
  };
  const cli = await findCli(context, await readMachine());
  const tools = (await engine.hasImage(localReference(TOOLS), stop.signal))
    ? localReference(TOOLS)
    : undefined;
  const db = openDatabase(join(settings.stateDir, 'seatrial.db'));
  const random = (count: number) => randomBytes(count);
  const registry = registryAccess(settings, secrets);
  return {
    house: {
      engine,
      deployer: deployerOf(settings, engine, swarmDeployer(settings, engine, cli, registry.logins)),
      router: await openRouter({ settings, engine, tools }),
      backup: createResticBackup({
        engine,
        image: settings.backupImage ?? tools ?? 'restic/restic:0.18.0',
        random,
        redactor,
      }),
      firewall: firewallOf(engine, settings.policy.guardImage ?? tools),
      leases: createSwarmLeases(engine, systemClock),
      registry,
      images: imageStore(db),
      store: seen(runStore(db, systemClock, redactor), see),
      redactor,
      clock: systemClock,
      random,
      settings: runSettings(settings),
    },
    triggers: triggerStore(db),
    jobs: jobStore(db),
    outbox: outboxStore(db),
    runs: runsOf(settings),
    close: db.close,
  };
}

/** Rendering takes no engine: the client merges files by itself. */
async function openRenderer(settings: Settings): ReturnType<Parts['openRenderer']> {
  const engine = createDockerEngine(settings.dockerHost);
  const progress = (line: string) => parts.streams.err(`${line}\n`);
  const cli = await findCli({ environment, progress, signal: stop.signal }, await readMachine());
  const router = await openRouter({ settings, engine, tools: undefined });
  return { engine, router, deployer: swarmDeployer(settings, engine, cli, []) };
}

function swarmDeployer(
  settings: Settings,
  engine: Engine,
  cli: { readonly path: string; readonly version: string },
  logins: RegistryAccess['logins'],
): Deployer {
  return createSwarmDeployer({
    cli: cli.path,
    cliMajor: Number.parseInt(cli.version, 10),
    host: settings.dockerHost,
    engine,
    clientConfig: join(settings.stateDir, 'docker-client'),
    logins,
  });
}

/** The deployer that the configuration asks for. */
function deployerOf(settings: Settings, engine: Engine, swarm: Deployer): Deployer {
  if (settings.deployer === 'swarm') return swarm;
  const abra = { program: settings.abra, path: environment.path, host: settings.dockerHost };
  return createAbraDeployer({
    ...{ abra, swarm, engine, redactor },
    directory: join(settings.stateDir, 'abra'),
  });
}

function firewallOf(engine: Engine, image: string | undefined): Firewall {
  if (image !== undefined) return createNftFirewall({ engine, image });
  return unguarded('no image with the program nft is configured (guard_image under [policy])');
}

async function makeStateDir(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new SeatrialError({
      kind: 'environment',
      code: 'state-dir',
      sentence: `The state directory ${directory} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: 'Choose another one with --state-dir.',
      cause,
    });
  });
}

function seen(store: RunStore, see: SeeEvent): RunStore {
  return {
    ...store,
    append(run, event) {
      const recorded = store.append(run, event);
      see(run, recorded);
      return recorded;
    },
  };
}

function runsOf(settings: Settings): string {
  return join(settings.stateDir, 'runs');
}

function noManager(kind: string): SeatrialError {
  const why =
    { inactive: 'is in no swarm', worker: 'is a worker of a swarm, not a manager' }[kind] ??
    'is in a swarm that does not work';
  return new SeatrialError({
    kind: 'environment',
    code: 'no-swarm',
    sentence: `The Docker engine ${why}, so nothing can be deployed.`,
    remedy:
      kind === 'inactive'
        ? 'docker swarm init --advertise-addr 127.0.0.1'
        : 'Point DOCKER_HOST at a manager; `seatrial doctor` shows more.',
  });
}
