import type { Recipe } from '../recipe/recipe.ts';
import type { Adjustment } from './adjust/adjustment.ts';

export interface EnvironmentOptions {
  readonly recipe: Recipe;
  /** The suite's `[env]`. */
  readonly settings: Readonly<Record<string, string>>;
  /** The app's own host, `<stack>.<base domain>`. */
  readonly domain: string;
  readonly stack: string;
}

/** What an operator would have in the app's `.env`, and what of the sample we changed. */
export interface AppEnvironment {
  readonly values: Readonly<Record<string, string>>;
  readonly adjustments: readonly Adjustment[];
}

/**
 * The environment of one app of a run: the sample with the app's own example hosts moved below
 * the run's domain, the suite's settings over it, the exports of `abra.sh` over both as in abra,
 * and what the run itself decides over all.
 */
export function environmentOf(options: EnvironmentOptions): AppEnvironment {
  const { recipe, domain, stack } = options;
  const sample = Object.fromEntries((recipe.envSample ?? []).map(({ key, value }) => [key, value]));
  const hosts = ownHosts(options, sample);
  const moved = Object.fromEntries(
    Object.entries(sample).map(([key, value]) => [key, moveHosts(value, hosts)]),
  );
  const own = { DOMAIN: domain, STACK_NAME: stack };
  const values: Record<string, string> = {
    ...withoutVersion(expanded({ ...moved, LETS_ENCRYPT_ENV: '', ...own }, options.settings)),
    ...Object.fromEntries(recipe.exports.map(({ name, value }) => [name, value])),
    ...own,
  };
  const changed = Object.keys(sample).filter(
    (key) => key !== 'DOMAIN' && sample[key] !== moved[key] && values[key] === moved[key],
  );
  return { values, adjustments: changed.map((key) => told(key, sample[key] ?? '', moved[key] ?? '')) };
}

/** Settings over values: `$NAME` and `${NAME}` stand for what is there before, `\$` for itself. */
function expanded(
  values: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  const all: Record<string, string> = { ...values };
  for (const [key, value] of Object.entries(settings)) {
    all[key] = value.replace(
      /\\\$|\$(?:\{([A-Z0-9_]+)\}|([A-Z0-9_]+))/g,
      (whole, braced: string | undefined, bare: string | undefined) =>
        whole.startsWith('\\') ? '$' : (all[braced ?? bare ?? ''] ?? ''),
    );
  }
  return all;
}

/** `TYPE=recipe:version` would have abra look for that version; we deploy a commit. */
function withoutVersion(values: Record<string, string>): Record<string, string> {
  for (const key of ['TYPE', 'RECIPE']) {
    const value = values[key];
    if (value !== undefined) values[key] = value.replace(/:[^/:]*$/, '');
  }
  return values;
}

/** Which hosts of the sample are the app's own, and what stands in their place. */
interface Hosts {
  readonly domain: string;
  /** A host that is one of these, or below one. */
  readonly roots: readonly string[];
  /** Hosts on their own. */
  readonly singles: ReadonlySet<string>;
}

const HOST = /(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*(?![a-z0-9-])/gi;
const EXAMPLE = /(?:^|\.)example\.(?:com|org|net)$/;
const TEMPLATE = /\{\{\s*\.Domain\s*\}\}/g;

function ownHosts({ recipe, domain }: EnvironmentOptions, sample: Readonly<Record<string, string>>): Hosts {
  const usual = `${recipe.name}.example.com`.toLowerCase();
  const named = (sample['DOMAIN'] ?? '').replace(TEMPLATE, usual).trim().toLowerCase();
  const routed = variablesOfRules(recipe).filter((variable) => variable !== 'DOMAIN');
  const singles = routed.flatMap((variable) => hostsIn(sample[variable] ?? ''));
  return {
    domain,
    // Everything is below the bare example.com, also what belongs to others.
    roots: [named, usual].filter((host) => host.includes('.') && host.replace(EXAMPLE, '') !== ''),
    singles: new Set(singles.filter((host) => EXAMPLE.test(host))),
  };
}

function hostsIn(value: string): string[] {
  return [...value.matchAll(HOST)].map(([host]) => host.toLowerCase());
}

/** A host that the app's own router rules name is the app's own. */
function variablesOfRules({ compose }: Recipe): string[] {
  return compose
    .flatMap(({ labels }) => labels)
    .filter(({ key }) => /^traefik\.(http|tcp)\.routers\..+\.rule$/.test(key))
    .flatMap(({ value }) => [...value.matchAll(/\$\{?([A-Za-z0-9_]+)/g)].map(([, name = '']) => name));
}

function moveHosts(value: string, hosts: Hosts): string {
  return value
    .replace(TEMPLATE, hosts.roots[0] ?? hosts.domain)
    .replace(HOST, (host) => moveHost(host.toLowerCase(), hosts) ?? host);
}

/** All of an app's hosts are one label below the base domain, so that one wildcard certificate covers them. */
function moveHost(host: string, { domain, roots, singles }: Hosts): string | undefined {
  if (roots.includes(host)) return domain;
  const root = roots.find((one) => host.endsWith(`.${one}`));
  if (root !== undefined) return beside(host.slice(0, -root.length - 1), domain);
  if (singles.has(host)) return beside(host.replace(EXAMPLE, ''), domain);
  return undefined;
}

const LONGEST_LABEL = 63;

/** `sandbox` and `cryptpad-1.test` make `sandbox-cryptpad-1.test`. */
function beside(prefix: string, domain: string): string {
  const label = domain.split('.', 1)[0] ?? '';
  const room = LONGEST_LABEL - label.length - 1;
  const word = prefix.replaceAll('.', '-').slice(0, room).replace(/-+$/, '');
  return word === '' ? domain : `${word}-${domain}`;
}

function told(key: string, before: string, now: string): Adjustment {
  return {
    service: undefined,
    what: `${key} is ${now} instead of ${before}`,
    reason: 'the app’s own hosts are below the domain of the run',
  };
}
