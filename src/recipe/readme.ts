/** The metadata block of a recipe's README. What it claims is not what the recipe does. */
export interface ReadmeMetadata {
  readonly category: string | undefined;
  readonly status: { readonly score: number | undefined; readonly word: string | undefined } | undefined;
  readonly image: string | undefined;
  readonly healthcheck: string | undefined;
  readonly backups: string | undefined;
  readonly email: string | undefined;
  readonly tests: string | undefined;
  readonly sso: string | undefined;
}

/** Reads the list between `<!-- metadata -->` and `<!-- endmetadata -->`; undefined where there is none. */
export function readmeMetadata(readme: string): ReadmeMetadata | undefined {
  const begin = /<!--\s*metadata\s*-->/i.exec(readme);
  if (begin === null) return undefined;
  const rest = readme.slice(begin.index + begin[0].length);
  const end = /<!--\s*endmetadata\s*-->/i.exec(rest);
  const values = new Map<string, string>();
  for (const line of rest.slice(0, end?.index ?? rest.length).split(/\r\n?|\n/)) {
    const [, key, value = ''] = /^\s*[-*]\s*\**([A-Za-z]+)\**\s*:\**(.*)$/.exec(line) ?? [];
    if (key !== undefined) values.set(key.toLowerCase(), value.trim());
  }
  const of = (key: string) => values.get(key) || undefined;
  return {
    category: of('category'),
    status: statusOf(of('status')),
    image: of('image'),
    healthcheck: of('healthcheck'),
    backups: of('backups'),
    email: of('email'),
    tests: of('tests'),
    sso: of('sso'),
  };
}

/** `1, alpha`: a score from 0 to 5, and a word. */
function statusOf(text: string | undefined): ReadmeMetadata['status'] {
  if (text === undefined) return undefined;
  const [first = '', ...words] = text.replace(/[*_`]/g, '').split(',');
  const score = /^\s*[0-5]\s*$/.test(first) ? Number(first) : undefined;
  const word = (score === undefined ? text : words.join(',')).trim();
  return { score, word: word === '' ? undefined : word };
}
