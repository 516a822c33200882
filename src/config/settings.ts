import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { SeatrialError } from '../shared/errors.ts';
import type { Environment } from './environment.ts';
import { PolicySchema, type PolicySettings, policySettings } from './policy.ts';
import { RouterSchema, type RouterSettings, routerSettings } from './router.ts';

const NameSchema = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,40}$/, 'letters, digits, dots, underscores and dashes');
const SlotsSchema = z.coerce.number().int().min(1).max(100);

const ForgeSchema = z.strictObject({
  kind: z.enum(['gitea', 'forgejo']),
  /** Part of every key; by default the host of the url. */
  name: NameSchema.optional(),
  url: z.url({ protocol: /^https?$/ }),
  /** Name of the environment variable that holds the token. */
  token_env: z.string(),
  repositories: z.array(z.string().regex(/^[^/\s]+\/[^/\s]+$/, 'owner/name')).min(1),
  /** Seconds. */
  poll_interval: z.number().min(1).default(20),
});

/** As images name it: a host, with a port where it has one. */
const HostSchema = z.string().regex(/^[a-zA-Z0-9.-]+(:[0-9]+)?$/, 'a host, without https://');

const RegistrySchema = z.strictObject({
  mirror: z
    .string()
    .regex(/^[a-z0-9.-]+(:[0-9]+)?(\/[a-z0-9._/-]+)?$/, 'host[:port][/path], without https://')
    .optional(),
  credentials: z
    .array(z.strictObject({ host: HostSchema, username: z.string().min(1), password_env: z.string().min(1) }))
    .default([]),
  /** Seconds for one image. */
  pull_deadline: z.number().min(1).default(900),
  /** Bytes. */
  image_budget: z.number().int().min(0).default(20_000_000_000),
});
const DeployerSchema = z.enum(['swarm', 'abra']);

const FileSchema = z.strictObject({
  controller: z
    .strictObject({
      name: NameSchema.optional(),
      state_dir: z.string().optional(),
      base_domain: z
        .string()
        .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'a lower-case domain')
        .optional(),
      max_tests: SlotsSchema.optional(),
      /** Seconds for one run. */
      run_deadline: z.number().min(60).default(3600),
    })
    .prefault({}),
  docker: z.strictObject({ host: z.string().optional() }).prefault({}),
  forge: z.array(ForgeSchema).default([]),
  registry: RegistrySchema.prefault({}),
  deployer: z
    .strictObject({
      kind: DeployerSchema.default('swarm'),
      /** Path of the program, or its name on PATH. */
      abra: z.string().min(1).default('abra'),
    })
    .prefault({}),
  router: RouterSchema,
  backup: z.strictObject({ image: z.string().optional() }).prefault({}),
  policy: PolicySchema,
});

/** What a Seatrial of this machine works with; every key has a value. */
export interface Settings {
  /** The file that was read, if there was one. */
  readonly file: string | undefined;
  readonly controller: string;
  readonly stateDir: string;
  readonly baseDomain: string;
  readonly maxTests: number;
  /** Milliseconds. */
  readonly runDeadline: number;
  readonly dockerHost: string;
  readonly registry: RegistrySettings;
  /** What brings stacks onto the swarm. */
  readonly deployer: z.infer<typeof DeployerSchema>;
  /** The program of the deployer `abra`. */
  readonly abra: string;
  readonly router: RouterSettings;
  readonly routerImage: string | undefined;
  readonly backupImage: string | undefined;
  readonly forges: readonly ForgeSettings[];
  readonly policy: PolicySettings;
}

export interface RegistrySettings {
  readonly mirror: string | undefined;
  readonly credentials: readonly {
    readonly host: string;
    readonly username: string;
    readonly passwordVariable: string;
  }[];
  /** Milliseconds. */
  readonly pullDeadline: number;
  /** Bytes. */
  readonly imageBudget: number;
}

export interface ForgeSettings {
  readonly name: string;
  readonly url: string;
  readonly tokenVariable: string;
  readonly repositories: readonly { readonly owner: string; readonly name: string }[];
  /** Milliseconds. */
  readonly interval: number;
}

/** Values given at the command line, which win over all others. */
export interface SettingFlags {
  readonly config?: string;
  readonly stateDir?: string;
  readonly maxTests?: string;
  readonly dockerHost?: string;
}

