import { createHash, webcrypto } from 'node:crypto';
import type { Trust } from '../../ports/router.ts';

/** An authority of one run alone. Its key never leaves this process. */
export interface Authority {
  readonly trust: Trust;
  /** A certificate for these hosts with all that a server sends, and its key; both PEM. */
  issue(hosts: readonly string[]): Promise<{ readonly chain: string; readonly key: string }>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** Clocks of containers and nodes may be behind ours. */
const BEFORE_MS = 3_600_000;

/** Valid from an hour before `now` (milliseconds) to `expires` (seconds), and so is all that it signs. */
export async function createAuthority(name: string, now: number, expires: number): Promise<Authority> {
  const x509 = await library();
  const validity = { notBefore: new Date(now - BEFORE_MS), notAfter: new Date(expires * 1000) };
  const keys = await newKeys();
  const usage = x509.KeyUsageFlags;
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    keys,
    name: [{ CN: [name] }],
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(usage.keyCertSign | usage.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pem = `${ca.toString('pem')}\n`;
  return {
    trust: { ca: pem, spki: digest(await exported('spki', keys.publicKey)) },
    async issue(hosts) {
      const own = await newKeys();
      const leaf = await x509.X509CertificateGenerator.create({
        ...validity,
        subject: [{ CN: [name] }],
        issuer: ca.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(usage.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({ type: 'dns', value }))),
          await x509.SubjectKeyIdentifierExtension.create(own.publicKey),
          await x509.AuthorityKeyIdentifierExtension.create(ca),
        ],
      });
      const key = x509.PemConverter.encode(await exported('pkcs8', own.privateKey), 'PRIVATE KEY');
      return { chain: `${leaf.toString('pem')}\n${pem}`, key: `${key}\n` };
    },
  };
}

/** It takes a tenth of a second to load, which commands without a run need not spend. */
async function library() {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  return x509;
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function exported(format: 'spki' | 'pkcs8', key: webcrypto.CryptoKey): Promise<ArrayBuffer> {
  return await webcrypto.subtle.exportKey(format, key);
}

function digest(bytes: ArrayBuffer): string {
  return createHash('sha256').update(new Uint8Array(bytes)).digest('base64');
}
