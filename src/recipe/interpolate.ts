/** A variable that a text of a compose file asks for. */
export interface VariableUse {
  readonly name: string;
  /** What stands in for an unset (or, behind `:-`, empty) variable; undefined where it becomes the empty text. */
  readonly fallback: string | undefined;
  /** `:?` and `?`: without a value the file makes no stack. */
  readonly required: boolean;
  /**
   * What Docker reads otherwise than it looks: `no-braces`, where `-` or `?` behind a bare name
   * begins a default that goes on to the next `}` or to the end (`$STACK_NAME-api`); or
   * `operator-in-words`, where a later operator is taken for the one that counts, so that
   * another variable is looked up, which nobody sets (`${X:?see the read-me}` gives `me}`).
   */
  readonly trap: 'no-braces' | 'operator-in-words' | undefined;
}

/**
 * Fills variables in as Docker's loader of stacks does: `$X`, `${X}`, `${X:-d}`, `${X-d}`,
 * `${X:?m}`, `${X?m}`, `$$`. Braces do not nest: they end at the first `}`. An unset variable
 * becomes nothing, and so does a required one; a `$` that begins no variable stays.
 */
export function fillIn(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (_, dollar?: string, bare?: string, braced?: string) => {
    if (dollar !== undefined) return '$';
    const { lookedUp, operator, words } = partsOf(bare ?? braced ?? '');
    const value = Object.hasOwn(env, lookedUp) ? env[lookedUp] : undefined;
    if (operator === ':-') return value || words;
    return value ?? (operator === '-' ? words : '');
  });
}

/** The variables of a text in the order of their use, each use once. */
export function variablesIn(text: string): readonly VariableUse[] {
  return [...text.matchAll(VARIABLE)].flatMap(([, dollar, bare, braced]) => {
    if (dollar !== undefined) return [];
    const { name, lookedUp, operator, words } = partsOf(bare ?? braced ?? '');
    const mistaken = lookedUp !== name ? ('operator-in-words' as const) : undefined;
    return [
      {
        name,
        fallback: operator?.endsWith('-') === true ? words : undefined,
        required: operator?.endsWith('?') === true,
        trap: bare !== undefined && operator !== undefined ? ('no-braces' as const) : mistaken,
      },
    ];
  });
}

/** The same grammar with and without braces. */
const SUBSTITUTION = '[a-z_][a-z0-9_]*(?::?[-?][^}]*)?';
const VARIABLE = new RegExp(`\\$(?:(\\$)|(${SUBSTITUTION})|\\{(${SUBSTITUTION})\\})`, 'gi');

/** Docker tries one operator after the other, each anywhere in the text. */
const OPERATORS = [':-', '-', ':?', '?'] as const;

function partsOf(substitution: string): {
  readonly name: string;
  readonly lookedUp: string;
  readonly operator: (typeof OPERATORS)[number] | undefined;
  readonly words: string;
} {
  const name = /^\w+/.exec(substitution)?.[0] ?? '';
  const operator = OPERATORS.find((one) => substitution.includes(one));
  if (operator === undefined) return { name, lookedUp: substitution, operator, words: '' };
  const at = substitution.indexOf(operator);
  const words = substitution.slice(at + operator.length);
  return { name, lookedUp: substitution.slice(0, at), operator, words };
}
