import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { Trust } from '../ports/router.ts';
import type { TrustFiles } from './adjust/adjustment.ts';
import { javaTrustStore } from './trust-store.ts';

/** Writes what apps trust, everybody's authorities and the run's own, in the two formats that programs read. */
export async function writeTrustFiles(directory: string, trust: Trust): Promise<TrustFiles> {
  const certificates = [...rootCertificates, trust.ca];
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const write = async (name: string, content: Buffer) => {
    const path = join(directory, name);
    await writeFile(path, content);
    return { path, directory, content };
  };
  return {
    bundle: await write(
      'authorities.pem',
      Buffer.from(`${certificates.map((pem) => pem.trim()).join('\n')}\n`),
    ),
    javaStore: await write('authorities.jks', javaTrustStore(certificates)),
  };
}
