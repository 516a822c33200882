import type { EgressMode } from '../../config/policy.ts';
import { isExternal, type StackFile } from '../document.ts';
import type { Adjustment } from './adjustment.ts';

/**
 * Requirement 41, as far as a stack can carry it: with `none` its networks lead nowhere. Ports
 * that services publish cannot work then, since Docker reaches them over the same bridge.
 * `registries` is the business of the host's firewall alone: nodes pull images, not containers.
 */
export function closeEgress(file: StackFile, egress: EgressMode): Adjustment[] {
  if (egress !== 'none') return [];
  const own = Object.entries(file.networks ?? {}).filter(([, entry]) => !isExternal(entry));
  const networks = Object.fromEntries(own.map(([key, entry]) => [key, { ...entry, internal: true }]));
  const hasDefault = Object.values(file.services).some((service) => !hasNetworks(service.networks));
  file.networks = {
    ...file.networks,
    ...(hasDefault && file.networks?.['default'] === undefined ? { default: { internal: true } } : {}),
    ...networks,
  };
  const published = Object.entries(file.services).filter(([, { ports }]) => (ports ?? []).length > 0);
  return [
    {
      service: undefined,
      what: 'networks that lead nowhere (`internal`)',
      reason: 'egress is set to none: apps reach each other and the router, and nothing else',
    },
    ...published.map(([name]) => ({
      service: name,
      what: 'published ports that nothing answers',
      reason: 'egress is set to none, and published ports need a network that leads out',
    })),
  ];
}

function hasNetworks(networks: unknown): boolean {
  return Array.isArray(networks)
    ? networks.length > 0
    : typeof networks === 'object' && networks !== null && Object.keys(networks).length > 0;
}
