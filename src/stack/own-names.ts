import { serviceAddress } from '../ports/router.ts';
import type { Stack } from './stack.ts';

/** Kinds of objects that deploying a stack creates. */
export type StackObjectKind = 'stack' | 'service' | 'volume' | 'network' | 'config' | 'secret';

/** Everything that deploying this stack will create, by kind and name. */
export function ownNames(stack: Stack): readonly (readonly [StackObjectKind, readonly string[]])[] {
  return [
    ['stack', [stack.place.stack]],
    ['service', stack.services.map((service) => serviceAddress(stack.place.stack, service.name))],
    ['volume', Object.values(stack.volumes)],
    ['network', stack.networks],
    ['config', stack.configs],
    ['secret', stack.secrets],
  ];
}
