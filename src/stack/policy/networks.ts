import { entriesOf, entryOf, itemsOf, nodeAt, type SourceNode, textOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { asked, objectsOf, type PolicyView } from './view.ts';

const HARMLESS_OPTIONS = new Set(['encrypted', 'com.docker.network.driver.mtu']);

/** Requirement 40: networks are overlays of the stack alone, with addresses of the swarm's choice. */
export function networks(view: PolicyView): readonly PolicyFinding[] {
  return objectsOf(view)
    .filter(({ kind, external }) => kind === 'network' && !external)
    .flatMap(({ key, node }) => {
      const driver = entryOf(node, 'driver');
      const name = textOf(driver?.value) ?? 'overlay';
      return [
        ...(driver !== undefined && name !== 'overlay' && name !== ''
          ? [
              asked(view, {
                ...{ requirement: 40, code: 'network-driver', feature: `network-driver:${key}:${name}` },
                ...{ line: driver.line, approvable: false as const },
                sentence: `Network ${key} asks for the driver \`${name}\`, which is not bound to the stack.`,
                remedy: 'Leave `driver:` out.',
              }),
            ]
          : []),
        ...entriesOf(entryOf(node, 'driver_opts')?.value)
          .filter((option) => !HARMLESS_OPTIONS.has(option.key))
          .map((option) =>
            asked(view, {
              ...{ requirement: 40, code: 'network-options', line: option.line },
              feature: `network-option:${key}:${option.key}`,
              sentence: `Network ${key} sets the option \`${option.key}\` of its driver.`,
              remedy: 'Leave `driver_opts:` out.',
            }),
          ),
        ...addressDriver(view, key, node),
        ...itemsOf(nodeAt(node, 'ipam', 'config')).map((config) => {
          const subnet = textOf(entryOf(config, 'subnet')?.value) ?? '';
          return asked(view, {
            ...{
              requirement: 40,
              code: 'network-subnet',
              feature: `subnet:${key}:${subnet}`,
              line: config.line,
            },
            sentence: `Network ${key} asks for the addresses ${subnet}, so no two apps of this recipe could run side by side.`,
            remedy: 'Leave `ipam:` out: the swarm chooses addresses.',
          });
        }),
      ];
    });
}

function addressDriver(view: PolicyView, key: string, node: SourceNode): readonly PolicyFinding[] {
  const driver = entryOf(entryOf(node, 'ipam')?.value, 'driver');
  const name = textOf(driver?.value) ?? 'default';
  if (driver === undefined || name === 'default' || name === '') return [];
  return [
    asked(view, {
      ...{ requirement: 40, code: 'network-driver', feature: `address-driver:${key}:${name}` },
      ...{ line: driver.line, approvable: false as const },
      sentence: `Network ${key} takes its addresses from \`${name}\`, a program of the host.`,
      remedy: 'Leave `ipam:` out: the swarm chooses addresses.',
    }),
  ];
}
