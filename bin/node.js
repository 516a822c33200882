import { existsSync } from 'node:fs';
import { join } from 'node:path';

const NEEDED = 24;

/**
 * The Node that runs TypeScript as written: this very one if it is new enough, else the one
 * that comes as an npm package. Throws a sentence for people where neither is there.
 *
 * @param {string} root
 */
export function findNode(root) {
  if (Number.parseInt(process.versions.node, 10) >= NEEDED) return process.execPath;
  const packaged = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(packaged)) return packaged;
  throw new Error(
    `Node ${NEEDED} is needed and this is ${process.version}; the packaged one (${packaged}) is not there either. ` +
      `Install Node ${NEEDED} and put it first on PATH, or run \`npm ci\` without --omit=optional.`,
  );
}
