import type { PolicyFinding } from './finding.ts';

/**
 * What the head asks for and the base does not: the part of the findings that a maintainer has
 * to decide on. A feature that moved to another line is the same.
 */
export function policyDifference(
  base: readonly PolicyFinding[],
  head: readonly PolicyFinding[],
): readonly PolicyFinding[] {
  const before = new Set(base.map(identity));
  return head.filter((finding) => !before.has(identity(finding)));
}

/** The same feature of the same service. */
export function identity({ feature, service }: PolicyFinding): string {
  return JSON.stringify([feature, service]);
}
