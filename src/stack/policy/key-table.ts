/**
 * Every key of the Compose 3 format that a recipe may use, by level. What is not here is
 * refused, whether Docker knows it or not.
 */
export interface Level {
  /** Words separated by blanks: allowed as far as the other rules allow their values. */
  readonly allowed: string;
  /** Swarm takes no notice of these and they grant nothing. */
  readonly ignored?: string;
  /** Refused with the number of the requirement and what they would do. */
  readonly refused?: Readonly<Record<string, Refused>>;
  readonly nested?: Readonly<Record<string, Nested>>;
  /** Keys that begin with `x-` are comments to Docker here. */
  readonly extensions?: true;
}

export interface Refused {
  readonly requirement: number;
  readonly does: string;
  readonly remedy: string;
}

/** What stands behind a key: one map, a map of names, or a list in which only maps are looked at. */
export type Nested = readonly ['map' | 'named' | 'list', Level];

const POWER = 'Leave it out: an app of a recipe gets along without power over its host.';
const power = (does: string): Refused => ({ requirement: 29, does, remedy: POWER });
const source = (does: string, remedy: string): Refused => ({ requirement: 24, does, remedy });

const PREFERENCE: Level = { allowed: 'spread' };
const PACE: Level = { allowed: 'parallelism delay failure_action monitor max_failure_ratio order' };
const RESERVATIONS: Level = {
  allowed: 'cpus memory',
  refused: {
    generic_resources: power('asks for devices of the node'),
    devices: power('asks for devices of the node'),
  },
};

const DEPLOY: Level = {
  allowed: 'mode endpoint_mode replicas labels',
  nested: {
    update_config: ['map', PACE],
    rollback_config: ['map', PACE],
    restart_policy: ['map', { allowed: 'condition delay max_attempts window' }],
    placement: [
      'map',
      { allowed: 'constraints max_replicas_per_node', nested: { preferences: ['list', PREFERENCE] } },
    ],
    resources: [
      'map',
      {
        allowed: '',
        nested: { limits: ['map', { allowed: 'cpus memory pids' }], reservations: ['map', RESERVATIONS] },
      },
    ],
  },
};

const MOUNT: Level = {
  allowed: 'type source target read_only consistency',
  nested: {
    bind: ['map', { allowed: 'propagation' }],
    volume: ['map', { allowed: 'nocopy subpath' }],
    tmpfs: ['map', { allowed: 'size' }],
  },
};

const ATTACHMENT: Level = { allowed: 'aliases', ignored: 'ipv4_address ipv6_address' };
const FILE_MOUNT: Level = { allowed: 'source target uid gid mode' };

