import type { ComposeFile } from '../compose.ts';
import type { Finding } from '../finding.ts';
import { variablesIn } from '../interpolate.ts';
import { nodeAt, type SourceNode } from '../source.ts';
import type { Place } from '../written.ts';
import { fileText, found, isOffered, type View } from './view.ts';

interface Use extends Place {
  readonly variable: string;
  /** Where in the file, without variables: `services.app.environment.DB_HOST`. */
  readonly at: string;
}

/** Of abra's or the proxy's own; empty means something, or they are always there. */
const EVERYWHERE = new Set([
  'STACK_NAME',
  'DOMAIN',
  'EXTRA_DOMAINS',
  'LETS_ENCRYPT_ENV',
  'TYPE',
  'RECIPE',
  'COMPOSE_FILE',
  'TZ',
]);

/** B35 and B36: variables that apps which are installed already do not have. */
export function variableFindings(view: View, base: View): readonly Finding[] {
  const before = usesIn(base.files);
  const known = new Set(before.map(({ variable }) => variable));
  const told = notesOf(view);
  const seen = new Set<string>();
  return usesIn(view.files).flatMap((use): Finding[] => {
    const { variable } = use;
    if (
      seen.has(variable) ||
      EVERYWHERE.has(variable) ||
      known.has(variable) ||
      isOffered(base.recipe, variable)
    )
      return [];
    seen.add(variable);
    if (view.recipe.exports.some(({ name }) => name === variable)) return [];
    const old = before.find(
      (candidate) =>
        candidate.at === use.at &&
        isOffered(base.recipe, candidate.variable) &&
        !isOffered(view.recipe, candidate.variable),
    );
    const severity = told.includes(variable) ? 'note' : 'warning';
    if (old !== undefined) {
      return [
        found(
          'B35',
          severity === 'note' ? 'note' : 'error',
          use,
          `\`${old.variable}\` became \`${variable}\`: installed apps only have \`${old.variable}\` in their .env, and there is no default, so the value is empty after the upgrade.`,
          `Keep the name \`${old.variable}\`, or give \`${variable}\` a default and tell operators in release/next.`,
        ),
      ];
    }
    // Commented out it is an option; without a line at all nobody can know of it.
    const active = (view.recipe.envSample ?? []).findLast(({ key }) => key === variable);
    if (active === undefined ? isOffered(view.recipe, variable) : active.value === '') return [];
    return [
      found(
        'B36',
        severity,
        use,
        `\`${variable}\` is new and has no default: installed apps do not have it in their .env, so there it is the empty text${active === undefined ? ', and .env.sample does not offer it either' : ''}.`,
        `Write \`\${${variable}:-${active?.value ?? 'default'}}\`, or tell operators in release/next what to add.`,
      ),
    ];
  });
}

/** Uses without a default, in values that reach a deployment; names of secrets and configs have checks of their own. */
function usesIn(files: readonly ComposeFile[]): Use[] {
  return files.flatMap((file) =>
    ['services', 'volumes', 'networks', 'configs'].flatMap((block) =>
      walk(file.path, nodeAt(file.root, block), block).filter(({ at }) => !/^configs\.[^.]+\.name$/.test(at)),
    ),
  );
}

function walk(file: string, node: SourceNode | undefined, at: string): Use[] {
  if (node === undefined) return [];
  if (node.kind === 'map') return node.entries.flatMap(({ key, value }) => walk(file, value, `${at}.${key}`));
  if (node.kind === 'list')
    return node.items.flatMap((item) => {
      const key =
        item.kind === 'scalar' && item.text.includes('=') ? item.text.slice(0, item.text.indexOf('=')) : '*';
      return walk(file, item, `${at}.${key}`);
    });
  return variablesIn(node.text)
    .filter(({ fallback, required }) => fallback === undefined && !required)
    .map(({ name }) => ({ variable: name, file, line: node.line, at }));
}

/** What operators are told about the change. */
function notesOf(view: View): string {
  const { version } = view.recipe;
  const paths = ['release/next', ...(version === undefined ? [] : [`release/${version}`])];
  return paths.map((path) => fileText(view.recipe, path) ?? '').join('\n');
}
