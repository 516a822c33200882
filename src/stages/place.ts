import type { Cause } from '../journal/check.ts';
import type { ComposeFile } from '../recipe/compose.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { entriesOf, entryOf, itemsOf, nodeAt, type SourceNode, textOf } from '../recipe/source.ts';

interface Place {
  readonly file: string;
  readonly line: number;
}

/** Which key of a service a cause is about. */
const KEYS: Readonly<Record<string, string>> = {
  B48: 'image',
  B85: 'image',
  'image-format': 'image',
  'image-reference': 'image',
  B57: 'ports',
  B42: 'configs',
  template: 'configs',
  B73: 'volumes',
  B46: 'volumes',
};

/** Causes whose words name the thing of the recipe that they are about. */
const NAMED: ReadonlySet<string> = new Set([
  'B25',
  'secret-missing',
  'config-missing',
  'network-missing',
  'volume-missing',
  'bad-name',
  'image-reference',
  'mode-changed',
]);

/** The same cause with the line of the recipe where its service stands, or the very thing that it is about. */
export function placed(recipe: Pick<Recipe, 'compose'>, cause: Cause): Cause {
  const found = placeOf(recipe.compose, cause);
  return found === undefined ? cause : { ...cause, where: found };
}

function placeOf(compose: readonly ComposeFile[], { code, where, evidence }: Cause): Place | undefined {
  const words = evidence[0] ?? '';
  if (where === undefined) return NAMED.has(code) ? named(compose, words) : undefined;
  if (!('service' in where)) return undefined;
  const volume = code === 'B46' ? /volumes\/[^/_\s]+_([^/\s]+)\/_data/.exec(words)?.[1] : undefined;
  const declared = volume === undefined ? undefined : first(compose, (file) => file.volumeLines[volume]);
  if (declared !== undefined) return declared;
  return serviceLine(compose, where.service, KEYS[code], words);
}

/** The key of the service, or the item of it that the words quote; the last file that has it wins, as in merging. */
function serviceLine(
  compose: readonly ComposeFile[],
  service: string,
  key: string | undefined,
  words: string,
): Place | undefined {
  const files = [...compose].reverse();
  const keyed =
    key === undefined
      ? undefined
      : first(files, ({ root }) => {
          const entry = entryOf(nodeAt(root, 'services', service), key);
          return entry === undefined ? undefined : (quotedLine(entry.value, words) ?? entry.line);
        });
  return keyed ?? first(compose, (file) => file.serviceLines[service]);
}

/** A config, secret, network or service that the words name by its key in the recipe. */
function named(compose: readonly ComposeFile[], words: string): Place | undefined {
  const names = words.match(/[\w.-]+/g) ?? [];
  // On the swarm a thing is called after its stack, its key and often a version.
  const isNamed = (key: string) => names.some((name) => `_${name}_`.includes(`_${key}_`));
  return first(compose, ({ root }) => {
    for (const kind of ['configs', 'secrets', 'networks', 'services']) {
      const entry = entriesOf(nodeAt(root, kind)).find(({ key }) => isNamed(key));
      if (entry !== undefined) return entry.line;
    }
    return undefined;
  });
}

/** The item of a list that begins with a path which the words quote. */
function quotedLine(node: SourceNode, words: string): number | undefined {
  const quoted = itemsOf(node).find((item) => {
    const source = textOf(item)?.split(':')[0];
    return source?.startsWith('/') === true && words.includes(source);
  });
  return quoted?.line;
}

function first(
  files: readonly ComposeFile[],
  lineIn: (file: ComposeFile) => number | undefined,
): Place | undefined {
  for (const file of files) {
    const line = lineIn(file);
    if (line !== undefined) return { file: file.path, line };
  }
  return undefined;
}
