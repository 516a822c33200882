/** A variable that a text of a compose file asks for. */
export interface VariableUse {
  readonly name: string;
  /** What stands behind `:-` or `-`; undefined where an unset variable becomes the empty text. */
  readonly fallback: string | undefined;
  /** `:?` and `?`: without a value the file makes no stack. */
  readonly required: boolean;
}

/**
 * Fills variables in as Docker's loader of stacks does: `$X`, `${X}`, `${X:-d}`, `${X-d}`,
 * `${X:?m}`, `${X?m}`, `$$`. Braces do not nest: they end at the first `}`. An unset variable
 * becomes nothing, and so does a required one; a `$` that begins no variable stays.
 */
export function fillIn(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (whole, dollar, plainName, bracedName, operator, words) => {
    if (dollar !== undefined) return '$';
    const name: string | undefined = plainName ?? bracedName;
    if (name === undefined) return whole;
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (operator === ':-') return value || words;
    if (operator === '-') return value ?? words;
    return value ?? '';
  });
}

/** The variables of a text in the order of their use, each use once. */
export function variablesIn(text: string): readonly VariableUse[] {
  return [...text.matchAll(VARIABLE)].flatMap(([, dollar, plainName, bracedName, operator, words]) => {
    const name = plainName ?? bracedName;
    if (dollar !== undefined || name === undefined) return [];
    const fallback = operator?.endsWith('-') === true ? words : undefined;
    return [{ name, fallback, required: operator?.endsWith('?') === true }];
  });
}

const VARIABLE = /\$(?:(\$)|([a-z_][a-z0-9_]*)|\{([a-z_][a-z0-9_]*)(?:(:?[-?])([^}]*))?\})/gi;
