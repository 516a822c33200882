import type { Finding } from '../finding.ts';
import type { RecipeService } from '../services.ts';
import { fileText, found, type View } from './view.ts';

const FETCHES =
  /\b(?:curl|wget)\b[^\n|;&]*?\bhttps?:\/\/[\w-]+(?:\.[\w-]+)+|\b(?:apk\s+(?:-\S+\s+)*add|apt(?:-get)?\s+(?:-\S+\s+)*install|pip3?\s+install|npm\s+(?:install|i)\s+-g)\s/;
const OWN_HOST = /https?:\/\/(?:127\.|10\.|192\.168\.|0\.0\.0\.0)/;

/** B67: what a service fetches from outside each time it starts. */
export function startScriptFindings(view: View): readonly Finding[] {
  return view.services.flatMap((service) => {
    const script = startScript(view, service);
    if (script === undefined) return [];
    const at = script.text
      .split('\n')
      .findIndex((line) => !/^\s*#/.test(line) && FETCHES.test(line) && !OWN_HOST.test(line));
    if (at < 0) return [];
    return [
      found(
        'B67',
        'warning',
        { file: script.path, line: at + 1 },
        `Service \`${service.name}\` fetches something from outside each time it starts: where that fails it does not start, and starting again and again runs into limits.`,
        'Use an image that has it, or keep it in a volume and fetch it only where it is missing.',
      ),
    ];
  });
}

/** The script of the recipe that a service is started with. */
function startScript(view: View, service: RecipeService) {
  const words = (service.entrypoint ?? service.command)?.words ?? [];
  const mount = service.configs.find(({ target, source }) => words.includes(target ?? `/${source}`));
  const path = view.configs.find(({ key }) => key === mount?.source)?.path;
  const text = path === undefined ? undefined : fileText(view.recipe, path);
  return path === undefined || text === undefined ? undefined : { path, text };
}
