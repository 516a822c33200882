import { type Attack, type AttackFile, atTop, compose, inService } from '../attack.ts';

const env = (content: string): AttackFile => ({ path: '.env.sample', content });
const bind = (feature: string) =>
  ({ code: 'bind-mount', feature: `bind-mount:${feature}`, rendered: true }) as const;
const socket = (path: string) =>
  ({ code: 'docker-socket', feature: `docker-socket:${path}`, rendered: true }) as const;
const mount = (text: string) => `volumes:\n  - ${text} #!`;
const volume = (lines: string) => `volumes:\n  data:\n${lines}`;
const options = (feature: string) =>
  ({ code: 'volume-options', feature: `volume-options:data:${feature}`, rendered: true }) as const;

/** Requirement 27: what is mounted. */
const MOUNTS: readonly Attack[] = [
  inService(27, 'a bind in short form', mount('/etc:/x'), bind('/etc:rw')),
  inService(27, 'a bind to read', mount('/etc/timezone:/etc/timezone:ro'), {
    ...bind('/etc/timezone:ro'),
    approvable: true,
  }),
  inService(27, 'a bind with options', mount('/root:/x:ro,z'), { ...bind('/root:ro'), approvable: true }),
  inService(27, 'a bind in long form', 'volumes:\n  - type: bind\n    source: /home #!\n    target: /x', {
    ...bind('/home:rw'),
  }),
  inService(
    27,
    'a bind in long form to read',
    'volumes:\n  - {type: bind, source: /usr/share/zoneinfo, target: /z, read_only: true} #!',
    { ...bind('/usr/share/zoneinfo:ro'), approvable: true },
  ),
  inService(27, 'a bind by a variable', mount('${DATA}:/x'), bind('/srv:rw'), [env('DATA=/srv\n')]),
  inService(27, 'a bind by a default', mount('${NOTHING:-/srv}:/x'), bind('/srv:rw')),
  inService(27, 'a bind by an alternative', mount('${NOTHING-/srv}:/x'), bind('/srv:rw')),
  inService(
    27,
    'a bind whose type is a variable',
    'volumes:\n  - {type: "${KIND}", source: /srv, target: /x} #!',
    bind('/srv:rw'),
    [env('KIND=bind\n')],
  ),
  inService(27, 'a bind by a detour', mount('/tmp/../etc//x/.:/x'), bind('/etc/x:rw')),
  inService(27, 'a bind that is shared back', mount('/mnt:/x:ro,rshared'), bind('/mnt:ro,rshared')),
  inService(27, 'a bind of the recipe', mount('./conf:/x'), bind('./conf:rw')),
  compose(
    27,
    'a bind behind an anchor and a merge',
    'x-evil: &evil\n  volumes:\n    - /opt:/x #!\nservices:\n  app:\n    image: nginx:1\n    <<: *evil\n',
    bind('/opt:rw'),
  ),
  compose(
    27,
    'a bind behind an escaped key',
    'services:\n  app:\n    image: nginx:1\n    "vol\\u0075mes":\n      - /opt:/x #!\n',
    bind('/opt:rw'),
  ),
  compose(
    27,
    'a bind in an overlay',
    'services:\n  app:\n    image: nginx:1\n',
    { ...bind('/opt:rw'), file: 'compose.more.yml', line: 4 },
    [
      env('COMPOSE_FILE="compose.yml"\nCOMPOSE_FILE="$COMPOSE_FILE:compose.more.yml"\n'),
      { path: 'compose.more.yml', content: 'services:\n  app:\n    volumes:\n      - /opt:/x\n' },
    ],
  ),
  inService(27, 'a named pipe', mount("'\\\\.\\pipe\\docker_engine:\\\\.\\pipe\\docker_engine'"), {
    ...{ requirement: 28, code: 'docker-socket', feature: 'docker-socket:\\\\.\\pipe\\docker_engine' },
  }),
  inService(27, 'a mount of the cluster', 'volumes:\n  - {type: cluster, source: x, target: /x} #!', {
    ...{ code: 'mount-type', feature: 'mount:cluster' },
  }),
  inService(27, 'an image as a mount', 'volumes:\n  - {type: image, source: evil, target: /x} #!', {
    ...{ code: 'mount-type', feature: 'mount:image' },
  }),
  inService(
    27,
    'a tmpfs of all memory',
    'volumes:\n  - {type: tmpfs, target: /x, tmpfs: {size: 99999999999}} #!',
    { code: 'tmpfs-size', feature: 'tmpfs:99999999999', approvable: true, rendered: true },
  ),
  inService(27, 'a short tmpfs of all memory', 'tmpfs:\n  - /x:size=100g #!', {
    ...{ code: 'tmpfs-size', feature: 'tmpfs:100g', approvable: true, rendered: true },
  }),
];

