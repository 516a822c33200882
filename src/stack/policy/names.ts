import { entryOf, nodeAt, pairsOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { asked, objectsOf, type PolicyView, servicesOf } from './view.ts';

/** Labels by which Docker and we tell whose a thing is. */
const RESERVED = /^(com\.docker\.|io\.docker\.|org\.dockerproject\.|seatrial\.)/i;

/** Requirement 34: everything is called after its stack, nothing by the name of something else, nothing labelled as another's. */
export function names(view: PolicyView): readonly PolicyFinding[] {
  return [...ownNames(view), ...labels(view)];
}

function ownNames(view: PolicyView): readonly PolicyFinding[] {
  const { stack, network } = view.place;
  const taken = new Map<string, string>([[`network ${network}`, 'the network of the run']]);
  return objectsOf(view).flatMap(({ kind, key, line, node, external, ...object }) => {
    if (external) return [];
    const name = object.name ?? `${stack}_${key}`;
    const at = entryOf(node, 'name')?.line ?? line;
    const other = taken.get(`${kind} ${name}`);
    taken.set(`${kind} ${name}`, `${kind} ${key}`);
    if (other !== undefined) {
      return [
        asked(view, {
          ...{
            requirement: 34,
            code: 'name-collision',
            feature: `name:${kind}:${name}`,
            line: at,
            approvable: false,
          },
          sentence: `The ${kind} ${key} is called \`${name}\`, and so is ${other}.`,
          remedy: 'Leave `name:` out, or give each its own.',
        }),
      ];
    }
    if (name.includes('{{')) {
      return [
        asked(view, {
          ...{
            requirement: 34,
            code: 'foreign-name',
            feature: `name:${kind}:${name}`,
            line: at,
            approvable: false,
          },
          sentence: `The ${kind} ${key} is called \`${name}\`, and what that is only its node decides.`,
          remedy: 'Leave `name:` out.',
        }),
      ];
    }
    if (name === stack || (/^[_.-]/.test(name.slice(stack.length)) && name.startsWith(stack))) return [];
    return [
      asked(view, {
        ...{
          requirement: 34,
          code: 'foreign-name',
          feature: `name:${kind}:${name}`,
          line: at,
          approvable: false,
        },
        sentence: `The ${kind} ${key} is called \`${name}\` on the swarm, whatever stack it belongs to, so two apps would share it.`,
        remedy: `Leave \`name:\` out, or begin it with \`\${STACK_NAME}_\`.`,
      }),
    ];
  });
}

function labels(view: PolicyView): readonly PolicyFinding[] {
  const reserved = (service: string | undefined, node: Parameters<typeof pairsOf>[0]) =>
    pairsOf(node)
      .filter(({ key }) => RESERVED.test(key))
      .map(({ key, line }) =>
        asked(view, {
          ...{ requirement: 34, code: 'reserved-label', feature: `label:${key}`, line, approvable: false },
          ...(service === undefined ? {} : { service }),
          sentence: `The label \`${key}\` says whose a thing is; a recipe may not set it.`,
          remedy: 'Leave the label out.',
        }),
      );
  return [
    ...servicesOf(view).flatMap(({ name, node }) => [
      ...reserved(name, entryOf(node, 'labels')?.value),
      ...reserved(name, nodeAt(node, 'deploy', 'labels')),
    ]),
    ...objectsOf(view).flatMap(({ node }) => reserved(undefined, entryOf(node, 'labels')?.value)),
  ];
}
