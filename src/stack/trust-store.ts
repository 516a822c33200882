import { createHash, X509Certificate } from 'node:crypto';

/** Everybody's password for what is no secret. */
export const STORE_PASSWORD = 'changeit';

const MAGIC = 0xfeedfeed;
const VERSION = 2;
const TRUSTED_CERTIFICATE = 2;
/** Part of the format: the digest at the end is over the password, these words and the content. */
const SALT = 'Mighty Aphrodite';

/** Certificates (PEM, one each) as a trust store that every Java reads, in the format JKS. The same certificates give the same bytes. */
export function javaTrustStore(certificates: readonly string[]): Buffer {
  const entries = certificates.map((pem, index) => {
    const der = new X509Certificate(pem).raw;
    return Buffer.concat([
      ...[int(TRUSTED_CERTIFICATE), utf(`authority-${index}`), Buffer.alloc(8), utf('X.509')],
      ...[int(der.length), der],
    ]);
  });
  const content = Buffer.concat([int(MAGIC), int(VERSION), int(entries.length), ...entries]);
  const password = Buffer.from(STORE_PASSWORD, 'utf16le').swap16();
  const digest = createHash('sha1').update(password).update(SALT).update(content).digest();
  return Buffer.concat([content, digest]);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A string with its length in two bytes before it. */
function utf(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}
