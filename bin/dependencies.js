import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs `npm ci` in a checkout whose node_modules is not what package-lock.json says; says so
 * on stderr. Throws a sentence for people when that fails.
 *
 * @param {string} root
 */
export async function ensureDependencies(root) {
  const why = whyNotInstalled(root);
  if (why === undefined) return;
  if (!existsSync(join(root, '.git'))) {
    throw new Error(
      `${why}, and ${root} is no git checkout in which to run \`npm ci\`. Install the package again.`,
    );
  }
  const started = Date.now();
  process.stderr.write(`seatrial: ${why}; running npm ci …\n`);
  await npmCi(root);
  process.stderr.write(
    `seatrial: dependencies installed in ${((Date.now() - started) / 1000).toFixed(1)} s\n`,
  );
}

/**
 * What is wrong with node_modules, by npm's own record of what it installed there. Contents
 * are compared, not times: git sets those anew at every checkout.
 *
 * @param {string} root
 */
function whyNotInstalled(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  if (wanted === undefined) return undefined;
  const have = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (have === undefined) return 'the dependencies are not installed';
  for (const [path, entry] of Object.entries(wanted)) {
    // The empty path is the project itself; what is optional may be left out, for another platform.
    if (path === '' || entry.link === true) continue;
    const installed = have[path];
    if (installed === undefined && entry.optional === true) continue;
    if (installed?.version !== entry.version || installed?.integrity !== entry.integrity) {
      return `${path} is not installed as package-lock.json says`;
    }
  }
  return undefined;
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, link?: boolean }> | undefined}
 */
function readPackages(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    // Cut off while it was written: as good as none.
    return undefined;
  }
}

/** @param {string} root */
function npmCi(root) {
  return new Promise((resolve, reject) => {
    const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
    // stdout belongs to the command that was asked for.
    const npm = spawn('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
    npm.on('error', (error) => reject(new Error(`npm could not be run: ${error.message}. Install npm.`)));
    npm.on('exit', (code, signal) => {
      if (code === 0) resolve(undefined);
      else
        reject(
          new Error(
            `npm ci ended with ${signal ?? `code ${code}`}; its words above say why. Then run again.`,
          ),
        );
    });
  });
}