/** Bytes that have to be free for the state directory: room for the evidence of many runs. */
export const STATE_BYTES = 200 * 1024 ** 2;

const DEFAULT_FILE = 'seatrial.toml';
/** Two runs at once, each with its fresh install beside its upgrade. */
const DEFAULT_MAX_TESTS = 4;
const DEFAULT_DOMAIN = 'seatrial.test';

/** Flag, `SEATRIAL_…` variable, file, default: the first that says something. Throws `input` error `configuration`. */
export function readSettings(environment: Environment, flags: SettingFlags): Settings {
  const path = flags.config ?? environment.settings['SEATRIAL_CONFIG'];
  if (path !== undefined && !existsSync(path)) throw wrong(path, 'there is no such file');
  const file = path ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  const read = file === undefined ? FileSchema.parse({}) : readFile(file);
  const variable = (name: string) => environment.settings[`SEATRIAL_${name}`];
  const maxTests = SlotsSchema.safeParse(
    flags.maxTests ?? variable('MAX_TESTS') ?? read.controller.max_tests ?? DEFAULT_MAX_TESTS,
  );
  if (!maxTests.success) throw wrong(file ?? 'MAX_TESTS', 'max_tests is a whole number from 1 to 100');
  const deployer = DeployerSchema.safeParse(variable('DEPLOYER') ?? read.deployer.kind);
  if (!deployer.success) throw wrong('SEATRIAL_DEPLOYER', 'a deployer is either swarm or abra');
  return {
    file,
    controller:
      variable('NAME') ?? read.controller.name ?? (hostname().replace(/[^a-zA-Z0-9._-]/g, '-') || 'seatrial'),
    stateDir: resolve(
      flags.stateDir ?? variable('STATE_DIR') ?? read.controller.state_dir ?? environment.stateDir,
    ),
    baseDomain: variable('BASE_DOMAIN') ?? read.controller.base_domain ?? DEFAULT_DOMAIN,
    maxTests: maxTests.data,
    runDeadline: read.controller.run_deadline * 1000,
    dockerHost: flags.dockerHost ?? variable('DOCKER_HOST') ?? read.docker.host ?? environment.dockerHost,
    registry: asRegistry(read.registry, variable('REGISTRY_MIRROR')),
    deployer: deployer.data,
    abra: variable('ABRA') ?? read.deployer.abra,
    router: routerSettings(read.router, dirname(file ?? DEFAULT_FILE)),
    routerImage: variable('ROUTER_IMAGE') ?? read.router.image,
    backupImage: variable('BACKUP_IMAGE') ?? read.backup.image,
    forges: read.forge.map(asForge),
    policy: policySettings(read.policy, resolve(dirname(file ?? DEFAULT_FILE), read.policy.directory)),
  };
}

function readFile(file: string): z.infer<typeof FileSchema> {
  try {
    return FileSchema.parse(parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof z.ZodError) throw wrong(file, z.prettifyError(error), error);
    throw wrong(file, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error), error);
  }
}

function asRegistry(registry: z.infer<typeof RegistrySchema>, mirror: string | undefined): RegistrySettings {
  return {
    mirror: mirror ?? registry.mirror,
    credentials: registry.credentials.map(({ host, username, password_env }) => ({
      host,
      username,
      passwordVariable: password_env,
    })),
    pullDeadline: registry.pull_deadline * 1000,
    imageBudget: registry.image_budget,
  };
}

function asForge(forge: z.infer<typeof ForgeSchema>): ForgeSettings {
  return {
    name: forge.name ?? new URL(forge.url).host.replace(/[^a-zA-Z0-9._-]/g, '-'),
    url: forge.url,
    tokenVariable: forge.token_env,
    repositories: forge.repositories.map((path) => {
      const [owner = '', name = ''] = path.split('/');
      return { owner, name };
    }),
    interval: forge.poll_interval * 1000,
  };
}

function wrong(file: string, why: string, cause?: unknown): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'configuration',
    sentence: `The configuration ${file} is not understood: ${why}`,
    remedy: 'docs/configuration.md describes each key; `seatrial doctor` shows what is in force.',
    facts: { file },
    cause,
  });
}
