import type { RouteCondition } from '../ports/router.ts';
import type { Rule } from './router-rule.ts';

/** One way to fit a rule: a host of these, and every condition. */
export interface RuleTerm {
  /** Undefined: whatever the host. */
  readonly hosts: readonly string[] | undefined;
  readonly conditions: readonly RouteCondition[];
}

export type RuleTerms =
  | { readonly ok: true; readonly terms: readonly RuleTerm[] }
  /** What in the rule our routers do not carry out. */
  | { readonly ok: false; readonly matcher: string };

const MAX_TERMS = 64;

/** A rule as the ways to fit it, so that a router need only know conditions that all hold. */
export function ruleTerms(rule: Rule): RuleTerms {
  try {
    return { ok: true, terms: alternatives(rule, false).map(withoutExcluded) };
  } catch (error) {
    if (error instanceof Unknown) return { ok: false, matcher: error.message };
    throw error;
  }
}

class Unknown extends Error {}

interface Draft extends RuleTerm {
  readonly excluded: readonly string[];
}

function alternatives(rule: Rule, negated: boolean): readonly Draft[] {
  switch (rule.kind) {
    case 'not':
      return alternatives(rule.rule, !negated);
    case 'matcher':
      return [draft(rule, negated)];
    case 'and':
    case 'or': {
      const left = alternatives(rule.left, negated);
      const right = alternatives(rule.right, negated);
      const both = (rule.kind === 'and') === negated ? [...left, ...right] : products(left, right);
      if (both.length > MAX_TERMS) throw new Unknown(`a rule with more than ${MAX_TERMS} alternatives`);
      return both;
    }
  }
}

function products(left: readonly Draft[], right: readonly Draft[]): Draft[] {
  return left.flatMap((one) =>
    right.map((other) => ({
      hosts: common(one.hosts, other.hosts),
      excluded: [...one.excluded, ...other.excluded],
      conditions: [...one.conditions, ...other.conditions],
    })),
  );
}

function common(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.filter((host) => other.includes(host));
}

function withoutExcluded({ hosts, excluded, conditions }: Draft): RuleTerm {
  return { hosts: hosts?.filter((host) => !excluded.includes(host)), conditions };
}

type Matcher = Extract<Rule, { kind: 'matcher' }>;

function draft({ name, args }: Matcher, not: boolean): Draft {
  if (name === 'Host' || name === 'HostHeader') {
    const hosts = args.map((host) => host.toLowerCase().replace(/\.$/, ''));
    return not
      ? { hosts: undefined, excluded: hosts, conditions: [] }
      : { hosts, excluded: [], conditions: [] };
  }
  return { hosts: undefined, excluded: [], conditions: [condition({ kind: 'matcher', name, args }, not)] };
}

function condition({ name, args }: Matcher, not: boolean): RouteCondition {
  const [first = '', second] = args;
  switch (name) {
    case 'Path':
    case 'PathPrefix':
      // The second generation reads patterns in braces.
      if (args.some((path) => path.includes('{'))) throw new Unknown(`${name} with a pattern`);
      return { kind: name === 'Path' ? 'path' : 'path-prefix', values: args, not };
    case 'PathRegexp':
      return { kind: 'path-pattern', values: args, not };
    case 'Method':
      return { kind: 'method', values: args.map((method) => method.toUpperCase()), not };
    case 'Header':
    case 'Headers':
      return { kind: 'header', ...named(name, first, second), not };
    case 'HeaderRegexp':
    case 'HeadersRegexp':
      return { kind: 'header-pattern', ...named(name, first, second), not };
    case 'Query': {
      const [key = '', value = second] = first.split('=');
      return { kind: 'query', ...named(name, key, value), not };
    }
    default:
      throw new Unknown(name);
  }
}

/** Braces would be placeholders to the router. */
function named(matcher: string, name: string, value = '*'): { name: string; values: readonly string[] } {
  if (/[{}]/.test(value) && !matcher.endsWith('Regexp')) throw new Unknown(`${matcher} with braces`);
  return { name, values: [value] };
}
