import { spawn } from 'node:child_process';
import { constants, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './dependencies.js';
import { findNode } from './node.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a script under Node 24 with this process's own streams, and ends as it ended.
 * In a checkout the dependencies are brought up to date first.
 *
 * @param {string} script
 * @param {readonly string[]} args
 */
export async function launch(script, args) {
  let node;
  try {
    await ensureDependencies(ROOT);
    node = findNode(ROOT);
  } catch (error) {
    process.stderr.write(`seatrial: ${error instanceof Error ? error.message : error}\n`);
    process.exit(3);
  }
  run(node, ['--disable-warning=ExperimentalWarning', script, ...args]);
}

/**
 * @param {string} node
 * @param {readonly string[]} args
 */
function run(node, args) {
  const env = { NODE_COMPILE_CACHE: compileCache(), ...process.env };
  const child = spawn(node, args, { stdio: 'inherit', env });
  passOn('SIGTERM', child);
  passOn('SIGHUP', child);
  // A terminal sends Ctrl+C to both of us at once; passing it on would count as pressed twice.
  if (process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY) process.on('SIGINT', () => {});
  else passOn('SIGINT', child);
  child.on('error', (error) => {
    process.stderr.write(`seatrial: ${node} could not be run: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    // End by the same signal, so that a shell sees what happened; the code is for signals that leave us alive.
    process.removeAllListeners(signal);
    process.exitCode = 128 + (constants.signals[signal] ?? 0);
    process.kill(process.pid, signal);
  });
}

/** Where Node keeps what it has compiled: half of a command's start would go into compiling it again. */
function compileCache() {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'seatrial', 'compiled');
}

/**
 * @param {NodeJS.Signals} signal
 * @param {import('node:child_process').ChildProcess} child
 */
function passOn(signal, child) {
  process.on(signal, () => child.kill(signal));
}