const SERVICE: Level = {
  extensions: true,
  allowed: `image command entrypoint environment env_file labels user working_dir hostname domainname init
    tty stdin_open read_only stop_grace_period stop_signal dns dns_search extra_hosts cap_add cap_drop sysctls
    tmpfs security_opt group_add`,
  ignored: 'depends_on restart expose container_name links mac_address shm_size',
  refused: {
    build: source('has an image built', 'Name a published image with `image:`.'),
    extends: source('takes a service from elsewhere', 'Write the service out, or use a YAML anchor.'),
    develop: source('asks for a development loop', 'Leave it out.'),
    provider: source('hands the service to another program', 'Leave it out.'),
    volumes_from: source('takes the mounts of another container', 'Name the volumes under `volumes:`.'),
    label_file: {
      requirement: 26,
      does: 'reads labels from a file of the machine that deploys',
      remedy: 'Write the labels under `deploy.labels:`.',
    },
    external_links: {
      requirement: 31,
      does: 'reaches for a container outside of the stack',
      remedy: 'Reach other apps by their public address.',
    },
    privileged: power('asks for all power over the host'),
    devices: power('asks for devices of the host'),
    device_cgroup_rules: power('asks for devices of the host'),
    gpus: power('asks for devices of the host'),
    pid: power('asks for the processes of the host'),
    ipc: power('asks for memory that it shares with others'),
    uts: power('asks for the host’s own names'),
    cgroup: power('asks for a control group that is not its own'),
    cgroup_parent: power('asks for a control group that is not its own'),
    cgroupns_mode: power('asks for a control group that is not its own'),
    network_mode: power('asks for another network than its stack’s'),
    userns_mode: power('asks to be a user of the host'),
    runtime: power('chooses the program that runs containers'),
    isolation: power('chooses how containers are kept apart'),
    credential_spec: power('asks for credentials of the host'),
    oom_score_adj: power('decides who dies when the host has no memory left'),
    oom_kill_disable: power('decides who dies when the host has no memory left'),
    storage_opt: power('chooses the storage of the host'),
    blkio_config: power('chooses its share of the host’s disks'),
    use_api_socket: { requirement: 28, does: 'asks for Docker’s own interface', remedy: POWER },
  },
  nested: {
    configs: ['list', FILE_MOUNT],
    secrets: ['list', FILE_MOUNT],
    volumes: ['list', MOUNT],
    ports: ['list', { allowed: 'mode target published protocol' }],
    networks: ['named', ATTACHMENT],
    healthcheck: ['map', { allowed: 'test interval timeout retries start_period start_interval disable' }],
    logging: ['map', { allowed: 'driver options' }],
    ulimits: ['named', { allowed: 'soft hard' }],
    deploy: ['map', DEPLOY],
  },
};

const SUBNET: Level = { allowed: 'subnet' };
const EXTERNAL: Nested = ['map', { allowed: 'name' }];

export const DOCUMENT: Level = {
  extensions: true,
  allowed: 'version',
  refused: {
    include: source('takes in another file', 'List the overlay in COMPOSE_FILE.'),
    models: source('asks for models of the host', 'Leave it out.'),
    name: {
      requirement: 34,
      does: 'chooses the name of the stack',
      remedy: 'Leave it out: the deployer names the stack.',
    },
  },
  nested: {
    services: ['named', SERVICE],
    networks: [
      'named',
      {
        extensions: true,
        allowed: 'name driver driver_opts internal attachable labels',
        nested: {
          external: EXTERNAL,
          ipam: ['map', { allowed: 'driver', nested: { config: ['list', SUBNET] } }],
        },
      },
    ],
    volumes: [
      'named',
      {
        extensions: true,
        allowed: 'name driver driver_opts labels',
        nested: { external: EXTERNAL },
        refused: {
          spec: {
            requirement: 27,
            does: 'asks for a volume of the cluster',
            remedy: 'Use a plain volume of the local driver.',
          },
        },
      },
    ],
    configs: [
      'named',
      {
        extensions: true,
        allowed: 'name file labels template_driver',
        nested: { external: EXTERNAL },
        refused: {
          environment: {
            requirement: 26,
            does: 'reads a variable of the machine that deploys',
            remedy: 'Put the content into a file of the recipe.',
          },
          content: {
            requirement: 29,
            does: 'is no key of the Compose 3 format',
            remedy: 'Put the content into a file of the recipe.',
          },
        },
      },
    ],
    secrets: [
      'named',
      {
        extensions: true,
        allowed: 'name file labels template_driver',
        nested: { external: EXTERNAL },
        refused: {
          driver: {
            requirement: 42,
            does: 'takes secrets from a program of the host',
            remedy: 'Use `external: true`; the secret is generated for each run.',
          },
          driver_opts: {
            requirement: 42,
            does: 'takes secrets from a program of the host',
            remedy: 'Use `external: true`; the secret is generated for each run.',
          },
          environment: {
            requirement: 42,
            does: 'reads a variable of the machine that deploys',
            remedy: 'Use `external: true`; the secret is generated for each run.',
          },
        },
      },
    ],
  },
};
