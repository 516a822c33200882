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

export const FILES: readonly Attack[] = [...PATHS, ...SECRETS];
