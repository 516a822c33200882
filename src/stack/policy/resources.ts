import { bytesOf } from '../../config/policy.ts';
import { entryOf, nodeAt, type SourceNode, textOf } from '../../recipe/source.ts';
import { milliseconds } from '../duration.ts';
import type { PolicyFinding } from './finding.ts';
import { asked, OBJECT_KINDS, objectsOf, type PolicyView, type ServiceView, servicesOf } from './view.ts';

/** A probe starts a process in the container: more often than this is a load test. Slower ones are set to the pace of the run. */
const QUICKEST_PROBE_MS = 100;

/**
 * Requirement 33, as far as a recipe asks for more than there is to give; limits that are
 * missing or too high are set by the adjustment `limits`.
 */
export function resources(view: PolicyView): readonly PolicyFinding[] {
  return [
    ...servicesOf(view).flatMap((service) => [...replicas(view, service), ...probes(view, service)]),
    ...total(view),
    ...counts(view),
  ];
}

/** Of services, and of each kind of object: no recipe comes near, and a swarm keeps all of them in its log. */
const MOST_OBJECTS = 100;

function counts(view: PolicyView): readonly PolicyFinding[] {
  const objects = objectsOf(view);
  return [
    { what: 'service', count: servicesOf(view).length },
    ...OBJECT_KINDS.map((what) => ({ what, count: objects.filter(({ kind }) => kind === what).length })),
  ]
    .filter(({ count }) => count > MOST_OBJECTS)
    .map(({ what, count }) =>
      asked(view, {
        ...{
          requirement: 33,
          code: 'resource-budget',
          feature: `count-${what}:${count}`,
          line: view.root.line,
        },
        sentence: `The app asks for ${count} ${what}s, and one app may have ${MOST_OBJECTS}.`,
        remedy: 'Leave out what the app does not need.',
      }),
    );
}

function replicas(view: PolicyView, { name, node }: ServiceView): readonly PolicyFinding[] {
  const entry = entryOf(nodeAt(node, 'deploy'), 'replicas');
  const count = replicasOf(node);
  const most = view.place.limits.replicas;
  if (entry === undefined || count <= most) return [];
  return [
    asked(view, {
      ...{ requirement: 33, code: 'replicas', feature: `replicas:${count}`, service: name, line: entry.line },
      sentence: `Service ${name} asks for ${count} replicas; one app may have ${most}.`,
      remedy: 'Ask for fewer; a test needs one.',
    }),
  ];
}

function probes(view: PolicyView, { name, node }: ServiceView): readonly PolicyFinding[] {
  return ['interval', 'start_interval'].flatMap((key) => {
    const entry = entryOf(nodeAt(node, 'healthcheck'), key);
    const text = textOf(entry?.value);
    if (entry === undefined || text === undefined) return [];
    const every = milliseconds(text, QUICKEST_PROBE_MS);
    // Zero stands for Docker's own default.
    if (every === 0 || every >= QUICKEST_PROBE_MS) return [];
    return [
      asked(view, {
        ...{
          requirement: 33,
          code: 'probe-pace',
          feature: `probe:${key}:${text}`,
          service: name,
          line: entry.line,
        },
        sentence: `The health check of service ${name} would run every ${text}.`,
        remedy: 'Ask once in some seconds.',
      }),
    ];
  });
}

/** Only of a whole stack: a single file knows nothing of the others. */
function total(view: PolicyView): readonly PolicyFinding[] {
  if (view.file !== undefined) return [];
  const { limits } = view.place;
  const tasks = (node: SourceNode) => Math.min(Math.max(0, replicasOf(node)), limits.replicas);
  const sum = (of: (service: SourceNode) => number) =>
    servicesOf(view).reduce((all, { node }) => all + tasks(node) * of(node), 0);
  const limit = (node: SourceNode, key: string) => textOf(nodeAt(node, 'deploy', 'resources', 'limits', key));
  const memory = sum((node) => lesser(bytesOf(limit(node, 'memory') ?? ''), limits.memory));
  const cpus = sum((node) => lesser(Number(limit(node, 'cpus') ?? Number.NaN), limits.cpus));
  const over = (what: string, asks: number, most: number) =>
    asks <= most
      ? []
      : [
          asked(view, {
            ...{ requirement: 33, code: 'resource-budget', feature: `total-${what}`, line: view.root.line },
            sentence: `All tasks of the app together may use ${asks} of ${what}, and one app has ${most}.`,
            remedy: 'Set lower limits under `deploy.resources.limits`, or fewer replicas.',
          }),
        ];
  return [...over('memory', memory, limits.totalMemory), ...over('cpus', cpus, limits.totalCpus)];
}

function lesser(own: number, ceiling: number): number {
  return Number.isNaN(own) || own <= 0 ? ceiling : Math.min(own, ceiling);
}

function replicasOf(node: SourceNode): number {
  const text = textOf(nodeAt(node, 'deploy', 'replicas'));
  const count = text === undefined ? 1 : Number(text);
  return Number.isNaN(count) ? 1 : count;
}
