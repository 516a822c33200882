import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/directory.ts';
import { writeTrustFiles } from './trust-files.ts';

const [CA = ''] = rootCertificates;
/** The engine refuses a config that is larger. */
const LARGEST_CONFIG = 1000 * 1024;

describe('what apps trust', () => {
  test('is everybody’s authorities and the run’s own, and fits into a config', async () => {
    const directory = join(temporaryDirectory(), 'trust');
    const { bundle, javaStore } = await writeTrustFiles(directory, { ca: CA, spki: '' });
    expect(readFileSync(bundle.path)).toEqual(bundle.content);
    expect(bundle.content.toString().match(/BEGIN CERTIFICATE/g)).toHaveLength(rootCertificates.length + 1);
    expect(bundle.content.toString().trimEnd().endsWith(CA.trim())).toBe(true);
    expect(readFileSync(javaStore.path)).toEqual(javaStore.content);
    expect(Math.max(bundle.content.length, javaStore.content.length)).toBeLessThan(LARGEST_CONFIG);
  });

  test('is for Java a store of version 2 with the digest that its password gives', async () => {
    const { javaStore } = await writeTrustFiles(temporaryDirectory(), { ca: CA, spki: '' });
    const { content } = javaStore;
    expect(content.readUInt32BE(0)).toBe(0xfeedfeed);
    expect(content.readUInt32BE(4)).toBe(2);
    expect(content.readUInt32BE(8)).toBe(rootCertificates.length + 1);
    expect(entriesOf(content)).toEqual(
      [...rootCertificates, CA].map((pem, index) => ({
        ...{ kind: 2, alias: `authority-${index}`, type: 'X.509' },
        certificate: new X509Certificate(pem).raw,
      })),
    );
    const password = [...Buffer.from('changeit')].flatMap((byte) => [0, byte]);
    const digest = createHash('sha1').update(Buffer.from(password)).update('Mighty Aphrodite');
    expect(content.subarray(-20)).toEqual(digest.update(content.subarray(0, -20)).digest());
  });
});

/** The entries of a store, read as the format has them: kind, alias, time, type and certificate. */
function entriesOf(store: Buffer) {
  let at = 12;
  const take = (bytes: number) => {
    at += bytes;
    return store.subarray(at - bytes, at);
  };
  const text = () => take(take(2).readUInt16BE()).toString();
  return Array.from({ length: store.readUInt32BE(8) }, () => {
    const entry = { kind: take(4).readUInt32BE(), alias: text() };
    take(8);
    return { ...entry, type: text(), certificate: take(take(4).readUInt32BE()) };
  });
}
