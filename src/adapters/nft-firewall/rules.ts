import type { Egress } from '../../ports/firewall.ts';

/** The bridge by which containers on overlay networks leave their node. */
export const GATEWAY = 'docker_gwbridge';

/** Cloud metadata services, and whatever else answers without being asked who one is. */
const LINK_LOCAL = { v4: '169.254.0.0/16', v6: 'fe80::/10' };

export interface RuleInput {
  readonly table: string;
  readonly egress: Egress;
  /** IPv4 addresses of the hosts that `registries` allows. */
  readonly allowed: readonly string[];
}

/**
 * Commands for `nft -i`, one a line. The table belongs to the process that makes it: nobody
 * else can change it, and the kernel drops it when that process ends. The rules stand before
 * Docker's address translation, so that published ports of the node are covered too.
 */
export function rulesFor({ table, egress, allowed }: RuleInput): string {
  const from = `iifname "${GATEWAY}"`;
  const rule = (text: string) => `add rule inet ${table} guard ${from} ${text} counter drop`;
  const limited =
    egress.mode === 'registries'
      ? [
          `add set inet ${table} limited { type ipv4_addr; }`,
          `add set inet ${table} allowed { type ipv4_addr; }`,
          ...(allowed.length === 0 ? [] : [`add element inet ${table} allowed { ${allowed.join(', ')} }`]),
          rule('ip saddr @limited ip daddr != @allowed meta l4proto != { tcp, udp } ct state new'),
          rule(
            'ip saddr @limited ip daddr != @allowed meta l4proto { tcp, udp } th dport != 53 ct state new',
          ),
        ]
      : [];
  return [
    `add table inet ${table} { flags owner; }`,
    `add chain inet ${table} guard { type filter hook prerouting priority -150; policy accept; }`,
    rule(`ip daddr ${LINK_LOCAL.v4}`),
    rule(`ip6 daddr ${LINK_LOCAL.v6} ct state new`),
    // A node may be its own resolver, and names have to be looked up.
    rule('fib daddr type local meta l4proto != { tcp, udp } ct state new'),
    rule('fib daddr type local meta l4proto { tcp, udp } th dport != 53 ct state new'),
    ...limited,
    '',
  ].join('\n');
}

/** Puts the address of one more container of the run under the limit. */
export function limit(table: string, addresses: readonly string[]): string {
  return `add element inet ${table} limited { ${addresses.join(', ')} }\n`;
}
