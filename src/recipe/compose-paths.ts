import { SeatrialError } from '../shared/errors.ts';
import type { Finding } from './finding.ts';
import { pathWithin } from './paths.ts';

/** The compose files that a `COMPOSE_FILE` names, and what is odd about it. */
export interface ComposePaths {
  /** From the recipe's root, in merge order, each once. */
  readonly paths: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Reads a `COMPOSE_FILE`: paths between colons. `line` is where `.env.sample` says it, if it
 * does. Throws `recipe` error `path-leaves` for a path that is absolute or leads out of the recipe.
 */
export function composePaths(text: string | undefined, line: number | undefined): ComposePaths {
  if (text === undefined) return { paths: [DEFAULT], findings: [] };
  const written = text.split(':').map((part) => part.trim());
  const named = written.filter((part) => part !== '');
  const paths = named.map((part) => {
    const path = pathWithin('', part);
    if (path === undefined || path === '') throw leaves(part, line);
    return path;
  });
  const twice = paths.filter((path, index) => paths.indexOf(path) !== index);
  return {
    paths: paths.length === 0 ? [DEFAULT] : [...new Set(paths)],
    findings: [
      ...(named.length < written.length ? [odd(line, 'has an empty part')] : []),
      ...[...new Set(twice)].map((path) => odd(line, `names ${path} twice`)),
    ],
  };
}

const DEFAULT = 'compose.yml';

function odd(line: number | undefined, what: string): Finding {
  return {
    code: 'compose-file',
    severity: 'warning',
    file: '.env.sample',
    line,
    sentence: `COMPOSE_FILE ${what}; abra hands it on as it is, and the deployment fails or merges a file with itself.`,
    remedy: 'Name each compose file once, with one colon between two of them.',
  };
}

function leaves(path: string, line: number | undefined): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code: 'path-leaves',
    sentence: `COMPOSE_FILE in .env.sample names ${path}, which is not inside the recipe.`,
    remedy: 'Name compose files by their paths in the recipe, such as compose.smtp.yml.',
    facts: { file: '.env.sample', line, path, requirement: 26 },
  });
}
