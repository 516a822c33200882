/** What `RECIPE` or `TYPE` of an environment name. */
export interface RecipeReference {
  /** Of the recipe alone, also where a whole address is given. */
  readonly name: string;
  /** A release or a commit; a `+U` at its end (a work tree with changes) is taken off. */
  readonly version: string | undefined;
  /** Where a whole address is given instead of a name. */
  readonly address: string | undefined;
}

/** `RECIPE` comes before `TYPE`. Undefined where neither names a recipe. */
export function recipeReference(env: Readonly<Record<string, string>>): RecipeReference | undefined {
  const text = (env['RECIPE'] || env['TYPE'] || '').trim();
  const slash = text.lastIndexOf('/');
  // A colon before the last slash belongs to a scheme, a port or `git@host:`.
  const colon = text.indexOf(':', slash + 1);
  const where = colon < 0 ? text : text.slice(0, colon);
  const name = where.slice(slash + 1).replace(/\.git$/, '');
  if (name === '') return undefined;
  const version = colon < 0 ? '' : text.slice(colon + 1).replace(/\+U$/, '');
  return { name, version: version === '' ? undefined : version, address: slash < 0 ? undefined : where };
}
