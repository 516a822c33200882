import type { PolicySettings } from '../config/policy.ts';
import type { Egress, OpenFirewall } from '../ports/firewall.ts';
import type { TestRequest } from '../trigger/request.ts';

/** What a stranger wrote may reach less than what somebody with write permission did. */
export function policyFor({ origin }: Pick<TestRequest, 'origin'>, settings: PolicySettings): PolicySettings {
  const stranger = origin.kind === 'forge' && !origin.ownBranch;
  return stranger ? { ...settings, egress: settings.egressForks } : settings;
}

/** What the configuration lets apps reach, in the firewall's words. */
export function egressOf({ egress, registries }: PolicySettings): Egress {
  return egress === 'registries' ? { mode: egress, hosts: registries } : { mode: egress };
}

const STANDING_MS = 30_000;

/** Waits until apps may start; where the node cannot be guarded, says so. Throws `egress-unguarded`. */
export async function guarded(
  firewall: OpenFirewall,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(STANDING_MS)]);
  const why = await firewall.standing(limited);
  if (why !== undefined) say(`apps are not kept from the node's own and link-local addresses: ${why}`);
}
