import { describe, expect, test } from 'vitest';
import { keyBytes } from '../shared/key-bytes.ts';
import { parseStackFile } from './document.ts';
import { type SecretSources, secretsOf } from './secrets.ts';

const KEY = new Uint8Array(32).fill(1);
const STACK = 'reader-00zohv67hl';

test('every external secret that a service mounts gets a value, and no other', () => {
  const { secrets, findings } = made(`
services:
  app: {image: x, secrets: [{source: pw}]}
  db: {image: y, secrets: [{source: pw, target: other}, {source: file}]}
secrets:
  pw: {external: true, name: ${STACK}_pw_v12}
  unused: {external: true, name: ${STACK}_unused_v1}
  file: {file: /x}
`);
  expect(findings).toEqual([]);
  expect(secrets).toEqual([
    {
      ...{ key: 'pw', name: `${STACK}_pw_v12`, version: 'v12', labels: { our: 'label' } },
      value: expect.stringMatching(/^[a-z]+(-[a-z]+){5}$/),
    },
  ]);
});

describe('a value', () => {
  test('is as the sample asks', () => {
    const { secrets } = made(one('pw'), {
      wishes: [{ ...wish('pw'), length: 40, charset: 'hex' }],
    });
    expect(secrets[0]?.value).toMatch(/^[0-9a-f]{40}$/);
  });

  test('requirement 42: is the same for the same name and key, and another for another name or key', () => {
    const value = (name: string, key = KEY) =>
      made(one('pw', name), { bytes: (label) => keyBytes(key, label) }).secrets[0]?.value;
    expect(value('a_pw_v1')).toBe(value('a_pw_v1'));
    expect(value('a_pw_v1')).not.toBe(value('a_pw_v2'));
    expect(value('a_pw_v1')).not.toBe(value('b_pw_v1'));
    expect(value('a_pw_v1')).not.toBe(value('a_pw_v1', new Uint8Array(32).fill(2)));
  });

  test('that is on the swarm already stays, whatever is asked now', () => {
    const { secrets: kept } = made(one('pw'));
    const wishes = [{ ...wish('pw'), length: 9 }];
    const given = { pw: { kind: 'value' as const, value: 'other' } };
    expect(made(one('pw'), { wishes, given, kept }).secrets).toEqual(kept);
    expect(made(one('pw', 'x_pw_v2'), { wishes, kept }).secrets[0]?.value).toHaveLength(9);
  });

  test('that the suite has wins over one of ours', () => {
    const given = { pw: { kind: 'value' as const, value: 'from the suite\n' } };
    expect(made(one('pw'), { given }).secrets[0]?.value).toBe('from the suite\n');
  });

  test('that has to be inserted by hand is missing, with where to put it (B34)', () => {
    const { secrets, findings } = made(one('pw'), { wishes: [{ ...wish('pw'), generate: false }] });
    expect(secrets).toEqual([]);
    expect(findings).toEqual([
      {
        ...{ code: 'B34', severity: 'error', file: 'compose.yml', line: 3 },
        sentence: expect.stringContaining('generate=false'),
        remedy: expect.stringContaining('recipes/reader/recipe.toml'),
      },
    ]);
  });

  test('from another app cannot be had yet', () => {
    const given = { pw: { kind: 'dependency' as const, from: 'sso', field: 'client_secret' } };
    expect(() => made(one('pw'), { given })).toThrow(/cannot be deployed yet/);
  });
});

describe('a name', () => {
  test('of 64 characters is good, and of 65 is refused with its length (B28)', () => {
    const fits = 'x'.repeat(64);
    expect(made(one('pw', fits)).secrets[0]?.name).toBe(fits);
    expect(() => made(one('pw', `${fits}y`))).toThrow(/has 65 characters; Swarm allows 64/);
  });

  test('that ends where its version should be is refused (B29)', () => {
    expect(() => made(one('pw', `${STACK}_pw_`))).toThrow(/its version variable is not set/);
  });
});

function one(key: string, name = `${STACK}_${key}_v1`): string {
  return `services: {app: {image: x, secrets: [{source: ${key}}]}}\nsecrets: {${key}: {external: true, name: ${name}}}`;
}

function wish(key: string): SecretSources['wishes'][number] {
  return {
    ...{ key, file: 'compose.yml', line: 3, length: undefined, charset: undefined, generate: true },
    ...{ name: undefined, versionVariable: undefined, mountedBy: [], external: true, path: undefined },
  };
}

function made(stack: string, more: Partial<SecretSources> = {}) {
  return secretsOf({
    ...{ recipe: 'reader', file: parseStackFile(stack), wishes: [], given: {}, kept: [] },
    ...{ labels: { our: 'label' }, bytes: (label) => keyBytes(KEY, label), ...more },
  });
}
