import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployer, Deployment } from '../../ports/deployer.ts';
import type { Engine } from '../../ports/engine.ts';
import { serviceAddress } from '../../ports/router.ts';
import type { StackName } from '../../shared/brand.ts';
import { SeatrialError } from '../../shared/errors.ts';
import type { Redactor } from '../../shared/redact.ts';
import { oneLine } from '../../shared/text.ts';
import { until } from '../../shared/wait.ts';
import { type AbraHome, type AbraProgram, abraVersion, callAbra } from './call.ts';
import { findHome, makeHome, placeSupplement } from './home.ts';
import { fatalWords, refused } from './refusal.ts';
import { generateSecrets, insertSecrets, removeSecrets } from './secrets.ts';

export interface AbraDeployerOptions {
  readonly abra: AbraProgram;
  readonly engine: Engine;
  readonly redactor: Redactor;
  /** Parent of the private directories, one a stack. */
  readonly directory: string;
  /** For all that is not abra's: rendering, watching, and removal by force where abra leaves something. */
  readonly swarm: Deployer;
  /** Milliseconds for `abra app undeploy`, after which all is taken away by force; by default 15 s. */
  readonly undeployDeadline?: number;
}

const DEPLOY_MS = 60_000;
const UNDEPLOY_MS = 15_000;
const POLL_MS = 150;

/**
 * Deploys as operators do, with `abra app deploy --chaos` from the recipe's own repository;
 * what we adjust reaches the stack as one more compose file. What abra says decides nothing
 * that the swarm can be asked.
 */
export function createAbraDeployer(options: AbraDeployerOptions): Deployer {
  const { swarm, engine } = options;
  return {
    ...swarm,
    mergesItself: true,

    async describe(signal) {
      return oneLine(await abraVersion(options.abra, signal));
    },

    async deploy(deployment, signal) {
      const { path } = options.abra;
      const home = await makeHome(homeOf(options, deployment.stack), path, deployment, signal);
      const secrets = { ...options, program: options.abra, home, stack: deployment.stack, signal };
      // Before our supplement is there: with it the checkout would not be clean, and only chaos allows that.
      await insertSecrets(secrets, deployment.secrets);
      await placeSupplement(home, path, deployment, signal);
      const first = await handOver(options, home, signal);
      if (first.exitCode !== 0) {
        if (!/secret not generated/i.test(fatalWords(first)))
          throw refused('abra refused the stack', first, options.redactor.redact);
        await generateSecrets(secrets);
        const second = await handOver(options, home, signal);
        if (second.exitCode !== 0) throw refused('abra refused the stack', second, options.redactor.redact);
      }
      await confirm(options, deployment, signal);
    },

    async remove(stack, signal) {
      const home = await findHome(homeOf(options, stack));
      await undeploy(options, home, stack, signal);
      await removeSecrets({ program: options.abra, home, stack, engine, signal });
      await rm(homeOf(options, stack), { recursive: true, force: true });
    },
  };
}

function homeOf({ directory }: AbraDeployerOptions, stack: StackName): string {
  return join(directory, stack);
}

function handOver({ abra }: AbraDeployerOptions, home: AbraHome, signal: AbortSignal) {
  const flags = ['--chaos', '--force', '--no-domain-checks', '--no-converge-checks'];
  const call = { name: 'abra app deploy', deadline: DEPLOY_MS, signal };
  return callAbra(abra, home, ['app', 'deploy', home.app, ...flags], call);
}

/** That this commit is what abra deployed, and under this name: anything else is our mistake, never the recipe's. */
async function confirm(
  { swarm }: AbraDeployerOptions,
  { stack, origin }: Deployment,
  signal: AbortSignal,
): Promise<void> {
  const { services } = await swarm.observe(stack, signal);
  if (services.length === 0)
    throw astray(stack, `abra said that it had deployed, but no service belongs to ${stack}.`);
  const app = services.find(({ name }) => name === serviceAddress(stack, 'app'));
  // A recipe without a service `app` gives abra nothing to put its labels on.
  if (app === undefined) return;
  const version = app.labels[`coop-cloud.${stack}.chaos-version`] ?? 'none';
  // Our supplement is untracked, so abra's own label has the mark of a changed work tree; ours has not.
  const [, commit = ''] = /^([0-9a-f]{7,40})\+U$/.exec(version) ?? [];
  if (commit !== '' && origin.sha.startsWith(commit)) return;
  throw astray(stack, `abra deployed version ${version}, not commit ${origin.sha.slice(0, 10)}.`);
}

function astray(stack: StackName, sentence: string): SeatrialError {
  return new SeatrialError({ kind: 'internal', code: 'abra-astray', sentence, facts: { stack } });
}

/**
 * abra takes the services away and would wait for their tasks to end well; as soon as the
 * services are gone the rest is taken by force. Where abra cannot, all of it is.
 */
async function undeploy(
  options: AbraDeployerOptions,
  home: AbraHome | undefined,
  stack: StackName,
  signal: AbortSignal,
): Promise<void> {
  const { swarm, engine, abra, undeployDeadline: deadline = UNDEPLOY_MS } = options;
  if (home === undefined) return await swarm.remove(stack, signal);
  const over = new AbortController();
  const call = {
    name: 'abra app undeploy',
    deadline,
    signal: AbortSignal.any([signal, over.signal]),
  };
  let ended = false;
  const undeploying = callAbra(abra, home, ['app', 'undeploy', home.app], call)
    // Whatever it did not do is seen on the engine and done by force.
    .catch(() => undefined)
    .then(() => {
      ended = true;
    });
  const wake = (stop: AbortSignal) => Promise.race([engine.nextEvent(stop), undeploying]);
  // The call ends first, by itself or at its own deadline.
  const services = {
    name: 'abra app undeploy',
    deadline: deadline + UNDEPLOY_MS,
    every: POLL_MS,
    signal,
    wake,
  };
  await until(services, async () => {
    const left = await engine.services({ 'com.docker.stack.namespace': stack }, signal);
    if (ended || left.length === 0) return { done: true, value: undefined };
    return { done: false, missing: `the end of ${left.length} services` };
  });
  await swarm.remove(stack, signal);
  over.abort();
  await undeploying;
}
