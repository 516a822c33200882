import { type Attack, type AttackFile, atTop, compose, inService } from '../attack.ts';

const outside = (feature: string) => ({ code: 'path-outside', feature: `file:${feature}` });
const secretOf = (text: string) => `secrets:\n  s:\n    file: ${text} #!`;
const configOf = (text: string) => `configs:\n  c:\n    file: ${text} #!`;
const env = (content: string): AttackFile => ({ path: '.env.sample', content });

/** Requirement 26: files that Docker's client would read for them. */
const PATHS: readonly Attack[] = [
  atTop(26, 'a config from /etc', configOf('/etc/shadow'), { ...outside('/etc/shadow'), rendered: true }),
  atTop(26, 'a config above the recipe', configOf('../../seatrial.db'), outside('../../seatrial.db')),
  atTop(26, 'a config above the recipe by a detour', configOf('./a/../../x'), outside('./a/../../x')),
  atTop(26, 'a config from home', configOf('~/.ssh/id_ed25519'), outside('~/.ssh/id_ed25519')),
  atTop(26, 'a config from the processes', configOf('/proc/self/environ'), {
    ...outside('/proc/self/environ'),
    rendered: true,
  }),
  atTop(26, 'a config by a variable', configOf('${WHERE}'), { ...outside('/etc/passwd'), rendered: true }, [
    env('WHERE=/etc/passwd\n'),
  ]),
  atTop(26, 'a config by a default', configOf('${NOWHERE:-/etc/passwd}'), {
    ...outside('/etc/passwd'),
    rendered: true,
  }),
  atTop(26, 'a config with a Windows path', configOf("'C:\\secrets'"), outside('C:\\secrets')),
  atTop(
    26,
    'a config that is a directory',
    configOf('folder'),
    { code: 'path-missing', feature: 'file:folder' },
    [{ path: 'folder/x', content: '' }],
  ),
  atTop(26, 'a config of a megabyte', configOf('big'), { code: 'path-too-large', feature: 'file:big' }, [
    { path: 'big', content: 'x'.repeat(1_100_000) },
  ]),
  atTop(26, 'a config from a variable of the machine', 'configs:\n  c:\n    environment: AWS_KEY #!', {
    ...{ code: 'power-key', feature: 'environment:AWS_KEY' },
  }),
  atTop(26, 'a secret from /etc', secretOf('/etc/shadow'), { ...outside('/etc/shadow'), rendered: true }),
  atTop(26, 'a secret above the recipe', secretOf('../key'), outside('../key')),
  inService(26, 'an env_file from /etc', 'env_file: /etc/environment #!', outside('/etc/environment')),
  inService(26, 'an env_file above the recipe', 'env_file:\n  - a.env\n  - ../.env #!', outside('../.env'), [
    { path: 'a.env', content: 'A=1\n' },
  ]),
  inService(26, 'an env_file in its long form', 'env_file:\n  - path: /root/.env #!', outside('/root/.env')),
  inService(26, 'labels from a file', 'label_file: ../labels #!', {
    ...{ code: 'power-key', feature: 'label_file:../labels' },
  }),
  inService(26, 'a bind above the recipe', 'volumes:\n  - ../..:/x:ro #!', {
    ...{ code: 'path-outside', feature: 'bind-mount:../..:ro' },
  }),
  inService(26, 'a bind from home', 'volumes:\n  - ~/.ssh:/x #!', {
    ...{ code: 'path-outside', feature: 'bind-mount:~/.ssh:rw' },
  }),
  compose(
    26,
    'a config that an overlay moves outside',
    'services:\n  app:\n    image: nginx:1\nconfigs:\n  c:\n    file: fine\n',
    { ...outside('/etc/passwd'), file: 'compose.more.yml', line: 3, service: null },
    [
      { path: 'fine', content: 'fine' },
      env('COMPOSE_FILE=compose.yml:compose.more.yml\n'),
      { path: 'compose.more.yml', content: 'configs:\n  c:\n    file: /etc/passwd\n' },
    ],
  ),
];

/** Links and submodules, which a reader who follows them takes for files of the recipe. */
const LINKS: readonly Attack[] = [
  linked(26, 'a config that is a link to /etc', 'c.conf', '/etc/shadow', 'link-refused'),
  linked(26, 'a config that is a link above the recipe', 'c.conf', '../../seatrial.db', 'link-refused'),
  linked(26, 'a config that is a link into .git', 'c.conf', '.git/config', 'link-refused'),
  linked(26, 'a config that is a link to a link', 'c.conf', 'other', 'link-refused', [
    { path: 'other', content: '/etc/shadow', mode: '120000' },
  ]),
  linked(26, 'a config that is a link to itself', 'c.conf', 'c.conf', 'link-refused'),
  linked(20, 'a config in a submodule', 'sub/c.conf', '', 'submodule-refused', [
    { path: 'sub', content: 'a'.repeat(40), mode: '160000' },
  ]),
  {
    ...{ requirement: 26, name: 'compose.yml itself as a link', code: 'link-refused', file: 'compose.yml' },
    files: [{ path: 'compose.yml', content: '/etc/compose.yml', mode: '120000' }],
  },
  {
    ...{ requirement: 26, name: '.env.sample as a link', code: 'link-refused', file: '.env.sample' },
    files: [
      { path: 'compose.yml', content: 'services: {app: {image: x}}\n' },
      { path: '.env.sample', content: '/proc/self/environ', mode: '120000' },
    ],
  },
  {
    ...{ requirement: 26, name: 'a COMPOSE_FILE outside', code: 'path-leaves', file: '.env.sample', line: 1 },
    files: [
      { path: 'compose.yml', content: 'services: {app: {image: x}}\n' },
      env('COMPOSE_FILE=compose.yml:/root/other.yml\n'),
    ],
  },
];

function linked(
  requirement: number,
  name: string,
  path: string,
  target: string,
  code: string,
  more: readonly AttackFile[] = [],
): Attack {
  const link: AttackFile[] = target === '' ? [] : [{ path, content: target, mode: '120000' }];
  return atTop(requirement, name, configOf(path), { code }, [...link, ...more]);
}

/** Requirement 42: secrets that are none. */
const SECRETS: readonly Attack[] = [
  atTop(
    42,
    'a secret in the repository',
    secretOf('password.txt'),
    {
      ...{ code: 'secret-file', feature: 'secret-file:password.txt', rendered: true },
    },
    [{ path: 'password.txt', content: 'hunter2' }],
  ),
  atTop(42, 'a secret from a program of the host', 'secrets:\n  s:\n    driver: vault #!', {
    ...{ code: 'power-key', feature: 'driver:vault', rendered: true },
  }),
  atTop(42, 'a secret from a variable of the machine', 'secrets:\n  s:\n    environment: FORGE_TOKEN #!', {
    ...{ code: 'power-key', feature: 'environment:FORGE_TOKEN' },
  }),
];

export const FILES: readonly Attack[] = [...PATHS, ...LINKS, ...SECRETS];
