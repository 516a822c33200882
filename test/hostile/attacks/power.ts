import { type Attack, atTop, compose, inService } from '../attack.ts';

const key = (feature: string) => ({ code: 'power-key', feature, approvable: true }) as const;

/** Keys that Docker's schema has, although Swarm takes no notice of most: Docker makes a stack of them. */
const KEYS: readonly Attack[] = [
  inService(29, 'privileged', 'privileged: true #!', { ...key('privileged'), rendered: true }),
  inService(29, 'privileged by a variable', 'privileged: ${ALL:-true} #!', {
    ...{ ...key('privileged'), rendered: true },
  }),
  inService(29, 'a device', 'devices: ["/dev/kmsg:/dev/kmsg"] #!', { ...key('devices'), rendered: true }),
  inService(29, 'the processes of the host', 'pid: host #!', { ...key('pid:host'), rendered: true }),
  inService(29, 'the memory of the host', 'ipc: host #!', { ...key('ipc:host'), rendered: true }),
  inService(29, 'the network of the host', 'network_mode: host #!', {
    ...{ ...key('network_mode:host'), rendered: true },
  }),
  inService(29, 'the users of the host', 'userns_mode: host #!', {
    ...{ ...key('userns_mode:host'), rendered: true },
  }),
  inService(29, 'a control group', 'cgroup_parent: / #!', { ...key('cgroup_parent:/'), rendered: true }),
  inService(29, 'the control groups of the host', 'cgroupns_mode: host #!', key('cgroupns_mode:host')),
  inService(29, 'another isolation', 'isolation: process #!', {
    ...key('isolation:process'),
    rendered: true,
  }),
  inService(29, 'credentials of the host', 'credential_spec: {file: x.json} #!', {
    ...{ ...key('credential_spec'), rendered: true },
  }),
  inService(29, 'no seccomp', 'security_opt: ["seccomp:unconfined"] #!', {
    ...{ ...key('security_opt:seccomp:unconfined'), rendered: true },
  }),
  inService(29, 'no AppArmor', 'security_opt: ["apparmor=unconfined"] #!', {
    ...{ ...key('security_opt:apparmor=unconfined'), rendered: true },
  }),
  inService(29, 'device rules', "device_cgroup_rules: ['a *:* rwm'] #!", key('device_cgroup_rules')),
  inService(29, 'the host’s names', 'uts: host #!', key('uts:host')),
  inService(29, 'another control group', 'cgroup: host #!', key('cgroup:host')),
  inService(29, 'another runtime', 'runtime: /tmp/evil #!', key('runtime:/tmp/evil')),
  inService(29, 'graphics cards', 'gpus: all #!', key('gpus:all')),
  inService(29, 'never to be killed', 'oom_kill_disable: true #!', key('oom_kill_disable')),
  inService(29, 'others to be killed first', 'oom_score_adj: -1000 #!', key('oom_score_adj:-1000')),
  inService(
    29,
    'devices of the node',
    'deploy:\n  resources:\n    reservations:\n      generic_resources: #!\n        - discrete_resource_spec: {kind: gpu, value: 1}',
    {
      ...{ ...key('generic_resources'), rendered: true },
    },
  ),
  compose(
    29,
    'privileged behind an anchor and a merge',
    'x-evil: &evil\n  privileged: true #!\nservices:\n  app:\n    <<: [*evil]\n    image: nginx:1\n',
    { ...key('privileged'), rendered: true },
  ),
  compose(
    29,
    'privileged behind an alias of a whole service',
    'x-evil: &evil\n  image: nginx:1\n  privileged: true #!\nservices:\n  app: *evil\n',
    { ...key('privileged'), rendered: true },
  ),
];

