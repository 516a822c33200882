import { createHash, X509Certificate } from 'node:crypto';
import { createServer, request } from 'node:https';
import { describe, expect, test } from 'vitest';
import { createAuthority } from './authority.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const EXPIRES = NOW / 1000 + 7200;

describe('the authority of a run', () => {
  test('signs certificates for the hosts of the run alone, as long as the run may last', async () => {
    const { trust, issue } = await createAuthority('Seatrial run x', NOW, EXPIRES);
    const { chain } = await issue(['a.example', 'b.example']);
    const ca = new X509Certificate(trust.ca);
    const leaf = new X509Certificate(chain);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect([ca.ca, leaf.ca]).toEqual([true, false]);
    expect(leaf.subjectAltName).toBe('DNS:a.example, DNS:b.example');
    for (const certificate of [ca, leaf]) {
      expect(certificate.validFromDate).toEqual(new Date(NOW - 3_600_000));
      expect(certificate.validToDate).toEqual(new Date(EXPIRES * 1000));
    }
    expect(chain).toContain(trust.ca.trim());
    // It signs servers, not authorities below it, and what it signs is a server alone.
    expect(extension(ca, '2.5.29.19')).toEqual(Buffer.from('30060101ff020100', 'hex'));
    expect(extension(leaf, '2.5.29.19')).toEqual(Buffer.from('3000', 'hex'));
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    const spki = ca.publicKey.export({ type: 'spki', format: 'der' });
    expect(trust.spki).toBe(createHash('sha256').update(spki).digest('base64'));
  });

  test('is another one for each run', async () => {
    const one = await createAuthority('x', NOW, EXPIRES);
    const { chain } = await one.issue(['a.example']);
    const other = await createAuthority('x', NOW, EXPIRES);
    expect(new X509Certificate(chain).verify(new X509Certificate(other.trust.ca).publicKey)).toBe(false);
    expect(other.trust.spki).not.toBe(one.trust.spki);
  });

  test('is trusted by Node where it is given, and only for the hosts that it signed', async () => {
    const now = Date.now();
    const { trust, issue } = await createAuthority('x', now, now / 1000 + 60);
    const { chain, key } = await issue(['a.example']);
    const server = createServer({ cert: chain, key }, (_request, response) => response.end('hello'));
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const ask = (servername: string, ca: string | undefined) =>
      new Promise<string>((resolve) => {
        const options = { host: '127.0.0.1', port, servername, agent: false as const };
        const asked = request(ca === undefined ? options : { ...options, ca }, (response) => {
          response.resume();
          resolve(`status ${response.statusCode}`);
        });
        asked.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        asked.end();
      });
    try {
      expect(await ask('a.example', trust.ca)).toBe('status 200');
      expect(await ask('b.example', trust.ca)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
      expect(await ask('a.example', undefined)).toBe('SELF_SIGNED_CERT_IN_CHAIN');
    } finally {
      server.close();
    }
  });
});

/** The value of an extension of a certificate: what follows its identifier, the word `critical` and two lengths. */
function extension({ raw }: X509Certificate, identifier: string): Buffer | undefined {
  const [first = 0, second = 0, ...more] = identifier.split('.').map(Number);
  const oid = Buffer.from([6, more.length + 1, first * 40 + second, ...more]);
  const at = raw.indexOf(oid);
  if (at < 0) return undefined;
  const critical = Buffer.from([1, 1, 0xff]);
  const rest = raw.subarray(at + oid.length);
  const value = rest.indexOf(critical) === 0 ? rest.subarray(critical.length) : rest;
  return value.subarray(2, 2 + (value[1] ?? 0));
}
