import type { PolicyFinding } from './finding.ts';
import { asked, type ObjectView, objectsOf, type PolicyView } from './view.ts';

/** The one network that apps of an operator share; a run gets one of its own in its place. */
const SHARED_NETWORK = 'proxy';

/** Requirement 31: what the stack does not make itself belongs to somebody else, except the run's own secrets. */
export function external(view: PolicyView): readonly PolicyFinding[] {
  return objectsOf(view)
    .filter((object) => object.external && !isOurs(object, view.place.stack))
    .map((object) => {
      const { kind, key, line } = object;
      const name = object.name ?? key;
      return asked(view, {
        ...{ requirement: 31, code: 'external-object', feature: `external-${kind}:${name}`, line },
        ...(kind === 'network' ? {} : { approvable: false as const }),
        sentence: `The recipe takes the ${kind} \`${name}\`, which exists already and is not its own.`,
        remedy:
          kind === 'secret'
            ? `Name it \`\${STACK_NAME}_${key}_\${SECRET_${key.toUpperCase()}_VERSION}\`, as every recipe’s secrets are.`
            : `Leave \`external:\` out, so that the stack makes its own ${kind}.`,
      });
    });
}

function isOurs({ kind, key, name }: ObjectView, stack: string): boolean {
  if (kind === 'network') return (name ?? key) === SHARED_NETWORK;
  return kind === 'secret' && name !== undefined && name.startsWith(`${stack}_`);
}
