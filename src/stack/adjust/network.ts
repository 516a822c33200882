import { isExternal, type StackFile } from '../document.ts';
import type { Adjustment, AppPlace } from './adjustment.ts';

/** The network that all apps of an operator share becomes one of this app alone. */
export function replaceProxy(file: StackFile, place: AppPlace): Adjustment[] {
  const changed: Adjustment[] = [];
  for (const [key, entry] of Object.entries(file.networks ?? {})) {
    if (entry === null || !isExternal(entry)) continue;
    const name = entry.name ?? key;
    if (name !== 'proxy' || place.network === 'proxy') continue;
    file.networks = { ...file.networks, [key]: { external: true, name: place.network } };
    changed.push({
      service: undefined,
      ...(place.operatorsRouter
        ? {
            what: `the network ${place.network} for \`proxy\``,
            reason: 'the router of this machine is on it',
          }
        : {
            what: 'a network of its own instead of `proxy`',
            reason: 'runs must not see each other, and nobody else is to see them',
          }),
    });
  }
  return changed;
}