/** Requirement 27: what volumes are made of. */
const VOLUMES: readonly Attack[] = [
  atTop(27, 'a bind in disguise', volume('    driver_opts: {type: none, o: bind, device: /} #!'), {
    ...options('device=/,o=bind,type=none'),
  }),
  atTop(27, 'a bind in disguise among options', volume('    driver_opts: {o: "ro,bind", device: /etc} #!'), {
    ...options('device=/etc,o=ro,bind'),
  }),
  atTop(
    27,
    'a bind in disguise by variables',
    volume('    driver_opts: {type: "${T}", o: "${O}", device: "${D}"} #!'),
    options('device=/,o=bind,type=none'),
    [env('T=none\nO=bind\nD=/\n')],
  ),
  atTop(27, 'NFS', volume('    driver_opts: {type: nfs, o: addr=10.0.0.1, device: ":/x"} #!'), {
    ...options('device=:/x,o=addr=10.0.0.1,type=nfs'),
    approvable: true,
  }),
  atTop(27, 'CIFS', volume('    driver_opts: {type: cifs, o: username=x, device: //10.0.0.1/x} #!'), {
    ...options('device=//10.0.0.1/x,o=username=x,type=cifs'),
    approvable: true,
  }),
  atTop(27, 'a disk of the host', volume('    driver_opts: {type: ext4, device: /dev/sda1} #!'), {
    ...options('device=/dev/sda1,type=ext4'),
  }),
  atTop(27, 'an overlay of directories', volume('    driver_opts: {type: overlay, o: lowerdir=/} #!'), {
    ...options('o=lowerdir=/,type=overlay'),
  }),
  atTop(27, 'another driver', volume('    driver: vieux/sshfs #!'), {
    ...{ code: 'volume-driver', feature: 'volume-driver:data:vieux/sshfs', approvable: true, rendered: true },
  }),
  atTop(27, 'a volume of the cluster', volume('    spec: {group: x} #!'), {
    ...{ code: 'power-key', feature: 'spec' },
  }),
];

/** Requirement 28: Docker's own interface. */
const SOCKETS: readonly Attack[] = [
  inService(28, 'the socket', mount('/var/run/docker.sock:/var/run/docker.sock'), {
    ...socket('/var/run/docker.sock'),
  }),
  inService(28, 'the socket to read', mount('/run/docker.sock:/s:ro'), socket('/run/docker.sock')),
  inService(28, 'the socket by a detour', mount('/var/lib/../run/./docker.sock:/s'), {
    ...socket('/var/run/docker.sock'),
  }),
  inService(28, 'the socket by a variable', mount('${SOCK}:/s'), socket('/var/run/docker.sock'), [
    env('SOCK=/var/run/docker.sock\n'),
  ]),
  inService(28, 'the directory of the socket', mount('/var/run:/x:ro'), socket('/var/run')),
  inService(28, 'the other directory of the socket', mount('/run:/x'), socket('/run')),
  inService(28, 'a directory further up', mount('/var:/x'), socket('/var')),
  inService(28, 'everything', mount('/:/host:ro'), socket('/')),
  inService(28, 'through a process', mount('/proc/1/root:/x'), socket('/proc/1/root')),
  inService(28, 'through a descriptor', mount('/proc/self/fd/7:/x'), socket('/proc/self/fd/7')),
  inService(28, 'the disks', mount('/dev:/x'), socket('/dev')),
  inService(28, 'a disk', mount('/dev/null/../sda:/x'), socket('/dev/sda')),
  inService(28, 'the kernel', mount('/sys/fs/cgroup:/x'), socket('/sys/fs/cgroup')),
  inService(28, 'the data of all containers', mount('/var/lib/docker/volumes:/x:ro'), {
    ...socket('/var/lib/docker/volumes'),
  }),
  inService(28, 'containerd', mount('/run/containerd/containerd.sock:/x'), {
    ...socket('/run/containerd/containerd.sock'),
  }),
  inService(28, 'the socket somewhere else', mount('/srv/proxy/docker.sock:/x'), {
    ...socket('/srv/proxy/docker.sock'),
  }),
  inService(28, 'an engine over TCP', 'environment:\n  - DOCKER_HOST=tcp://172.17.0.1:2375 #!', {
    ...{ code: 'docker-socket', feature: 'docker-host:tcp://172.17.0.1:2375', rendered: true },
  }),
  inService(28, 'an engine over SSH', 'environment: {DOCKER_HOST: ssh://root@172.17.0.1} #!', {
    ...{ code: 'docker-socket', feature: 'docker-host:ssh://root@172.17.0.1', rendered: true },
  }),
  inService(28, 'an engine on the command line', 'command: ["--endpoint=tcp://172.17.0.1:2376"] #!', {
    ...{ code: 'docker-socket', feature: 'docker-host:--endpoint=tcp://172.17.0.1:2376', rendered: true },
  }),
  inService(28, 'an interface to the engine', 'use_api_socket: true #!', {
    ...{ code: 'power-key', feature: 'use_api_socket' },
  }),
];

export const MOUNTED: readonly Attack[] = [...MOUNTS, ...VOLUMES, ...SOCKETS];