/** Values that ask for power. */
const VALUES: readonly Attack[] = [
  inService(29, 'a capability', 'cap_add: [NET_ADMIN] #!', {
    ...{ code: 'capability', feature: 'cap:NET_ADMIN', approvable: true, rendered: true },
  }),
  inService(29, 'a capability in small letters', 'cap_add:\n  - cap_sys_admin #!', {
    ...{ code: 'capability', feature: 'cap:SYS_ADMIN', rendered: true },
  }),
  inService(29, 'all capabilities', 'cap_add: [ALL] #!', {
    ...{ code: 'capability', feature: 'cap:ALL', rendered: true },
  }),
  inService(29, 'a capability by a variable', 'cap_add: ["${C:-SYS_PTRACE}"] #!', {
    ...{ code: 'capability', feature: 'cap:SYS_PTRACE', rendered: true },
  }),
  inService(29, 'a setting of the kernel', 'sysctls:\n  - kernel.msgmax=65536 #!', {
    ...{ code: 'sysctl', feature: 'sysctl:kernel.msgmax=65536', approvable: true, rendered: true },
  }),
  inService(29, 'forwarding of packets', 'sysctls: {net.ipv4.ip_forward: 1} #!', {
    ...{ code: 'sysctl', feature: 'sysctl:net.ipv4.ip_forward=1', approvable: true, rendered: true },
  }),
  inService(29, 'processes without end', 'ulimits: {nproc: 10000000} #!', {
    ...{ code: 'ulimit', feature: 'ulimit:nproc=10000000', approvable: true, rendered: true },
  }),
  inService(29, 'files without end', 'ulimits: {nofile: {soft: 1, hard: 99999999}} #!', {
    ...{ code: 'ulimit', feature: 'ulimit:nofile=99999999', approvable: true, rendered: true },
  }),
  inService(29, 'real-time priority', 'ulimits: {rtprio: 99} #!', {
    ...{ code: 'ulimit', feature: 'ulimit:rtprio=99', approvable: true, rendered: true },
  }),
  inService(
    29,
    'logs to somewhere else',
    'logging:\n  driver: syslog #!\n  options: {syslog-address: "tcp://1.2.3.4:514"}',
    {
      ...{ code: 'log-driver', feature: 'log-driver:syslog', approvable: true, rendered: true },
    },
  ),
];

const unknown = (path: string) => ({ code: 'unknown-key', feature: `key:${path}` });

/** Keys that are in no table, at every level. */
const UNKNOWN: readonly Attack[] = [
  atTop(29, 'an unknown key of the document', 'evil: true #!', unknown('evil')),
  inService(29, 'an unknown key of a service', 'priviledged: true #!', unknown('services.app.priviledged')),
  inService(29, 'a name that every object has', 'constructor: true #!', unknown('services.app.constructor')),
  inService(29, 'hooks of the machine', 'post_start: [{command: id}] #!', unknown('services.app.post_start')),
  inService(29, 'an unknown key of deploy', 'deploy: {evil: 1} #!', unknown('services.app.deploy.evil')),
  inService(29, 'an extension where there are none', 'deploy: {x-evil: 1} #!', {
    ...unknown('services.app.deploy.x-evil'),
  }),
  inService(
    29,
    'an unknown key of a mount',
    'volumes:\n  - {type: volume, source: a, target: /a, evil: 1} #!',
    {
      ...unknown('services.app.volumes.evil'),
    },
  ),
  inService(29, 'an unknown key of a mounted config', 'configs:\n  - {source: c, evil: 1} #!', {
    ...unknown('services.app.configs.evil'),
  }),
  inService(29, 'an unknown key of a health check', 'healthcheck: {evil: 1} #!', {
    ...unknown('services.app.healthcheck.evil'),
  }),
  inService(29, 'an unknown key of a network', 'networks: {default: {gw_priority: 1}} #!', {
    ...unknown('services.app.networks.default.gw_priority'),
  }),
  inService(29, 'an unknown limit', 'deploy: {resources: {limits: {evil: 1}}} #!', {
    ...unknown('services.app.deploy.resources.limits.evil'),
  }),
  atTop(29, 'an unknown key of a volume', 'volumes: {data: {evil: 1}} #!', unknown('volumes.data.evil')),
  atTop(29, 'the content of a config in place', 'configs:\n  c:\n    content: x #!', {
    ...{ code: 'power-key', feature: 'content:x', approvable: true },
  }),
];

export const POWER: readonly Attack[] = [...KEYS, ...VALUES, ...UNKNOWN];
