import { z } from 'zod';

const Count = z.number().int().min(1);
const Bytes = z.union([z.number().int().positive(), z.string().regex(/^\d+(\.\d+)?\s*[kmgt]?i?b?$/i)]);

const PACKAGE_REGISTRIES = [
  ...['registry.npmjs.org', 'pypi.org', 'files.pythonhosted.org', 'rubygems.org', 'repo.packagist.org'],
  ...['index.crates.io', 'static.crates.io', 'proxy.golang.org', 'repo.maven.apache.org'],
  ...['deb.debian.org', 'security.debian.org', 'dl-cdn.alpinelinux.org'],
];

/** `[policy]` of seatrial.toml: what recipes may ask for, and what they get. */
export const PolicySchema = z
  .strictObject({
    /** Of the files that allow single recipes more; relative to the configuration file. */
    directory: z.string().default('policies'),
    egress: z.enum(['open', 'registries', 'none']).default('open'),
    /** The same for changes that come from forks; left out, as for all others. */
    egress_forks: z.enum(['open', 'registries', 'none']).optional(),
    /** What `registries` lets apps reach: hosts from which they fetch packages at their start. */
    registries: z.array(z.string().regex(/^[a-z0-9.-]+$/i, 'a host name')).default(PACKAGE_REGISTRIES),
    /** Image with the program nft, from which the node's firewall is set. */
    guard_image: z.string().optional(),
    /** Where images may come from; left out, from anywhere. */
    image_hosts: z.array(z.string().regex(/^[a-z0-9.-]+(:\d+)?$/i, 'a host name')).optional(),
    /** Of one task. */
    cpus: z.number().positive().default(2),
    memory: Bytes.default('2GiB'),
    pids: Count.default(2048),
    log_size: Bytes.default('10MiB'),
    tmpfs: Bytes.default('1GiB'),
    replicas: Count.default(10),
    restart_attempts: Count.default(100),
    /** Of all tasks of one app together. */
    total_cpus: z.number().positive().default(32),
    total_memory: Bytes.default('24GiB'),
  })
  .prefault({});

export interface PolicySettings {
  /** Directory of the files with approvals. */
  readonly directory: string;
  readonly egress: EgressMode;
  /** For changes from forks, which nobody with write permission need have written. */
  readonly egressForks: EgressMode;
  /** Hosts that the egress `registries` allows. */
  readonly registries: readonly string[];
  readonly guardImage: string | undefined;
  /** Undefined: images may come from anywhere. */
  readonly imageHosts: readonly string[] | undefined;
  readonly limits: PolicyLimits;
}

/**
 * What an app may reach beyond its own networks: anything, only the registries, or nothing.
 * The stack itself can only be shut off wholly; the rest is the business of the host's firewall.
 */
export type EgressMode = 'open' | 'registries' | 'none';

/** Memory and sizes in bytes. */
export interface PolicyLimits {
  readonly cpus: number;
  readonly memory: number;
  readonly pids: number;
  readonly logSize: number;
  readonly tmpfs: number;
  readonly replicas: number;
  readonly restartAttempts: number;
  readonly totalCpus: number;
  readonly totalMemory: number;
}

const UNITS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** What holds where nothing is configured; nobody is allowed anything more. */
export const DEFAULT_POLICY: PolicySettings = policySettings(PolicySchema.parse(undefined), 'policies');

export function policySettings(read: z.infer<typeof PolicySchema>, directory: string): PolicySettings {
  return {
    directory,
    egress: read.egress,
    egressForks: read.egress_forks ?? read.egress,
    registries: read.registries,
    guardImage: read.guard_image,
    imageHosts: read.image_hosts,
    limits: {
      cpus: read.cpus,
      memory: bytesOf(read.memory),
      pids: read.pids,
      logSize: bytesOf(read.log_size),
      tmpfs: bytesOf(read.tmpfs),
      replicas: read.replicas,
      restartAttempts: read.restart_attempts,
      totalCpus: read.total_cpus,
      totalMemory: bytesOf(read.total_memory),
    },
  };
}

/** Bytes of a size as Docker takes it, such as `512m` or `2GiB`; NaN for anything else. */
export function bytesOf(size: string | number): number {
  if (typeof size === 'number') return size;
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*$/i.exec(size) ?? [];
  return amount === undefined ? Number.NaN : Math.floor(Number(amount) * (UNITS[unit.toLowerCase()] ?? 1));
}
