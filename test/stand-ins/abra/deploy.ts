import { lookup } from 'node:dns/promises';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import { type App, git, isDirty, newestTag, openApp, shortHead } from './app.ts';
import type { Arguments } from './arguments.ts';
import { type Compose, loadCompose } from './compose.ts';
import { docker, linesOf } from './docker.ts';
import { fatal } from './fatal.ts';
import { secretNames } from './secrets.ts';

/** Without a label of the recipe. */
const TIMEOUT_S = 50;

export async function deploy(given: Arguments): Promise<void> {
  const { flags } = given;
  const chaos = flags.has('--chaos');
  const app = openApp(given, 2);
  if (!chaos) lint(app);
  const deployed = servicesOf(app.stack).length > 0;
  if (deployed && !chaos && !flags.has('--force')) fatal(`${app.name} is already deployed`);
  const { compose, secrets } = loadCompose(app);
  const there = secretNames();
  for (const { name, modifiers } of secrets) {
    if (there.includes(name)) continue;
    if (modifiers['generate'] === 'false') fatal(`secret not inserted (#generate=false): ${name}`);
    fatal(`secret not generated: ${name}`);
  }
  const version = chaos ? `${shortHead(app.directory)}${isDirty(app.directory) ? '+U' : ''}` : versionOf(app);
  label(app, compose, chaos, version);
  if (!flags.has('--no-domain-checks'))
    await lookup(app.env['DOMAIN'] ?? '').catch((error) => fatal(String(error)));
  process.stdout.write(`DEPLOY OVERVIEW\n  app     ${app.name}\n  version ${version}\n`);
  if (!flags.has('--no-input')) fatal('EOF: nobody answers whether to proceed');
  // Nothing is filled in twice.
  const text = stringify(compose, { version: '1.1' }).replaceAll('$', '$$$$');
  docker(['stack', 'deploy', '--detach=true', '--resolve-image', 'always', '-c', '-', app.stack], {
    input: text,
  });
  if (!flags.has('--no-converge-checks')) await converged(app, compose);
  writeBack(app, version);
}

/** Some of the rules: tags have to be annotated. */
function lint({ directory }: App): void {
  const tags = git(directory, 'for-each-ref', '--format=%(objecttype) %(refname:strip=2)', 'refs/tags').split(
    '\n',
  );
  const light = tags.find((line) => line.startsWith('commit '));
  if (light !== undefined)
    fatal(`R014: only annotated tags used for recipe version: ${light.slice('commit '.length)}`);
}

function versionOf({ version, directory }: App): string {
  return version ?? newestTag(directory) ?? shortHead(directory);
}

function label(app: App, compose: Compose, chaos: boolean, version: string): void {
  const service = compose.services['app'];
  if (service === undefined) return;
  const key = (word: string) => `coop-cloud.${app.stack}.${word}`;
  service.deploy = {
    ...service.deploy,
    labels: {
      ...service.deploy?.labels,
      [key('recipe')]: app.recipe,
      [key('chaos')]: String(chaos),
      ...(chaos ? { [key('chaos-version')]: version } : { [key('version')]: version }),
    },
  };
  const own = Object.fromEntries(
    Object.entries(service.environment ?? {}).filter(([, value]) => value !== null),
  );
  service.environment = { ...app.env, ...own };
}

/** Looks at replicas alone and ends at the recipe's time, whatever a container is still about to do. */
async function converged(app: App, compose: Compose): Promise<void> {
  const label = compose.services['app']?.deploy?.labels?.[`coop-cloud.${app.stack}.timeout`];
  const end = Date.now() + Number(label ?? TIMEOUT_S) * 1000;
  for (;;) {
    const format = ['--format', '{{.Replicas}}', '--filter', `label=com.docker.stack.namespace=${app.stack}`];
    if (linesOf(['service', 'ls', ...format]).every((count) => /^(\d+)\/\1\b/.test(count))) return;
    if (Date.now() > end) fatal('timed out waiting for the deployment to converge');
    await wait(200);
  }
}

function writeBack(app: App, version: string): void {
  const text = readFileSync(app.envPath, 'utf8');
  const line = /^(TYPE|RECIPE)=.*$/m;
  if (line.test(text)) writeFileSync(app.envPath, text.replace(line, `$1=${app.recipe}:${version}`));
  else appendFileSync(app.envPath, `TYPE=${app.recipe}:${version}\n`);
}

/** Takes services and networks away and waits for their tasks; volumes, secrets and configs stay. */
export async function undeploy(given: Arguments): Promise<void> {
  if (given.flags.has('--prune')) fatal('the stand-in prunes nothing: it is not alone on this node');
  const { stack, name } = openApp({ ...given, flags: new Set([...given.flags, '--chaos']) }, 2);
  const services = servicesOf(stack);
  if (services.length === 0) fatal(`${name} is not deployed`);
  docker(['service', 'rm', ...services]);
  const filter = ['--filter', `label=com.docker.stack.namespace=${stack}`];
  while (linesOf(['ps', '--all', '--quiet', ...filter]).length > 0) await wait(200);
  for (const network of linesOf(['network', 'ls', '--quiet', ...filter])) docker(['network', 'rm', network]);
}

function servicesOf(stack: string): string[] {
  return linesOf(['service', 'ls', '--quiet', '--filter', `label=com.docker.stack.namespace=${stack}`]);
}
