import { entryOf, itemsOf, type SourceNode, textOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { recipePath } from './recipe-path.ts';
import { asked, objectsOf, type PolicyView, servicesOf, texts } from './view.ts';

/** Swarm itself takes no larger config. */
const LARGEST = 1000 * 1024;

/**
 * Requirement 26: files that Docker's client reads by itself and hands to the swarm, each a
 * regular file of the recipe. Secrets have a rule of their own.
 */
export function paths(view: PolicyView): readonly PolicyFinding[] {
  const configs = objectsOf(view).filter(({ kind }) => kind === 'config');
  return [
    ...configs.flatMap(({ key, node }) => {
      const file = entryOf(node, 'file');
      const text = textOf(file?.value);
      if (file === undefined || text === undefined) return [];
      return judged(view, { text, line: file.line, key: `config ${key}` });
    }),
    ...servicesOf(view).flatMap(({ name, node }) =>
      envFiles(entryOf(node, 'env_file')?.value).flatMap((file) =>
        judged(view, { ...file, key: `env_file of service ${name}`, service: name }),
      ),
    ),
  ];
}

/** A string, a list of strings, or in newer formats a list of maps with `path`. */
function envFiles(node: SourceNode | undefined): readonly { text: string; line: number }[] {
  return [
    ...texts(node),
    ...itemsOf(node).flatMap((item) => texts(entryOf(item, 'path')?.value)),
    ...texts(entryOf(node, 'path')?.value),
  ];
}

interface Reference {
  readonly text: string;
  readonly line: number;
  readonly key: string;
  readonly service?: string;
}

function judged(view: PolicyView, { text, line, key, service }: Reference): readonly PolicyFinding[] {
  const found = recipePath(text, view.place);
  const base = { requirement: 26, line, approvable: false, ...(service === undefined ? {} : { service }) };
  if (found.kind === 'outside') {
    return [
      asked(view, {
        ...{ ...base, approvable: false, code: 'path-outside', feature: `file:${text}` },
        sentence: `The ${key} names \`${text}\`, ${found.why}; Docker would read it there and hand it to the app.`,
        remedy: 'Put the file into the recipe and name it relative to compose.yml.',
      }),
    ];
  }
  const size = view.place.files.get(found.path);
  if (size === undefined) {
    const directory = [...view.place.files.keys()].some((path) => path.startsWith(`${found.path}/`));
    return [
      asked(view, {
        ...{ ...base, approvable: false, code: 'path-missing', feature: `file:${found.path}` },
        // A file that is merely not there is a fault and no attack: Docker will say the same.
        severity: directory ? 'refusal' : 'error',
        sentence: `The ${key} names \`${text}\`, which is ${directory ? 'a directory and no file' : 'no regular file of the recipe'}.`,
        remedy: 'Name a regular file that is committed in the recipe.',
      }),
    ];
  }
  if (size <= LARGEST) return [];
  return [
    asked(view, {
      ...{ ...base, approvable: false, code: 'path-too-large', feature: `file:${found.path}` },
      sentence: `The ${key} names \`${text}\`, which has ${size} bytes; at most ${LARGEST} are handed to an app.`,
      remedy: 'Put large content into the image or a volume.',
    }),
  ];
}
