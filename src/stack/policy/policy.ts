import type { Approval } from '../../config/approvals.ts';
import { DEFAULT_POLICY, type PolicySettings } from '../../config/policy.ts';
import type { ComposeFile } from '../../recipe/compose.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { entryOf, parseSource, type SourceMap } from '../../recipe/source.ts';
import { environmentOf } from '../environment.ts';
import { approved } from './approvals.ts';
import { identity } from './difference.ts';
import { external } from './external.ts';
import { filled } from './filled.ts';
import type { PolicyAnswer, PolicyFinding } from './finding.ts';
import { hosts } from './hosts.ts';
import { images } from './images.ts';
import { interpolation } from './interpolation.ts';
import { keys } from './keys.ts';
import { names } from './names.ts';
import { networks } from './networks.ts';
import { paths } from './paths.ts';
import { placement } from './placement.ts';
import { ports } from './ports.ts';
import { power } from './power.ts';
import { refusals } from './refusal.ts';
import { resources } from './resources.ts';
import { router } from './router.ts';
import { secrets } from './secrets.ts';
import { sockets } from './sockets.ts';
import { steering } from './steering.ts';
import type { PolicyPlace, PolicyRule, PolicyView } from './view.ts';
import { volumes } from './volumes.ts';

/** All rules, by their requirements' numbers; 23 is kept by the reader of YAML, 37 and most of 41 by how runs are made. */
const RULES: readonly PolicyRule[] = [
  ...[keys, interpolation, paths, volumes, sockets, power, ports, external],
  ...[placement, resources, names, router, images, networks, hosts, secrets],
];

export interface RecipePolicy {
  readonly settings: PolicySettings;
  /** What the operator allows this very recipe. */
  readonly approvals: readonly Approval[];
}

/** What holds where an operator has said nothing. */
export const STRICT: RecipePolicy = { settings: DEFAULT_POLICY, approvals: [] };

export interface PolicyContext {
  readonly policy: RecipePolicy;
  /** All variables of the app. */
  readonly env: Readonly<Record<string, string>>;
  readonly stack: string;
  readonly domain: string;
  readonly network: string;
}

/** Stands for an app where there is none: names of no swarm. */
export function imagined(recipe: Recipe, policy: RecipePolicy): PolicyContext {
  const stack = 'stack-of-the-app';
  const domain = 'app.example.test';
  return {
    ...{ policy, stack, domain, network: `${stack}-net` },
    env: environmentOf({ recipe, settings: {}, domain, stack }).values,
  };
}

/**
 * What the files that are switched on ask for, each with its place. Needs no Docker, and comes
 * before Docker: its client reads some of the files that they name.
 */
export function policyOfFiles(recipe: Recipe, context: PolicyContext): PolicyAnswer {
  const { active, dormant } = judgedFiles(recipe, context);
  return { findings: [...active, ...dormant] };
}

interface JudgedFiles {
  readonly active: readonly PolicyFinding[];
  /** Of overlays that nothing switches on. They stand in for nothing that the document shows. */
  readonly dormant: readonly PolicyFinding[];
}

function judgedFiles(recipe: Recipe, context: PolicyContext): JudgedFiles {
  const place = placeOf(recipe, context, undefined);
  const look = ({ path, root }: ComposeFile) =>
    judged({ file: path, root: filled(root, context.env), raw: root, place });
  const asked = unique([...steering(recipe), ...recipe.compose.flatMap(look)]);
  const known = new Set(asked.map(identity));
  const dormant = unique(recipe.inactive.flatMap(look)).filter((finding) => !known.has(identity(finding)));
  return {
    active: approved(asked, context.policy.approvals),
    dormant: refusals(dormant).map(whereSwitchedOn),
  };
}

/** An overlay that nothing switches on keeps nothing from being deployed. */
function whereSwitchedOn(finding: PolicyFinding): PolicyFinding {
  return {
    ...finding,
    severity: 'note',
    sentence: `${finding.sentence} Nothing switches this file on; where it is, the policy refuses it.`,
  };
}

/**
 * The same rules over the document that Docker has made of the files, so that nothing escapes
 * by being read otherwise than we read it. What the files have shown already is not repeated.
 */
export function policyOfDocument(
  recipe: Recipe,
  document: string,
  directory: string,
  context: PolicyContext,
): PolicyAnswer {
  const { active, dormant } = judgedFiles(recipe, context);
  const files = [...active, ...dormant];
  const root = parseSource('the rendered stack', document);
  if (root.kind !== 'map') return { findings: files };
  const found = judged({ file: undefined, root, raw: root, place: placeOf(recipe, context, directory) });
  const known = new Set(active.map(identity));
  const more = found
    .filter((finding) => !known.has(identity(finding)) && finding.code !== 'machine-variable')
    .map((finding) => ({ ...finding, ...locate(recipe.compose, finding) }));
  return { findings: [...files, ...approved(unique(more), context.policy.approvals)] };
}

function judged(view: PolicyView): readonly PolicyFinding[] {
  return RULES.flatMap((rule) => rule(view));
}

function placeOf(recipe: Recipe, context: PolicyContext, directory: string | undefined): PolicyPlace {
  const { settings } = context.policy;
  const [first] = recipe.compose;
  return {
    ...{ stack: context.stack, domain: context.domain, network: context.network, directory },
    // Docker counts paths from the directory of the first file.
    base: first === undefined ? '' : first.path.split('/').slice(0, -1).join('/'),
    files: new Map(recipe.files.map(({ path, content }) => [path, content.byteLength])),
    variables: new Set(Object.keys(context.env)),
    imageHosts: settings.imageHosts,
    limits: settings.limits,
  };
}

function unique(findings: readonly PolicyFinding[]): readonly PolicyFinding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = identity(finding);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Where the service or the first service stands that a finding of the rendered stack is about. */
function locate(
  compose: readonly ComposeFile[],
  { service, code }: PolicyFinding,
): { readonly file: string | undefined; readonly line: number | undefined } {
  for (const { path, root } of compose.toReversed()) {
    const services = entryOf(root, 'services');
    const entry = service === undefined ? services : entryOf(services?.value, service);
    if (entry !== undefined) return { file: path, line: keyLine(entry.value, code) ?? entry.line };
  }
  return { file: compose[0]?.path, line: undefined };
}

/** Line of the key that a code is mostly about. */
function keyLine(service: SourceMap | { readonly kind: string }, code: string): number | undefined {
  const key = KEYS[code];
  return key === undefined || !('entries' in service) ? undefined : entryOf(service, key)?.line;
}

const KEYS: Readonly<Record<string, string>> = {
  'bind-mount': 'volumes',
  'docker-socket': 'volumes',
  'mount-type': 'volumes',
  'published-port': 'ports',
  'path-outside': 'env_file',
  capability: 'cap_add',
  sysctl: 'sysctls',
  ulimit: 'ulimits',
  replicas: 'deploy',
  placement: 'deploy',
  'global-mode': 'deploy',
  'router-label': 'deploy',
  'probe-pace': 'healthcheck',
};
