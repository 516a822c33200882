import type { MatcherName, Rule } from './router-rule.ts';

/** The host names that a rule names as its own, in lower case, each once; those it excludes are not among them. */
export function ruleHosts(rule: Rule): readonly string[] {
  return named(rule, ['Host', 'HostHeader', 'HostSNI']).map(plainHost).filter(unique);
}

/** The paths that a rule names as its own, each once. An empty list means every path. */
export function rulePaths(rule: Rule): readonly RulePath[] {
  return [
    ...named(rule, ['Path']).map((path): RulePath => ({ kind: 'exact', path })),
    ...named(rule, ['PathPrefix']).map((path): RulePath => ({ kind: 'prefix', path })),
  ].filter((one, index, all) => all.findIndex((other) => same(one, other)) === index);
}

export interface RulePath {
  readonly kind: 'exact' | 'prefix';
  readonly path: string;
}

/** Whether the rule takes requests whatever host they name: nothing in it binds it to a host. */
export function capturesEverything(rule: Rule): boolean {
  return reach(rule) === 'any';
}

/**
 * What these rules would take from others: each host or pattern outside the allowed hosts with
 * the names below and beside them, as the rule writes it; `*` where a rule takes every host.
 */
export function foreignHosts(rules: readonly Rule[], allowedHosts: readonly string[]): readonly string[] {
  const allowed = allowedHosts.map(plainHost);
  return rules.flatMap((rule) => foreign(reach(rule), allowed)).filter(unique);
}

/** A host of an app is its domain, a name below it, or one beside it such as `api-<domain>`. */
export function isOwnHost(host: string, ours: string): boolean {
  if (host === ours || host.endsWith(`.${ours}`)) return true;
  return host.endsWith(`-${ours}`) && /^[a-z0-9-]+$/.test(host.slice(0, -ours.length));
}

/** The hosts whose requests a rule can take. A superset where that cannot be told exactly. */
type Reach = 'any' | { readonly hosts: readonly string[]; readonly patterns: readonly string[] };

function reach(rule: Rule): Reach {
  switch (rule.kind) {
    case 'matcher':
      return matcherReach(rule.name, rule.args);
    // What is left when something is excluded is never bound to a host.
    case 'not':
      return 'any';
    case 'or': {
      const [left, right] = [reach(rule.left), reach(rule.right)];
      if (left === 'any' || right === 'any') return 'any';
      return {
        hosts: [...left.hosts, ...right.hosts],
        patterns: [...left.patterns, ...right.patterns],
      };
    }
    case 'and': {
      const [left, right] = [reach(rule.left), reach(rule.right)];
      if (left === 'any') return right;
      if (right === 'any') return left;
      if (right.patterns.length > 0) return left;
      if (left.patterns.length > 0) return right;
      return { hosts: left.hosts.filter((host) => right.hosts.includes(host)), patterns: [] };
    }
  }
}

function matcherReach(name: MatcherName, args: readonly string[]): Reach {
  switch (name) {
    case 'Host':
    case 'HostHeader':
    case 'HostSNI':
      return args.includes('*') ? 'any' : { hosts: args.map(plainHost), patterns: [] };
    case 'HostRegexp':
    case 'HostSNIRegexp':
      return { hosts: [], patterns: args };
    default:
      return 'any';
  }
}

function foreign(where: Reach, allowed: readonly string[]): readonly string[] {
  if (where === 'any') return ['*'];
  return [
    ...where.hosts.filter((host) => !allowed.some((ours) => isOwnHost(host, ours))),
    ...where.patterns.filter((pattern) => !allowed.some((ours) => staysBelow(pattern, ours))),
  ];
}

/** Whether a pattern can match nothing but names below a host: in the third generation's syntax, else the second's. */
function staysBelow(pattern: string, ours: string): boolean {
  // A name that a variable brings has its dots bare; what they match besides has the same letters around.
  const newer = [`\\.${ours.replaceAll('.', '\\.')}$`, `\\.${ours}$`].find((end) => pattern.endsWith(end));
  const older = `.${ours}`;
  // An alternative anywhere could leave the host behind, and so could an escape that ends early.
  if (pattern.includes('|') || pattern.includes('\n')) return false;
  if (pattern.startsWith('^') && newer !== undefined) return !pattern.endsWith(`\\${newer}`);
  return pattern.endsWith(older) && /^\{[\w-]+:[^{}]+\}$/.test(pattern.slice(0, -older.length));
}

function named(rule: Rule, names: readonly MatcherName[]): readonly string[] {
  switch (rule.kind) {
    case 'matcher':
      return names.includes(rule.name) ? rule.args : [];
    case 'not':
      return [];
    case 'and':
    case 'or':
      return [...named(rule.left, names), ...named(rule.right, names)];
  }
}

function plainHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function unique<T>(one: T, index: number, all: readonly T[]): boolean {
  return all.indexOf(one) === index;
}

function same(one: RulePath, other: RulePath): boolean {
  return one.kind === other.kind && one.path === other.path;
}
