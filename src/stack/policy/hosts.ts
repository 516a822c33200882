import { entryOf, itemsOf, pairsOf, textOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { isLinkLocal } from './link-local.ts';
import { asked, type PolicyView, type ServiceView, servicesOf, texts } from './view.ts';

/** Requirement 41, as far as a recipe asks by name: no way to the node and its metadata by `extra_hosts` or `dns`. */
export function hosts(view: PolicyView): readonly PolicyFinding[] {
  return servicesOf(view).flatMap((service) =>
    addressesOf(service)
      .filter(({ address }) => address === 'host-gateway' || isLinkLocal(address))
      .map(({ key, address, line }) =>
        asked(view, {
          ...{ requirement: 41, code: 'node-address', feature: `${key}:${address}`, line },
          service: service.name,
          sentence: `Service ${service.name} asks in \`${key}\` for \`${address}\`, which is the node and no other app.`,
          remedy: 'Leave it out: services of a stack find each other by their names.',
        }),
      ),
  );
}

interface Address {
  readonly key: string;
  readonly address: string;
  readonly line: number;
}

function addressesOf({ node }: ServiceView): readonly Address[] {
  const extra = entryOf(node, 'extra_hosts')?.value;
  const named = itemsOf(extra).flatMap((item) => {
    const text = textOf(item);
    // The first colon or `=` ends the name; addresses may have colons of their own.
    return text === undefined ? [] : [{ address: text.replace(/^[^:=]*[:=]/, '').trim(), line: item.line }];
  });
  const mapped = extra?.kind === 'map' ? pairsOf(extra) : [];
  return [
    ...named.map((one) => ({ key: 'extra_hosts', ...one })),
    ...mapped.map(({ value = '', line }) => ({ key: 'extra_hosts', address: value, line })),
    ...texts(entryOf(node, 'dns')?.value).map(({ text, line }) => ({ key: 'dns', address: text, line })),
  ];
}
