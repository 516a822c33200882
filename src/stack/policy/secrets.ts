import { entryOf, textOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { recipePath } from './recipe-path.ts';
import { asked, objectsOf, type PolicyView } from './view.ts';

/** Requirement 42: secrets are made for each run; one that lies in a file is either public or somebody's. */
export function secrets(view: PolicyView): readonly PolicyFinding[] {
  return objectsOf(view)
    .filter(({ kind, external }) => kind === 'secret' && !external)
    .flatMap(({ key, line, node }) => {
      const file = entryOf(node, 'file');
      const text = textOf(file?.value);
      if (text === undefined) return [];
      const found = recipePath(text, view.place);
      const at = { line: file?.line ?? line, approvable: false as const };
      const remedy = `Write \`external: true\` and \`name: \${STACK_NAME}_${key}_\${SECRET_${key.toUpperCase()}_VERSION}\`; the secret is then generated for each app.`;
      if (found.kind === 'outside') {
        return [
          asked(view, {
            ...{ ...at, requirement: 26, code: 'path-outside', feature: `file:${text}`, remedy },
            sentence: `The secret ${key} names \`${text}\`, ${found.why}; Docker would read it there and hand it to the app.`,
          }),
        ];
      }
      return [
        asked(view, {
          ...{ ...at, requirement: 42, code: 'secret-file', feature: `secret-file:${found.path}`, remedy },
          sentence: `The secret ${key} is the file \`${found.path}\` of the recipe, which everybody can read.`,
        }),
      ];
    });
}
