import type { RecipeConfig } from '../configs.ts';
import type { Finding } from '../finding.ts';
import type { RecipeService } from '../services.ts';
import { fileText, found, serviceAnywhere, type View } from './view.ts';

interface Call {
  readonly name: string;
  readonly argument: string;
  readonly line: number;
  /** Inside `if`, `range` or `with`: perhaps never carried out. */
  readonly guarded: boolean;
}

/** Templates that ask for what their service does not have. */
export function templateFindings(view: View): readonly Finding[] {
  return view.configs.flatMap((config) => {
    const { path } = config;
    const text = path === undefined ? undefined : fileText(view.recipe, path);
    if (config.templateDriver !== 'golang' || path === undefined || text === undefined) return [];
    const calls = callsIn(text);
    const services = view.services.filter(({ configs }) =>
      configs.some(({ source }) => source === config.key),
    );
    return services.flatMap((service) => [
      ...withoutSecret(view, config, service, calls, path),
      ...withoutVariable(view, service, calls, path),
    ]);
  });
}

/** B42 */
function withoutSecret(
  view: View,
  config: RecipeConfig,
  service: RecipeService,
  calls: readonly Call[],
  path: string,
): Finding[] {
  const targets = service.secrets.map(({ target, source }) => target ?? source);
  const anywhere =
    serviceAnywhere(view, service.name)?.secrets.map(({ target, source }) => target ?? source) ?? [];
  return calls
    .filter(({ name, argument }) => name === 'secret' && !targets.includes(argument))
    .filter(({ guarded }) => !guarded)
    .filter(({ argument }) => view.overlay === undefined || !anywhere.includes(argument))
    .map(({ argument, line }) =>
      found(
        'B42',
        'error',
        { file: path, line },
        `The template of config \`${config.key}\` names secret \`${argument}\`, which service \`${service.name}\` does not mount, so it cannot be rendered and the task is rejected.`,
        anywhere.includes(argument)
          ? `Only an overlay mounts it: wrap the line in \`{{ if … }}\`, or add \`${argument}\` to \`secrets:\` of service \`${service.name}\`.`
          : `Add \`${argument}\` to \`secrets:\` of service \`${service.name}\`.`,
      ),
    );
}

/** B43; abra gives `app` every variable of the .env. */
function withoutVariable(
  view: View,
  service: RecipeService,
  calls: readonly Call[],
  path: string,
): Finding[] {
  if (service.name === 'app') return [];
  const own = serviceAnywhere(view, service.name)?.environment.map(({ key }) => key) ?? [];
  const seen = new Set<string>();
  return calls.flatMap(({ name, argument, line, guarded }) => {
    if (name !== 'env' || own.includes(argument) || seen.has(argument) || guarded) return [];
    seen.add(argument);
    return [
      found(
        'B43',
        'warning',
        { file: path, line },
        `The template reads \`${argument}\`, which is not in the environment of service \`${service.name}\`, so it is empty there; only \`app\` gets every variable of the .env.`,
        `Add \`- ${argument}\` to \`environment:\` of service \`${service.name}\`.`,
      ),
    ];
  });
}

function callsIn(text: string): Call[] {
  const calls: Call[] = [];
  let depth = 0;
  for (const action of text.matchAll(/\{\{-?\s*([\s\S]*?)\s*-?\}\}/g)) {
    const inner = action[1] ?? '';
    if (inner.startsWith('/*')) continue;
    if (/^end\b/.test(inner)) depth = Math.max(0, depth - 1);
    const line = text.slice(0, action.index).split('\n').length;
    const asks = /^(if|with|range|else)\b/.test(inner);
    for (const [, name = '', , argument = ''] of inner.matchAll(/\b(secret|env)\s+(["`])([^"`]+)\2/g))
      calls.push({ name, argument, line, guarded: depth > 0 || (asks && name === 'env') });
    if (/^(if|with|range|block|define)\b/.test(inner)) depth += 1;
  }
  return calls;
}
