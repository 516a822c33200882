import { variablesIn } from '../../recipe/interpolate.ts';
import { entriesOf, itemsOf, type SourceNode } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { asked, type PolicyView } from './view.ts';

/** Variables that every machine sets and no recipe does. */
const OF_MACHINES = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'PWD', 'OLDPWD', 'HOSTNAME', 'TMPDIR', 'TERM', 'MAIL'],
  ...['UID', 'GID', 'EUID', 'SSH_AUTH_SOCK', 'XDG_RUNTIME_DIR', 'DOCKER_HOST', 'DOCKER_CONFIG', 'LD_PRELOAD'],
]);

/** Requirement 25: variables are those of the run alone; one of the deploying machine is empty. */
export function interpolation(view: PolicyView): readonly PolicyFinding[] {
  return scalars(view.raw).flatMap(({ text, line }) =>
    variablesIn(text)
      .map(({ name }) => name)
      .filter((name) => OF_MACHINES.has(name) && !view.place.variables.has(name))
      .map((name) =>
        asked(view, {
          ...{ requirement: 25, code: 'machine-variable', feature: `variable:${name}`, line },
          severity: 'warning',
          sentence: `\`\${${name}}\` asks for a variable of the deploying machine; here it is empty, elsewhere it is whatever that machine has.`,
          remedy: `Set ${name} in .env.sample under a name of the recipe’s own, or write \`$$${name}\` where the container’s own variable is meant.`,
        }),
      ),
  );
}

function scalars(node: SourceNode): readonly { text: string; line: number }[] {
  if (node.kind === 'map') return entriesOf(node).flatMap(({ value }) => scalars(value));
  if (node.kind === 'list') return itemsOf(node).flatMap(scalars);
  return typeof node.value === 'string' ? [{ text: node.value, line: node.line }] : [];
}
